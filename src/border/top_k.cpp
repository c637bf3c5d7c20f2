#include "border/top_k.hpp"

#include <algorithm>
#include <utility>

#include "border/gil.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/top_k.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/top_k_counts.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

TopKAnswer top_k_accuracy(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                          PyObject* labels, std::int64_t k, bool normalize) {
  const LossArrays arrays(y_true, y_score, sample_weight, "y_score");
  if (arrays.rows() == 0) throw InvalidValue("y_score is empty: at least 1 sample is required");
  metrics::LabelSet declared(label_list(labels, "labels"));
  TopKAnswer answer;
  const auto compute = [&] {
    const Matrix& scores = arrays.probabilities();
    if (labels == Py_None) {
      declared = metrics::labels_shown(arrays.y_true(), std::max<std::size_t>(scores.columns, 2),
                                       "y_score");
    }
    answer.labels = declared.size();
    metrics::TopKCounts state({k}, std::move(declared));
    const metrics::TopKOptions options{.allow_negative_weights = true,
                                       .allow_infinite_scores = false};
    if (scores.columns == 1) {
      const Column column{scores.data, scores.dtype, scores.rows, scores.row_stride,
                          scores.item_size};
      state.update_decisions(arrays.y_true(), column, metrics::decision_threshold(column),
                             arrays.weights(), options);
    } else if (scores.columns == 2) {
      throw ShapeError("y_score of two labels must have one column, got 2");
    } else {
      state.update(arrays.y_true(), scores, arrays.weights(), options);
    }
    const metrics::TopKTally& tally = state.result();
    answer.weights_cancel = tally.weighted && tally.total.weight.is_zero();
    answer.value = normalize ? metrics::formulas::top_k_accuracy(tally, 0)
                             : metrics::formulas::top_k_hits(tally, 0);
  };
  unlocked(arrays.items(), [&] { runtime::enter(compute); });
  return answer;
}

}  // namespace lstmetrics::border
