// Calibration in one call: make the state, update once, compute. `y_prob` is n x K, n x 1 or n.
#pragma once

#include <Python.h>

#include <cstddef>
#include <vector>

#include "lstmetrics/metrics/calibration_bins.hpp"
#include "lstmetrics/metrics/formulas/calibration.hpp"

namespace lstmetrics::border {

struct BinChoice {
  std::size_t bins = 0;
  bool by_quantiles = false;  // as many samples in each, instead of equal widths
};

// The edges of bins; of more columns than one, those of the largest probability of each row.
std::vector<double> calibration_edges(PyObject* y_prob, BinChoice choice);

// The curve of labels 0 and 1, from probabilities of 1.
std::vector<metrics::formulas::ReliabilityPoint> calibration_curve(PyObject* y_true,
                                                                   PyObject* y_prob,
                                                                   BinChoice choice);

struct CalibrationAnswer {
  double value = 0.0;
  bool sums_to_one = true;
  bool weights_cancel = false;
};
// `labels` is a list of scalars, or None: those of y_true. UnsupportedError for quantiles where
// each label is judged: no edges fit them all.
CalibrationAnswer calibration_error(PyObject* y_true, PyObject* y_prob, PyObject* sample_weight,
                                    PyObject* labels, metrics::Judged judged, BinChoice choice,
                                    metrics::formulas::CalibrationNorm norm);

}  // namespace lstmetrics::border
