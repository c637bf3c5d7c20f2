// The labels of a column of y_true, found before its scores are read.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

// All labels of a column that lives as long as this, and a column that is quick to read again: text
// is encoded once. Errors as of `encode`.
class LSTMETRICS_API SeenLabels {
 public:
  explicit SeenLabels(const LabelColumn& column);
  SeenLabels(const SeenLabels&) = delete;
  SeenLabels& operator=(const SeenLabels&) = delete;

  const LabelSet& labels() const noexcept { return labels_; }
  LabelColumn column() const;

 private:
  LabelColumn column_;
  LabelSet labels_;
  LabelList dictionary_;
  std::vector<std::uint32_t> codes_;
};

}  // namespace lstmetrics::metrics
