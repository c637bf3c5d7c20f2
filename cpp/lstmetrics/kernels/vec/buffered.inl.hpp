// load_first and store_first for levels without masked memory access: through a buffer.
#pragma once

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

template <class T, class Part>
LSTMETRICS_INLINE Part load_first(const T* x, std::size_t n, Part fill) {
  T lanes[sizeof(Part) / sizeof(T)];
  __builtin_memcpy(lanes, &fill, sizeof fill);
  for (std::size_t i = 0; i < n; ++i) lanes[i] = x[i];
  __builtin_memcpy(&fill, lanes, sizeof fill);
  return fill;
}

template <class T, class Part>
LSTMETRICS_INLINE void store_first(T* y, Part v, std::size_t n) {
  T lanes[sizeof(Part) / sizeof(T)];
  __builtin_memcpy(lanes, &v, sizeof v);
  for (std::size_t i = 0; i < n; ++i) y[i] = lanes[i];
}

}  // namespace
}  // namespace lstmetrics::kernels
