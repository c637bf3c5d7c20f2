// Top-k accuracy in one call: make the state, update once, compute.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>

namespace lstmetrics::border {

struct TopKAnswer {
  double value = 0.0;
  std::size_t labels = 0;
  bool weights_cancel = false;  // they add up to zero
};

// `y_score` is n x K for K labels, or n (x 1) for two; `labels` are sorted scalars, or None: those
// of y_true. Negative weights are let pass, scores must be finite.
TopKAnswer top_k_accuracy(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                          PyObject* labels, std::int64_t k, bool normalize);

}  // namespace lstmetrics::border
