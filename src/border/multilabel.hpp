// Metrics of indicators in one call: make the state, update once, compute.
//
// Arguments are Python objects: indicators of two dimensions, an array of weights or None (negative
// ones are let pass). Labels are chosen by their columns before.
#pragma once

#include <Python.h>

#include <cstddef>
#include <optional>

#include "border/buffer.hpp"
#include "border/classification.hpp"
#include "border/losses.hpp"
#include "lstmetrics/metrics/formulas/multilabel.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"

namespace lstmetrics::border {

class IndicatorArrays {
 public:
  IndicatorArrays(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight);
  std::size_t rows() const noexcept { return truth_.rows; }
  std::size_t labels() const noexcept { return truth_.columns; }
  std::size_t items() const noexcept { return rows() * labels(); }
  void update(metrics::MultilabelCounts& state, bool allow_negative_weights) const;
  // Four numbers for each row into a contiguous array, of int64 where there are no weights.
  void write_by_sample(PyObject* out) const;

 private:
  Buffer y_true_;
  Buffer y_pred_;
  Matrix truth_;
  Matrix predicted_;
  OptionalColumn weights_;
};

enum class MultilabelMetric : std::uint8_t { accuracy, correct, error_rate, errors, hamming_loss };
AccuracyAnswer multilabel_metric(MultilabelMetric metric, PyObject* y_true, PyObject* y_pred,
                                 PyObject* sample_weight);

struct MultilabelFacts {
  std::size_t samples = 0;
  bool weights_cancel = false;
};

struct MultilabelPrfAnswer {
  metrics::formulas::PrfResult scores;
  MultilabelFacts facts;
};
MultilabelPrfAnswer multilabel_prf(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                   const metrics::formulas::PrfOptions& options);

struct MultilabelJaccardAnswer {
  metrics::formulas::JaccardResult scores;
  MultilabelFacts facts;
};
MultilabelJaccardAnswer multilabel_jaccard(PyObject* y_true, PyObject* y_pred,
                                           PyObject* sample_weight,
                                           const metrics::formulas::JaccardOptions& options);

struct MultilabelReportAnswer {
  metrics::formulas::MultilabelReport report;
  MultilabelFacts facts;
};
MultilabelReportAnswer multilabel_report(PyObject* y_true, PyObject* y_pred,
                                         PyObject* sample_weight, double zero_division);

// Two by two cells for each label, about to be written; what says how many there are.
struct LabelMatrices {
  metrics::Marginals marginals;
  bool weights_cancel = false;

  std::size_t size() const noexcept { return marginals.counts.size(); }
  void write(PyObject* out) const;
};
LabelMatrices label_matrices(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight);

// Two by two cells for each sample into `out`, a contiguous array.
void sample_matrices(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* out);

}  // namespace lstmetrics::border
