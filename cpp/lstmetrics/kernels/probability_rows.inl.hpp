// Rows of probabilities: their sums, and whether all are probabilities.
#pragma once

#include "lstmetrics/kernels/reductions.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

LSTMETRICS_INLINE D8 load_as_doubles(const double* x) { return load(x); }
LSTMETRICS_INLINE D8 load_as_doubles(const float* x) {
  using Half [[gnu::vector_size(kPartBytes / 2)]] = float;
  return by_part<D8>(LSTMETRICS_PART {
    Half half;
    __builtin_memcpy(&half, x + i * kPartLanes<double>, sizeof half);
    return (DoublePart) __builtin_convertvector(half, DoublePart);
  });
}

LSTMETRICS_INLINE D8 load_first_as_doubles(const double* x, std::size_t n) {
  return load_first(x, n, 0.0);
}
LSTMETRICS_INLINE D8 load_first_as_doubles(const float* x, std::size_t n) {
  float eight[kLanesOf<double>] = {};
  for (std::size_t i = 0; i < n; ++i) eight[i] = x[i];
  return load_as_doubles(eight);
}

// Vector v of the row's doubles goes to half v mod 2 of the 16 partial sums.
template <class T>
bool probability_rows(const T* x, std::size_t rows, std::size_t columns, std::size_t row_stride,
                      double* sums) noexcept {
  constexpr std::size_t kEightDoubles = kLanesOf<double>;
  D8 least = splat(0.0);
  D8 most = splat(1.0);
  bool numbers = true;
  for (std::size_t row = 0; row < rows; ++row, x += row_stride) {
    Block<double> sum = splat_block(0.0);
    const auto add = [&](std::size_t v, D8 values) LSTMETRICS_INLINE_LAMBDA {
      least = lesser(values, least);
      most = larger(values, most);
      sum.at[v] = sum.at[v] + values;
    };
    std::size_t i = 0;
    for (; i + kLanes <= columns; i += kLanes) {
      add(0, load_as_doubles(x + i));
      add(1, load_as_doubles(x + i + kEightDoubles));
    }
    const std::size_t left = columns - i;
    if (left > kEightDoubles) {
      add(0, load_as_doubles(x + i));
      add(1, load_first_as_doubles(x + i + kEightDoubles, left - kEightDoubles));
    } else if (left > 0) {
      add(0, load_first_as_doubles(x + i, left));
    }
    sums[row] = fold_sum(sum);
    numbers &= sums[row] == sums[row];  // comparisons pass NaN over, sums do not
  }
  return numbers && !any(either(less(least, splat(0.0)), greater(most, splat(1.0))));
}

}  // namespace
}  // namespace lstmetrics::kernels
