// Counting one batch of true and predicted labels. Internal to metrics/.
#pragma once

#include <cstdint>
#include <functional>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/cells.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

struct ConfusionBatch {
  LabelSet labels;  // each seen at least once
  Cells cells;
  std::int64_t samples = 0;
};

using TakeBatch = std::function<void(ConfusionBatch&&)>;

// Counts all samples and hands them over in pieces of bounded size, at least one. The columns have
// equal lengths; weights may be null.
//
// Integers without weights are counted in one pass while their range is small. All else is encoded
// first.
void count_batch(const LabelColumn& y_true, const LabelColumn& y_pred, const Column* weights,
                 bool allow_negative_weights, const TakeBatch& take);

}  // namespace lstmetrics::metrics
