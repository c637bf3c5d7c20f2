// The rank of one column in each row of scores. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::metrics {

class ScoreRows {
 public:
  // InvalidType for text.
  ScoreRows(const Matrix& scores, bool allow_infinite);

  // How many columns stand before columns[i] in row begin + i, over the threads of the pool.
  // InvalidValue with row and column for NaN and, unless allowed, infinities.
  void ranks(std::size_t begin, std::size_t n, const std::uint32_t* columns,
             std::size_t* ranks) const;

 private:
  void rank(std::size_t row, std::size_t n, const std::uint32_t* columns, std::size_t* ranks) const;

  Matrix matrix_;
  bool allow_infinite_;
  const kernels::Table& table_;
};

}  // namespace lstmetrics::metrics
