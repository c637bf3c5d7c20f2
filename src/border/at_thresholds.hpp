// A metric of labels at every threshold of the scores, in one call.
#pragma once

#include <Python.h>

#include <cstddef>

#include "lstmetrics/metrics/formulas/at_thresholds.hpp"

namespace lstmetrics::border {

// Values about to be written.
struct ValuesAtThresholds {
  metrics::formulas::ThresholdValues found;

  std::size_t size() const noexcept { return found.thresholds.size(); }
  // Into contiguous arrays of size() x width, size() and size() items: of float64, of uint64, and
  // of float64.
  void write(PyObject* values, PyObject* facts, PyObject* thresholds) const;
};

// `labels` is a list of scalars, or None: all. Weights are not zero, or None.
ValuesAtThresholds at_thresholds(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                                 PyObject* labels, metrics::formulas::LabelMetricOptions options);

}  // namespace lstmetrics::border
