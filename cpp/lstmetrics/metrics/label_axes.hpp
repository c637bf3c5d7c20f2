// Several columns of labels of one kind as codes into one set. Internal to metrics/.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/triples.hpp"

namespace lstmetrics::metrics {

// Samples [begin, begin + n) of some columns.
class LabelAxes {
 public:
  // InvalidType when some hold text and others integers; else as encode().
  LabelAxes(std::span<const LabelColumn* const> columns, std::size_t begin, std::size_t n);

  const LabelSet& labels() const noexcept { return labels_; }  // each seen in some column
  LabelSet take_labels() noexcept { return std::move(labels_); }
  Triples::Axis axis(std::size_t column) const;

 private:
  LabelSet labels_;
  std::vector<EncodedLabels> columns_;
};

// Where each label of a list stands in a set that has them all.
Places places_in(const LabelSet& labels, const LabelList& list);

}  // namespace lstmetrics::metrics
