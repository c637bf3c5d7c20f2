#include "lstmetrics/metrics/row_tally.hpp"

#include <algorithm>
#include <numeric>

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kLargestCube = std::size_t{1} << 15;  // 31 labels
constexpr std::size_t kCubeAnyway = std::size_t{1} << 10;   // worth it even for few rows

bool has_cube(std::size_t side, std::size_t rows, bool weighted) {
  const std::size_t cells = side * side * side;
  return !weighted && side <= 32 && cells <= kLargestCube &&
         cells <= std::max(kCubeAnyway, 4 * rows);
}

}  // namespace

RowTally::RowTally(std::size_t labels, std::size_t rows, bool weighted)
    : side_(labels + 1), weighted_(weighted) {
  if (has_cube(side_, rows, weighted)) cube_.resize(side_ * side_ * side_);
}

std::uint32_t RowTally::code_of(const RowCounts& row) {
  const std::uint64_t hash = mix(mix(row.tp, row.predicted), row.actual);
  const std::uint32_t code =
      codes_.intern(hash, [&](std::uint32_t other) { return keys_[other] == row; });
  if (codes_.size() > keys_.size()) {
    keys_.push_back(row);
    counts_.push_back(0);
    if (weighted_) weights_.emplace_back();
  }
  return code;
}

void RowTally::add(const RowCounts* rows, std::size_t n, const double* weights) {
  if (!cube_.empty()) {
    for (std::size_t i = 0; i < n; ++i) ++cube_[place(rows[i])];
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t code = code_of(rows[i]);
    ++counts_[code];
    if (weighted_) weights_[code].add(weights[i]);
  }
}

RowTable RowTally::table_of_cube() const {
  RowTable table;
  for (std::size_t i = 0; i < cube_.size(); ++i) {
    if (cube_[i] == 0) continue;
    const auto part = [&](std::size_t value) { return static_cast<std::uint32_t>(value % side_); };
    table.append({part(i / side_ / side_), part(i / side_), part(i)}, cube_[i], nullptr);
  }
  return table;
}

RowTable RowTally::table() const {
  if (!cube_.empty()) return table_of_cube();
  RowTable table;
  if (weighted_) table.make_weighted();
  std::vector<std::size_t> order(keys_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t code) { return keys_[code]; });
  for (const std::size_t code : order) {
    table.append(keys_[code], counts_[code], weighted_ ? &weights_[code] : nullptr);
  }
  return table;
}

}  // namespace lstmetrics::metrics
