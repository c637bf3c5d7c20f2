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
#include "lstmetrics/metrics/formulas/report.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::border {

struct AccuracyAnswer {
  double value = 0.0;
  bool weights_cancel = false;  // the weights add up to zero
};

AccuracyAnswer accuracy(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                        bool normalize);

// Of the samples predicted wrong.
AccuracyAnswer error_rate(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                          bool normalize);

struct SelectionFacts {
  std::size_t labels_seen = 0;
  bool pos_label_seen = false;
  bool weights_cancel = false;
};

struct PrfAnswer {
  metrics::formulas::PrfResult scores;
  SelectionFacts facts;
  bool none_correct = false;  // no sample is right; told when scores are per label
};

// With `binary` the only label is pos_label, else `labels` are.
PrfAnswer precision_recall_fscore(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                  PyObject* labels, PyObject* pos_label, bool binary,
                                  const metrics::formulas::PrfOptions& options);

struct JaccardAnswer {
  metrics::formulas::JaccardResult scores;
  SelectionFacts facts;
};

JaccardAnswer jaccard(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* labels,
                      PyObject* pos_label, bool binary,
                      const metrics::formulas::JaccardOptions& options);

struct ReportAnswer {
  metrics::formulas::ClassificationReport report;
  metrics::LabelSet labels;  // all that were seen
  bool weights_cancel = false;
};

ReportAnswer report(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* labels,
                    double zero_division);

// A confusion matrix about to be written.
struct ConfusionTable {
  metrics::ConfusionCounts state;
  metrics::formulas::Selection selection;
  bool any_true = false;  // some selected label is the true label of a sample
  bool weights_cancel = false;

  std::size_t size() const noexcept { return selection.size(); }
  // Into a C-contiguous array of size() x size(): if its dtype is int64 sample counts, or weights,
  // which must be integers then; weights or ratios if it is float64.
  void write(PyObject* out, metrics::formulas::Normalize normalize) const;
};

// `more_weight`, or None, is added to the weights: of integers that a double does not hold, the
// rest.
ConfusionTable confusion_table(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                               PyObject* more_weight, PyObject* labels);

// Two by two cells for each label, about to be written.
struct OneAgainstRest {
  metrics::ConfusionCounts state;
  metrics::formulas::Selection selection;
  bool weights_cancel = false;

  std::size_t size() const noexcept { return selection.size(); }
  bool none_correct() const { return metrics::formulas::none_correct(state); }
  // Into a C-contiguous array of size() x 2 x 2: of int64 for sample counts, else of float64.
  void write(PyObject* out) const;
};

OneAgainstRest one_against_rest(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                PyObject* labels);

// Into an array of two by two cells for each label, as above.
void write_against_rest(const metrics::Marginals& marginals,
                        const metrics::formulas::Selection& selection, PyObject* out);

void write_matrix(const metrics::ConfusionCounts& state,
                  const metrics::formulas::Selection& selection,
                  metrics::formulas::Normalize normalize, PyObject* out);

}  // namespace lstmetrics::border
