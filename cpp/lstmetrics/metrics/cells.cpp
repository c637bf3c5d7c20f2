#include "lstmetrics/metrics/cells.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kFillOfDense = 8;  // a matrix is worth it from one cell in eight on

std::uint64_t scatter(std::uint64_t key) noexcept {
  key *= 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio: Fibonacci hashing
  return key ^ (key >> 32);
}

}  // namespace

Cells::Cells(std::size_t labels, bool weighted, std::size_t expected)
    : labels_(labels), weighted_(weighted) {
  dense_ = labels <= kAlwaysDense ||
           (labels < kNeverDense && expected >= labels * labels / kFillOfDense);
  if (dense_) {
    counts_.resize(labels * labels, 0);
    if (weighted_) weights_.resize(labels * labels);
  }
}

std::size_t Cells::find(std::size_t row, std::size_t column) const noexcept {
  if (row >= labels_ || column >= labels_) return kNowhere;
  const std::uint64_t wanted = key(row, column);
  if (dense_) return static_cast<std::size_t>(wanted);
  if (keys_.empty()) return kNowhere;
  const std::size_t mask = keys_.size() - 1;
  std::size_t at = scatter(wanted) & mask;
  while (keys_[at] != wanted) {
    if (keys_[at] == kFree) return kNowhere;
    at = (at + 1) & mask;
  }
  return at;
}

std::size_t Cells::slot(std::size_t row, std::size_t column) {
  const std::uint64_t wanted = key(row, column);
  if (dense_) return static_cast<std::size_t>(wanted);
  if (const std::size_t found = find(row, column); found != kNowhere) return found;
  if (labels_ < kNeverDense && (filled_ + 1) * kFillOfDense > labels_ * labels_) {
    make_dense();
    return static_cast<std::size_t>(wanted);
  }
  if (2 * (filled_ + 1) > keys_.size()) grow();
  const std::size_t mask = keys_.size() - 1;
  std::size_t at = scatter(wanted) & mask;
  while (keys_[at] != kFree) at = (at + 1) & mask;
  keys_[at] = wanted;
  ++filled_;
  return at;
}

void Cells::grow() {
  const std::size_t slots = keys_.empty() ? kFirstSlots : 2 * keys_.size();
  std::vector<std::uint64_t> keys(slots, kFree);
  RawVector<std::int64_t> counts(slots, 0);
  std::vector<numeric::ExactSum> weights(weighted_ ? slots : 0);
  for (std::size_t from = 0; from < keys_.size(); ++from) {
    if (keys_[from] == kFree) continue;
    std::size_t at = scatter(keys_[from]) & (slots - 1);
    while (keys[at] != kFree) at = (at + 1) & (slots - 1);
    keys[at] = keys_[from];
    counts[at] = counts_[from];
    if (weighted_) weights[at] = std::move(weights_[from]);
  }
  keys_ = std::move(keys);
  counts_ = std::move(counts);
  weights_ = std::move(weights);
}

void Cells::make_dense() {
  RawVector<std::int64_t> counts(labels_ * labels_, 0);
  std::vector<numeric::ExactSum> weights(weighted_ ? labels_ * labels_ : 0);
  for (std::size_t from = 0; from < keys_.size(); ++from) {
    if (keys_[from] == kFree) continue;
    counts[keys_[from]] = counts_[from];
    if (weighted_) weights[keys_[from]] = std::move(weights_[from]);
  }
  dense_ = true;
  filled_ = 0;
  keys_ = {};
  counts_ = std::move(counts);
  weights_ = std::move(weights);
}

std::int64_t Cells::count(std::size_t row, std::size_t column) const noexcept {
  const std::size_t at = find(row, column);
  return at == kNowhere ? 0 : counts_[at];
}

numeric::ExactSum Cells::weight(std::size_t row, std::size_t column) const {
  const std::size_t at = find(row, column);
  numeric::ExactSum sum;
  if (at == kNowhere) return sum;
  if (weighted_) return weights_[at];
  sum.add_multiple(1.0, static_cast<std::uint64_t>(counts_[at]));
  return sum;
}

void Cells::add(std::size_t row, std::size_t column, std::int64_t count) {
  const std::size_t at = slot(row, column);
  counts_[at] += count;
  if (weighted_) weights_[at].add_multiple(1.0, static_cast<std::uint64_t>(count));
}

void Cells::add(std::size_t row, std::size_t column, std::int64_t count,
                const numeric::ExactSum& weight) {
  const std::size_t at = slot(row, column);
  counts_[at] += count;
  weights_[at].merge(weight);
}

void Cells::add_sample(std::size_t row, std::size_t column, double weight) {
  const std::size_t at = slot(row, column);
  ++counts_[at];
  weights_[at].add(weight);
}

bool Cells::add_dense(const Cells& other) noexcept {
  std::int64_t* const to = dense_counts();
  const std::int64_t* const from = other.dense_counts();
  if (to == nullptr || from == nullptr || labels_ != other.labels_) return false;
  for (std::size_t cell = 0; cell < counts_.size(); ++cell) to[cell] += from[cell];
  return true;
}

Cells Cells::spread(const std::vector<std::uint32_t>& positions, std::size_t labels,
                    bool weighted) const {
  Cells wider(labels, weighted, used());
  for_each([&](std::size_t row, std::size_t column, std::int64_t n, const numeric::ExactSum* w) {
    if (w != nullptr)
      wider.add(positions[row], positions[column], n, *w);
    else
      wider.add(positions[row], positions[column], n);
  });
  return wider;
}

std::vector<std::size_t> Cells::sorted_slots() const {
  std::vector<std::size_t> slots;
  slots.reserve(filled_);
  for (std::size_t slot = 0; slot < counts_.size(); ++slot) {
    if (in_use(slot)) slots.push_back(slot);
  }
  std::ranges::sort(slots, {}, [&](std::size_t slot) { return keys_[slot]; });
  return slots;
}

std::size_t Cells::used() const noexcept {
  std::size_t cells = 0;
  for (std::size_t slot = 0; slot < counts_.size(); ++slot) cells += in_use(slot) ? 1 : 0;
  return cells;
}

bool Cells::operator==(const Cells& other) const {
  if (labels_ != other.labels_ || weighted_ != other.weighted_ || used() != other.used()) {
    return false;
  }
  bool equal = true;
  for_each([&](std::size_t row, std::size_t column, std::int64_t n, const numeric::ExactSum* w) {
    const std::size_t at = other.find(row, column);
    equal = equal && at != kNowhere && other.counts_[at] == n &&
            (w == nullptr || other.weights_[at] == *w);
  });
  return equal;
}

}  // namespace lstmetrics::metrics
