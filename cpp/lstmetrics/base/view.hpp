// Typed, strided views of memory that somebody else owns: how arrays enter the core.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lstmetrics {

enum class DType : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  bfloat16,
  float32,
  float64,
  ucs4,  // fixed-width text, `item_size / 4` code points, padded with zeros
};

// One dimension; strides are in bytes and may be zero or negative.
struct Column {
  const std::byte* data = nullptr;
  DType dtype = DType::float64;
  std::size_t size = 0;
  std::ptrdiff_t stride = 0;
  std::size_t item_size = 0;
};

// Two dimensions.
struct Matrix {
  const std::byte* data = nullptr;
  DType dtype = DType::float64;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::ptrdiff_t row_stride = 0;
  std::ptrdiff_t column_stride = 0;
  std::size_t item_size = 0;
};

}  // namespace lstmetrics
