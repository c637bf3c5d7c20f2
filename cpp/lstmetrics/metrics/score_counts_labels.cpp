#include "lstmetrics/metrics/score_counts_labels.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "lstmetrics/metrics/label_encoding.hpp"

namespace lstmetrics::metrics {
namespace {

// Whether all labels are 0 or 1, as they mostly are, and which of the two occur.
bool holds_bits(const LabelColumn& column, bool (&occurs)[2]) {
  NumberLabels numbers(column);
  for (std::size_t begin = 0; begin < column.size(); begin += kBlock) {
    const std::size_t n = std::min(kBlock, column.size() - begin);
    const std::int64_t* const values = numbers.block(begin, n);
    std::uint64_t some = 0;
    std::uint64_t every = 1;
    for (std::size_t i = 0; i < n; ++i) {
      some |= static_cast<std::uint64_t>(values[i]);
      every &= static_cast<std::uint64_t>(values[i]);
    }
    if (some > 1) return false;
    occurs[1] |= some == 1;
    occurs[0] |= every == 0;
  }
  return true;
}

}  // namespace

SeenLabels::SeenLabels(const LabelColumn& column) : column_(column) {
  if (!holds_numbers(column)) {
    EncodedLabels encoded = encode(column, 0, column.size());
    labels_ = LabelSet(encoded.labels);
    dictionary_ = std::move(encoded.labels);
    codes_ = std::move(encoded.codes);
    return;
  }
  bool occurs[2] = {};
  if (!holds_bits(column, occurs)) {
    labels_ = discover(column);
    return;
  }
  LabelList bits{LabelKind::integer, {}, {}};
  for (const std::int64_t bit : {0, 1}) {
    if (occurs[bit]) bits.integers.push_back(bit);
  }
  labels_ = LabelSet(std::move(bits));
}

LabelColumn SeenLabels::column() const {
  if (codes_.empty()) return column_;
  const Column codes{reinterpret_cast<const std::byte*>(codes_.data()), DType::uint32,
                     codes_.size(), sizeof(std::uint32_t), sizeof(std::uint32_t)};
  return {codes, &dictionary_, column_.name};
}

}  // namespace lstmetrics::metrics
