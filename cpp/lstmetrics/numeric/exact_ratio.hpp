// The quotient of two integers, rounded once to the nearest double (ties to even).
//
// `double(a) / double(b)` rounds three times once a count passes 2^53; this never does.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::numeric {

namespace detail {
LSTMETRICS_API double long_ratio(uint128 numerator, uint128 denominator) noexcept;
}

// The denominator must not be zero: what 0/0 means is the caller's to say.
inline double exact_ratio(uint128 numerator, uint128 denominator) noexcept {
  constexpr uint128 kExactDoubles = uint128{1} << 53;
  if (numerator <= kExactDoubles && denominator <= kExactDoubles) {
    return static_cast<double>(static_cast<std::uint64_t>(numerator)) /
           static_cast<double>(static_cast<std::uint64_t>(denominator));
  }
  return detail::long_ratio(numerator, denominator);
}

}  // namespace lstmetrics::numeric
