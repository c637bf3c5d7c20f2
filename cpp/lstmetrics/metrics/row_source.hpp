// Rows of a matrix as contiguous values of one type. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {

// Rows as T, in place where they lie so, else copied one at a time. E is the element type.
template <class T, class E>
class RowSource {
 public:
  explicit RowSource(const Matrix& matrix) : matrix_(matrix) {}

  // Good until the next call.
  const T* row(std::size_t i) {
    const std::byte* place = matrix_.data + static_cast<std::ptrdiff_t>(i) * matrix_.row_stride;
    if (std::is_same_v<T, typename E::type> &&
        matrix_.column_stride == static_cast<std::ptrdiff_t>(sizeof(T)) &&
        reinterpret_cast<std::uintptr_t>(place) % alignof(T) == 0) {
      return reinterpret_cast<const T*>(place);
    }
    copy_.resize(matrix_.columns);
    T* const copy = copy_.data();
    const Column items{place, matrix_.dtype, matrix_.columns, matrix_.column_stride,
                       matrix_.item_size};
    if constexpr (std::is_same_v<E, Element<Half>> && std::is_same_v<T, float>) {
      if (lies_as<std::uint16_t>(items)) {
        table_.widen_f16(reinterpret_cast<const std::uint16_t*>(place), items.size, copy);
        return copy;
      }
    }
    for_each_item<E>(items, 0, items.size,
                     [&](std::size_t at, auto value) { copy[at] = static_cast<T>(value); });
    return copy;
  }

 private:
  const Matrix& matrix_;
  const kernels::Table& table_ = kernels::table();
  std::vector<T> copy_;
};

}  // namespace lstmetrics::metrics
