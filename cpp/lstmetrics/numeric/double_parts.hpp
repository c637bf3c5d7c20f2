// A double as an integer times a power of two.
#pragma once

#include <bit>
#include <cstdint>

namespace lstmetrics::numeric {

inline constexpr unsigned kMantissaBits = 52;
inline constexpr std::uint64_t kHiddenBit = std::uint64_t{1} << kMantissaBits;
inline constexpr std::uint64_t kSpecialExponent = 2047;

// +-mantissa * 2^(position - 1074), unless special.
struct DoubleParts {
  std::uint64_t mantissa;
  unsigned position;
  bool negative;

  // NaN or infinity.
  bool is_special() const noexcept { return position == kSpecialExponent - 1; }
};

inline DoubleParts split(double x) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t exponent = (bits >> kMantissaBits) & kSpecialExponent;
  const std::uint64_t fraction = bits & (kHiddenBit - 1);
  const bool normal = exponent != 0;
  return {normal ? fraction | kHiddenBit : fraction,
          static_cast<unsigned>(normal ? exponent - 1 : 0), bits >> 63 != 0};
}

}  // namespace lstmetrics::numeric
