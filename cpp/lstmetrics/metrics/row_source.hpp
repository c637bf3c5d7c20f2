// Rows of a matrix as contiguous values of one type. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "lstmetrics/base/view.hpp"
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
    for (T& value : copy_) {
      value = static_cast<T>(E::load(place));
      place += matrix_.column_stride;
    }
    return copy_.data();
  }

 private:
  const Matrix& matrix_;
  std::vector<T> copy_;
};

}  // namespace lstmetrics::metrics
