// Losses of probabilities: the arguments of one call, and the one-shot calls.
#pragma once

#include <Python.h>

#include <cstdint>
#include <optional>

#include "border/buffer.hpp"
#include "border/labels.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"

namespace lstmetrics::border {

// A column that may be missing: Python's None.
class OptionalColumn {
 public:
  OptionalColumn(PyObject* array, const char* name);
  const Column* get() const noexcept { return column_ ? &*column_ : nullptr; }

 private:
  std::optional<Buffer> buffer_;
  std::optional<Column> column_;
};

// One column of probabilities is a matrix with one column.
Matrix as_matrix(const Buffer& buffer);

// y_true, probabilities or scores (n x K, n x 1 or n) and weights. `name` is that of the second.
class LossArrays {
 public:
  LossArrays(PyObject* y_true, PyObject* probabilities, PyObject* sample_weight,
             const char* name = "y_proba");
  std::size_t rows() const noexcept { return probabilities_.rows; }
  std::size_t items() const noexcept { return probabilities_.rows * probabilities_.columns; }
  metrics::LabelColumn y_true() const { return y_true_.column(); }
  const Matrix& probabilities() const noexcept { return probabilities_; }
  const Column* weights() const noexcept { return weights_.get(); }
  metrics::ProbabilityNotes update(metrics::LossSum& state, bool allow_negative_weights) const;

 private:
  Labels y_true_;
  Buffer buffer_;
  Matrix probabilities_;
  OptionalColumn weights_;
};

enum class ProbabilityMetric : std::uint8_t {
  log_loss,
  total_log_loss,
  brier_score,
  half_brier_score,
  d2_log_loss,
  d2_brier,
};

struct LossAnswer {
  double value = 0.0;
  bool sums_to_one = true;
  bool weights_cancel = false;
};
// `labels` is a list of scalars, or None: those of y_true.
LossAnswer probability_metric(ProbabilityMetric metric, PyObject* y_true, PyObject* probabilities,
                              PyObject* sample_weight, PyObject* labels);

// The same of samples that have any number of labels: `y_true` is an indicator, labels by columns.
LossAnswer indicator_metric(ProbabilityMetric metric, PyObject* y_true, PyObject* probabilities,
                            PyObject* sample_weight);

}  // namespace lstmetrics::border
