// Ranks within a row, by counting what stands before: one pass, no sorting. Internal to metrics/.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::metrics {

inline kernels::AboveCount count_above(const kernels::Table& table, const float* x, std::size_t n,
                                       float bound) {
  return table.count_above_f32(x, n, bound);
}
inline kernels::AboveCount count_above(const kernels::Table& table, const double* x, std::size_t n,
                                       double bound) {
  return table.count_above_f64(x, n, bound);
}

// Values that are equal to the bound or greater; of -inf all of them, NaN included.
template <class T>
kernels::AboveCount count_at_least(const kernels::Table& table, const T* x, std::size_t n,
                                   T bound) {
  constexpr T kLowest = -std::numeric_limits<T>::infinity();
  kernels::AboveCount all = count_above(table, x, n, std::nextafter(bound, kLowest));
  if (bound == kLowest) all.count = n;
  return all;
}

}  // namespace lstmetrics::metrics
