// What module.cpp assembles: one function per room.
#pragma once

#include <pybind11/pybind11.h>

namespace lstmetrics::border {

void register_runtime(pybind11::module_& module);
void register_accumulators(pybind11::module_& module);
void register_models(pybind11::module_& module);

}  // namespace lstmetrics::border
