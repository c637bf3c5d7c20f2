#include "lstmetrics/numeric/exact_ratio.hpp"

#include <bit>
#include <cmath>

namespace lstmetrics::numeric::detail {
namespace {

unsigned leading_zeros(uint128 x) noexcept {
  const auto high = static_cast<std::uint64_t>(x >> 64);
  const auto low = static_cast<std::uint64_t>(x);
  return static_cast<unsigned>(high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(low));
}

}  // namespace

// Long division in binary: 53 digits from the first one on, then one to round by, and whether
// anything is left. A quotient of 128-bit integers is never subnormal and never overflows.
double long_ratio(uint128 numerator, uint128 denominator) noexcept {
  if (numerator == 0) return 0.0;
  const unsigned numerator_shift = leading_zeros(numerator);
  const unsigned denominator_shift = leading_zeros(denominator);
  const uint128 divisor = denominator << denominator_shift;
  uint128 rest = numerator << numerator_shift;
  // Both now have their top bit set, so the quotient is in (1/2, 2).
  int exponent = static_cast<int>(denominator_shift) - static_cast<int>(numerator_shift);

  bool carry = false;  // the 129th bit of the rest
  const auto next_digit = [&]() noexcept {
    const bool digit = carry || rest >= divisor;
    if (digit) rest -= divisor;
    carry = rest >> 127 != 0;
    rest <<= 1;
    return static_cast<std::uint64_t>(digit);
  };
  std::uint64_t quotient = next_digit();
  if (quotient == 0) {
    quotient = next_digit();
    --exponent;
  }
  for (int digit = 1; digit < 53; ++digit) quotient = 2 * quotient + next_digit();
  const bool half = next_digit() != 0;
  const bool sticky = carry || rest != 0;
  if (half && (sticky || (quotient & 1) != 0)) ++quotient;
  return std::ldexp(static_cast<double>(quotient), exponent - 52);
}

}  // namespace lstmetrics::numeric::detail
