// Views of vectors, for the cases of metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace inputs {

using lstmetrics::Column;
using lstmetrics::DType;
using lstmetrics::Matrix;

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, double>)
    return DType::float64;
  else if constexpr (std::is_same_v<T, float>)
    return DType::float32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return DType::int64;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return DType::int32;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return DType::int8;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return DType::uint64;
  else
    return DType::uint8;
}

template <class T>
Column column(const std::vector<T>& values) {
  return {reinterpret_cast<const std::byte*>(values.data()), dtype_of<T>(), values.size(),
          sizeof(T), sizeof(T)};
}

// Values [begin, end) of a column.
inline Column slice(Column whole, std::size_t begin, std::size_t end) {
  whole.data += static_cast<std::ptrdiff_t>(begin) * whole.stride;
  whole.size = end - begin;
  return whole;
}

template <class T>
lstmetrics::metrics::LabelColumn labels(const std::vector<T>& values, std::string_view name) {
  return {column(values), nullptr, name};
}

template <class T>
Matrix matrix(const std::vector<T>& values, std::size_t columns) {
  constexpr auto kSize = static_cast<std::ptrdiff_t>(sizeof(T));
  return {reinterpret_cast<const std::byte*>(values.data()),
          dtype_of<T>(),
          values.size() / columns,
          columns,
          static_cast<std::ptrdiff_t>(columns) * kSize,
          kSize,
          sizeof(T)};
}

// Rows [begin, end) of a matrix.
inline Matrix rows(Matrix whole, std::size_t begin, std::size_t end) {
  whole.data += static_cast<std::ptrdiff_t>(begin) * whole.row_stride;
  whole.rows = end - begin;
  return whole;
}

// Fixed-width text as numpy stores it.
class WideColumn {
 public:
  WideColumn(const std::vector<std::u32string>& texts, std::size_t width)
      : points_(texts.size() * width), width_(width) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t j = 0; j < texts[i].size(); ++j) {
        points_[i * width + j] = static_cast<std::uint32_t>(texts[i][j]);
      }
    }
  }
  Column column() const {
    return {reinterpret_cast<const std::byte*>(points_.data()), DType::ucs4,
            points_.size() / width_, static_cast<std::ptrdiff_t>(4 * width_), 4 * width_};
  }

 private:
  std::vector<std::uint32_t> points_;
  std::size_t width_;
};

inline lstmetrics::metrics::LabelList integers(std::vector<std::int64_t> values) {
  return {lstmetrics::metrics::LabelKind::integer, std::move(values), {}};
}

inline lstmetrics::metrics::LabelList texts(std::vector<std::string> values) {
  return {lstmetrics::metrics::LabelKind::text, {}, std::move(values)};
}

}  // namespace inputs
