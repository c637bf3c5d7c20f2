// Typed access to strided memory, and the choice of the type by dtype. Internal to metrics/.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "lstmetrics/base/view.hpp"

namespace lstmetrics::metrics {

// Memory that somebody else owns may be misaligned: it is copied out, never dereferenced.
template <class T>
T load_at(const std::byte* place) noexcept {
  T value;
  std::memcpy(&value, place, sizeof(T));
  return value;
}

inline const std::byte* item(const Column& column, std::size_t i) noexcept {
  return column.data + static_cast<std::ptrdiff_t>(i) * column.stride;
}

// Whether the items lie side by side where a T may: then they may be read as an array of T.
template <class T>
bool lies_as(const Column& column) noexcept {
  return column.stride == static_cast<std::ptrdiff_t>(sizeof(T)) &&
         reinterpret_cast<std::uintptr_t>(column.data) % alignof(T) == 0;
}

// An element type; a boolean is any byte that is not zero.
template <class T>
struct Element {
  using type = T;
  static T load(const std::byte* place) noexcept { return load_at<T>(place); }
};

template <>
struct Element<bool> {
  using type = std::uint8_t;
  static std::uint8_t load(const std::byte* place) noexcept {
    return load_at<std::uint8_t>(place) != 0 ? 1 : 0;
  }
};

// 16-bit floats as they lie; they are read as float, which holds every one of them.
struct Half {
  std::uint16_t bits;
};
struct BFloat16 {
  std::uint16_t bits;
};

// Exact, and by operations that neither round nor meet a denormal. NaN stays NaN.
inline float widened(Half half) noexcept {
  const std::uint32_t shifted = (half.bits & 0x7fffU) << 13;
  const std::uint32_t exponent = shifted & 0x0f800000U;
  std::uint32_t bits = shifted + (112U << 23);
  if (exponent == 0x0f800000U) bits += 112U << 23;  // infinities and NaN
  float value = std::bit_cast<float>(bits);
  if (exponent == 0) value = std::bit_cast<float>(bits + (1U << 23)) - 0x1p-14F;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) | (half.bits & 0x8000U) << 16);
}
inline float widened(BFloat16 value) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

template <>
struct Element<Half> {
  using type = Half;
  static float load(const std::byte* place) noexcept { return widened(load_at<Half>(place)); }
};

template <>
struct Element<BFloat16> {
  using type = BFloat16;
  static float load(const std::byte* place) noexcept { return widened(load_at<BFloat16>(place)); }
};

// The type that numbers are computed with: floats of at most 32 bits as float, all else as double.
template <class E>
using Widened = std::conditional_t<
    std::is_same_v<decltype(E::load(static_cast<const std::byte*>(nullptr))), float>, float,
    double>;

// f(i, value) for items [begin, begin + n); neighbours are read as such, in full vectors.
template <class E, class F>
void for_each_item(const Column& column, std::size_t begin, std::size_t n, F&& f) {
  constexpr std::size_t kSize = sizeof(typename E::type);
  const std::byte* place = item(column, begin);
  if (column.stride == static_cast<std::ptrdiff_t>(kSize)) {
    for (std::size_t i = 0; i < n; ++i) f(i, E::load(place + i * kSize));
  } else {
    for (std::size_t i = 0; i < n; ++i) f(i, E::load(item(column, begin + i)));
  }
}

// f(Element<T>{}) for an integer or boolean dtype; false for all others.
template <class F>
bool with_integer(DType dtype, F&& f) {
  switch (dtype) {
    case DType::boolean:
      return f(Element<bool>{}), true;
    case DType::int8:
      return f(Element<std::int8_t>{}), true;
    case DType::int16:
      return f(Element<std::int16_t>{}), true;
    case DType::int32:
      return f(Element<std::int32_t>{}), true;
    case DType::int64:
      return f(Element<std::int64_t>{}), true;
    case DType::uint8:
      return f(Element<std::uint8_t>{}), true;
    case DType::uint16:
      return f(Element<std::uint16_t>{}), true;
    case DType::uint32:
      return f(Element<std::uint32_t>{}), true;
    case DType::uint64:
      return f(Element<std::uint64_t>{}), true;
    default:
      return false;
  }
}

// The same for floats of at most 32 bits, which are read as float.
template <class F>
bool with_narrow_float(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float16:
      return f(Element<Half>{}), true;
    case DType::bfloat16:
      return f(Element<BFloat16>{}), true;
    case DType::float32:
      return f(Element<float>{}), true;
    default:
      return false;
  }
}

// The same for all numbers.
template <class F>
bool with_number(DType dtype, F&& f) {
  if (dtype == DType::float64) return f(Element<double>{}), true;
  return with_narrow_float(dtype, f) || with_integer(dtype, f);
}

}  // namespace lstmetrics::metrics
