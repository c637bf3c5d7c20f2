#include "lstmetrics/metrics/label_axes.hpp"

#include <algorithm>
#include <utility>

namespace lstmetrics::metrics {

LabelAxes::LabelAxes(std::span<const LabelColumn* const> columns, std::size_t begin,
                     std::size_t n) {
  for (const LabelColumn* column : columns) {
    columns_.push_back(encode(*column, begin, n));
    const LabelSet labels(columns_.back().labels);
    labels_ = columns_.size() == 1 ? labels : united(*columns.front(), labels_, *column, labels);
  }
}

Triples::Axis LabelAxes::axis(std::size_t column) const {
  const EncodedLabels& encoded = columns_[column];
  return {&encoded.codes, places_in(labels_, encoded.labels), labels_.size()};
}

Places places_in(const LabelSet& labels, const LabelList& list) {
  const std::vector<std::ptrdiff_t> selected = labels.select(list);
  Places places(selected.size());
  std::ranges::transform(selected, places.begin(),
                         [](std::ptrdiff_t at) { return static_cast<std::uint32_t>(at); });
  return places;
}

}  // namespace lstmetrics::metrics
