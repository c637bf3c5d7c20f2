// How many rows of an indicator have so many labels right, predicted and true: what averages over
// samples start from.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

// Labels of one row that are true and predicted, predicted, true.
struct RowCounts {
  std::uint32_t tp = 0;
  std::uint32_t predicted = 0;
  std::uint32_t actual = 0;
  auto operator<=>(const RowCounts&) const = default;
};

// Cells in ascending order of their rows' counts, each in use; with the exact weight of its rows
// when the table is weighted. Whoever adds takes care that no count overflows.
class LSTMETRICS_API RowTable {
 public:
  std::size_t size() const noexcept { return keys_.size(); }
  bool weighted() const noexcept { return weighted_; }

  // From now on every cell has a weight: so far that of its count.
  void make_weighted();
  // At the end, in order. A weight is of a weighted table alone.
  void append(const RowCounts& key, std::int64_t count, const numeric::ExactSum* weight);
  // Cells of a table that is not weighted count as weights where this one is.
  void add(const RowTable& other);

  // f(key, count, const ExactSum* weight), the weight null when there are none.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < size(); ++i) {
      f(keys_[i], counts_[i], weighted_ ? &weights_[i] : nullptr);
    }
  }

  bool operator==(const RowTable& other) const = default;
  void save(Writer& writer) const;
  // FormatError for cells out of order, that no row of so many labels has, or of no samples.
  static RowTable load(Reader& reader, std::size_t labels, bool weighted);

 private:
  bool add_in_place(const RowTable& other);
  void add_to(std::size_t at, const RowTable& other, std::size_t from);

  bool weighted_ = false;
  std::vector<RowCounts> keys_;
  std::vector<std::int64_t> counts_;
  std::vector<numeric::ExactSum> weights_;  // of a weighted table
};

}  // namespace lstmetrics::metrics
