// The arrays of one call over two columns of labels, and the confusion counts of them.
#pragma once

#include <Python.h>

#include <cstddef>
#include <optional>

#include "border/buffer.hpp"
#include "border/labels.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/equal_labels.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"

namespace lstmetrics::border {

// y_true, y_pred and weights or None (negative ones are let pass).
class PairArrays {
 public:
  PairArrays(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight);
  std::size_t rows() const noexcept { return y_true_.size(); }
  void update(metrics::ConfusionCounts& state) const;
  // How many labels are the same, where that takes no state: of numbers without weights.
  std::optional<metrics::EqualLabels> count_equal() const;

 private:
  Labels y_true_;
  Labels y_pred_;
  std::optional<Buffer> weights_;
};

// The state that has seen them, and no more.
metrics::ConfusionCounts count(const PairArrays& arrays);

// Whether the weights add up to zero.
bool weights_cancel(const metrics::ConfusionCounts& state);
// Whether some selected label is the true label of a sample.
bool any_true(const metrics::ConfusionCounts& state, const metrics::formulas::Selection& selection);

}  // namespace lstmetrics::border
