// What module.cpp assembles: one function for the runtime, columns, the models and each state.
#pragma once

#include <pybind11/pybind11.h>

namespace lstmetrics::border {

void register_runtime(pybind11::module_& module);
void register_columns(pybind11::module_& module);
void register_confusion(pybind11::module_& module);
void register_multilabel(pybind11::module_& module);
void register_loss(pybind11::module_& module);
void register_calibration(pybind11::module_& module);
void register_tokens(pybind11::module_& module);
void register_entities(pybind11::module_& module);
void register_top_k(pybind11::module_& module);
void register_paired(pybind11::module_& module);
void register_scores(pybind11::module_& module);
void register_paired_scores(pybind11::module_& module);
void register_clusters(pybind11::module_& module);
void register_composites(pybind11::module_& module);
void register_models(pybind11::module_& module);
void register_precision(pybind11::module_& module);

}  // namespace lstmetrics::border
