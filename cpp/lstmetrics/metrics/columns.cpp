#include "lstmetrics/metrics/columns.hpp"

#include <charconv>
#include <limits>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {

std::string_view dtype_name(DType dtype) noexcept {
  switch (dtype) {
    case DType::boolean:
      return "bool";
    case DType::int8:
      return "int8";
    case DType::int16:
      return "int16";
    case DType::int32:
      return "int32";
    case DType::int64:
      return "int64";
    case DType::uint8:
      return "uint8";
    case DType::uint16:
      return "uint16";
    case DType::uint32:
      return "uint32";
    case DType::uint64:
      return "uint64";
    case DType::float16:
      return "float16";
    case DType::bfloat16:
      return "bfloat16";
    case DType::float32:
      return "float32";
    case DType::float64:
      return "float64";
    case DType::ucs4:
      return "text";
  }
  return "unknown";
}

std::string number_text(double value) {
  if (value != value) return "NaN";
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string place(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

void check_numbers(DType dtype, std::string_view name) {
  if (dtype == DType::ucs4) {
    throw InvalidType(std::string(name) + " must be numbers, got text");
  }
}

DoubleReader::DoubleReader(const Column& column, std::string_view name)
    : column_(column), name_(name) {
  check_numbers(column.dtype, name);
}

const double* DoubleReader::block(std::size_t begin, std::size_t n) {
  if (column_.dtype == DType::float64 && lies_as<double>(column_)) {
    return reinterpret_cast<const double*>(column_.data) + begin;
  }
  with_number(column_.dtype, [&](auto element) {
    for_each_item<decltype(element)>(column_, begin, n, [&](std::size_t i, auto value) {
      scratch_[i] = static_cast<double>(value);
    });
  });
  return scratch_.data();
}

WeightReader::WeightReader(const Column& column, bool allow_negative)
    : DoubleReader(column, "sample_weight"), allow_negative_(allow_negative) {}

const double* WeightReader::block(std::size_t begin, std::size_t n) {
  const double* weights = DoubleReader::block(begin, n);
  const double least = allow_negative_ ? -std::numeric_limits<double>::max() : 0.0;
  bool good = true;
  for (std::size_t i = 0; i < n; ++i) {
    good &= weights[i] >= least && weights[i] <= std::numeric_limits<double>::max();
  }
  if (good) return weights;
  std::size_t i = 0;
  while (weights[i] >= least && weights[i] <= std::numeric_limits<double>::max()) ++i;
  throw InvalidValue(place(name_, begin + i) + " is " + number_text(weights[i]) +
                     ": weights must be finite" + (allow_negative_ ? "" : " and not negative"));
}

IntegerReader::IntegerReader(const Column& column, std::string_view name)
    : column_(column), name_(name) {
  if (!with_integer(column.dtype, [](auto) {})) {
    throw InvalidType(std::string(name) + " must be integers, got " +
                      std::string(dtype_name(column.dtype)));
  }
}

void IntegerReader::refuse_large(std::size_t begin) const {
  std::size_t i = 0;
  while (scratch_[i] >= 0) ++i;
  throw InvalidValue(place(name_, begin + i) + " is " +
                     std::to_string(static_cast<std::uint64_t>(scratch_[i])) +
                     ", which does not fit a signed 64-bit integer");
}

bool IntegerReader::in_place() const noexcept {
  return column_.dtype == DType::int64 && lies_as<std::int64_t>(column_);
}

const std::int64_t* IntegerReader::block(std::size_t begin, std::size_t n) {
  if (in_place()) {
    return reinterpret_cast<const std::int64_t*>(column_.data) + begin;
  }
  with_integer(column_.dtype, [&](auto element) {
    std::uint64_t bits = 0;
    for_each_item<decltype(element)>(column_, begin, n, [&](std::size_t i, auto value) {
      scratch_[i] = static_cast<std::int64_t>(value);
      if constexpr (std::is_same_v<decltype(value), std::uint64_t>) bits |= value;
    });
    if (bits >> 63 != 0) refuse_large(begin);
  });
  return scratch_.data();
}

}  // namespace lstmetrics::metrics
