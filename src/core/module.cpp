// _core: the things with state. Assembles the rooms; holds nothing of its own.
#include <pybind11/pybind11.h>

#include <exception>

#include "border/errors.hpp"
#include "core/registrations.hpp"

namespace {

// Errors of the core become those of lstmetrics.errors; pybind11 knows all others.
void translate(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const lstmetrics::Error&) {
    lstmetrics::border::set_python_error();
  } catch (const lstmetrics::border::PythonError&) {
    lstmetrics::border::set_python_error();
  }
}

}  // namespace

PYBIND11_MODULE(_core, module, pybind11::mod_gil_not_used()) {
  module.doc() = "The C++ core of lstmetrics: runtime, accumulators, models.";
  pybind11::register_local_exception_translator(&translate);
  lstmetrics::border::register_runtime(module);
  lstmetrics::border::register_columns(module);
  lstmetrics::border::register_confusion(module);
  lstmetrics::border::register_multilabel(module);
  lstmetrics::border::register_loss(module);
  lstmetrics::border::register_calibration(module);
  lstmetrics::border::register_tokens(module);
  lstmetrics::border::register_entities(module);
  lstmetrics::border::register_top_k(module);
  lstmetrics::border::register_paired(module);
  lstmetrics::border::register_scores(module);
  lstmetrics::border::register_paired_scores(module);
  lstmetrics::border::register_clusters(module);
  lstmetrics::border::register_composites(module);
  lstmetrics::border::register_models(module);
  lstmetrics::border::register_precision(module);
}
