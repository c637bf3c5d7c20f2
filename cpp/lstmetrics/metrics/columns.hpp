// Reading numeric columns block by block, whatever their dtype and stride.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/view.hpp"

namespace lstmetrics::metrics {

// Samples are read this many at a time, so that no update allocates by the sample.
inline constexpr std::size_t kBlock = 2048;
// Where nothing is converted a kernel may have more at once: it starts less often.
inline constexpr std::size_t kLongBlock = std::size_t{1} << 16;

LSTMETRICS_API std::string_view dtype_name(DType dtype) noexcept;
LSTMETRICS_API std::string number_text(double value);  // the shortest that reads back
LSTMETRICS_API std::string place(std::string_view name, std::size_t index);  // "name[index]"

// InvalidType for text.
LSTMETRICS_API void check_numbers(DType dtype, std::string_view name);

// A column as doubles. InvalidType for text.
class LSTMETRICS_API DoubleReader {
 public:
  DoubleReader(const Column& column, std::string_view name);

  // Values [begin, begin + n), n <= kBlock: in place when they already lie so, else converted.
  // Good until the next call.
  const double* block(std::size_t begin, std::size_t n);

 protected:
  Column column_;
  std::string_view name_;
  std::array<double, kBlock> scratch_;
};

// Sample weights: InvalidValue with the index for NaN, infinities, and (unless allowed) negatives.
class LSTMETRICS_API WeightReader : private DoubleReader {
 public:
  WeightReader(const Column& column, bool allow_negative);
  const double* block(std::size_t begin, std::size_t n);

 private:
  bool allow_negative_;
};

// A column as 64-bit integers. InvalidType for floats and text, InvalidValue with the index for
// a uint64 that does not fit.
class LSTMETRICS_API IntegerReader {
 public:
  IntegerReader(const Column& column, std::string_view name);
  // As above, with n <= most_at_once().
  const std::int64_t* block(std::size_t begin, std::size_t n);
  std::size_t most_at_once() const noexcept { return in_place() ? kLongBlock : kBlock; }

 private:
  bool in_place() const noexcept;
  [[noreturn]] void refuse_large(std::size_t begin) const;

  Column column_;
  std::string_view name_;
  std::array<std::int64_t, kBlock> scratch_;
};

}  // namespace lstmetrics::metrics
