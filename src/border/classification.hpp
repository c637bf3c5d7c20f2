// Classification metrics in one call: make the state, update once, compute.
//
// Arguments are Python objects in the terms of scikit-learn: arrays of labels, an array of weights
// or None (negative ones are let pass), `labels` as a list of scalars or None. Negative answers
// that need the caller's words, such as an unknown pos_label, come back as facts.
#pragma once

#include <Python.h>

#include <cstddef>

#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"

namespace lstmetrics::border {

struct AccuracyAnswer {
  double value = 0.0;
  bool weights_cancel = false;  // the weights add up to zero
};

AccuracyAnswer accuracy(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                        bool normalize);

struct PrfAnswer {
  metrics::formulas::PrfResult scores;
  std::size_t labels_seen = 0;
  bool pos_label_seen = false;
  bool weights_cancel = false;
};

// With `binary` the only label is pos_label, else `labels` are.
PrfAnswer precision_recall_fscore(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                  PyObject* labels, PyObject* pos_label, bool binary,
                                  const metrics::formulas::PrfOptions& options);

// A confusion matrix about to be written.
struct ConfusionTable {
  metrics::ConfusionCounts state;
  metrics::formulas::Selection selection;
  bool any_true = false;  // some selected label is the true label of a sample
  bool weights_cancel = false;

  std::size_t size() const noexcept { return selection.size(); }
  // Into a C-contiguous array of size() x size(): sample counts if its dtype is int64, weights or
  // ratios if it is float64.
  void write(PyObject* out, metrics::formulas::Normalize normalize) const;
};

ConfusionTable confusion_table(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                               PyObject* labels);

// As in scikit-learn, a label given twice to a confusion matrix counts at its last place only.
void keep_last(metrics::formulas::Selection& selection);

void write_matrix(const metrics::ConfusionCounts& state,
                  const metrics::formulas::Selection& selection,
                  metrics::formulas::Normalize normalize, PyObject* out);

}  // namespace lstmetrics::border
