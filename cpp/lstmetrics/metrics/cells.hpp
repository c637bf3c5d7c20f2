// A square table of counts, and of exact weights where there are any: a matrix while that is
// small or well filled, a hash table of the cells in use otherwise. Which one never shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/uninitialized.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API Cells {
 public:
  static constexpr std::size_t kAlwaysDense = 128;  // labels up to which the matrix is kept
  static constexpr std::size_t kNeverDense = 2048;  // labels from which it never is

  Cells() = default;
  // `expected` cells in use decides the form to start with.
  Cells(std::size_t labels, bool weighted, std::size_t expected = 0);

  std::size_t labels() const noexcept { return labels_; }
  bool weighted() const noexcept { return weighted_; }
  bool is_dense() const noexcept { return dense_; }

  // The counts row by row, when they lie so and there are no weights; else null.
  std::int64_t* dense_counts() noexcept { return dense_ && !weighted_ ? counts_.data() : nullptr; }
  const std::int64_t* dense_counts() const noexcept {
    return dense_ && !weighted_ ? counts_.data() : nullptr;
  }

  std::int64_t count(std::size_t row, std::size_t column) const noexcept;
  // The exact weight of a cell; the count itself where no weights were given.
  numeric::ExactSum weight(std::size_t row, std::size_t column) const;

  void add(std::size_t row, std::size_t column, std::int64_t count);
  // A weighted table only.
  void add(std::size_t row, std::size_t column, std::int64_t count,
           const numeric::ExactSum& weight);
  void add_sample(std::size_t row, std::size_t column, double weight);

  // Adds a table over the same labels, row by row; false, and nothing done, unless both lie so.
  bool add_dense(const Cells& other) noexcept;

  // The same cells among more labels: label i becomes positions[i]; weighted from now on if said.
  Cells spread(const std::vector<std::uint32_t>& positions, std::size_t labels,
               bool weighted) const;

  // f(row, column, count, const ExactSum* weight) for each cell in use: in any order, or in
  // row-major order. The weight is null in an unweighted table.
  template <class F>
  void for_each(F&& f) const;
  template <class F>
  void for_each_sorted(F&& f) const;

  std::size_t used() const noexcept;
  bool operator==(const Cells& other) const;

 private:
  std::size_t slot(std::size_t row, std::size_t column);                 // made when absent
  std::size_t find(std::size_t row, std::size_t column) const noexcept;  // or kNowhere
  void grow();
  void make_dense();
  std::vector<std::size_t> sorted_slots() const;
  std::uint64_t key(std::size_t row, std::size_t column) const noexcept {
    return static_cast<std::uint64_t>(row) * labels_ + column;
  }
  bool in_use(std::size_t slot) const noexcept {
    return counts_[slot] != 0 || (weighted_ && !weights_[slot].is_zero());
  }

  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  static constexpr std::uint64_t kFree = static_cast<std::uint64_t>(-1);

  std::size_t labels_ = 0;
  bool weighted_ = false;
  bool dense_ = true;
  std::size_t filled_ = 0;                  // slots taken, when hashed
  std::vector<std::uint64_t> keys_;         // row * labels + column by slot, when hashed
  RawVector<std::int64_t> counts_;          // by slot; the slot is the key when dense
  std::vector<numeric::ExactSum> weights_;  // by slot, when weighted
};

template <class F>
void Cells::for_each(F&& f) const {
  const auto visit = [&](std::size_t slot, std::size_t row, std::size_t column) {
    if (in_use(slot)) f(row, column, counts_[slot], weighted_ ? &weights_[slot] : nullptr);
  };
  if (dense_) {
    for (std::size_t row = 0, slot = 0; row < labels_; ++row) {
      for (std::size_t column = 0; column < labels_; ++column, ++slot) visit(slot, row, column);
    }
    return;
  }
  for (std::size_t slot = 0; slot < counts_.size(); ++slot) {
    if (keys_[slot] != kFree) visit(slot, keys_[slot] / labels_, keys_[slot] % labels_);
  }
}

template <class F>
void Cells::for_each_sorted(F&& f) const {
  if (dense_) return for_each(f);
  for (const std::size_t slot : sorted_slots()) {
    f(static_cast<std::size_t>(keys_[slot] / labels_),
      static_cast<std::size_t>(keys_[slot] % labels_), counts_[slot],
      weighted_ ? &weights_[slot] : nullptr);
  }
}

}  // namespace lstmetrics::metrics
