// Sums of products of amounts, without rounding: a difference of two of them loses no digit.
// Internal to formulas/.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"

namespace lstmetrics::metrics::formulas::detail {

// Of counts. The caller sees to it that the terms of either sign fit in 128 bits.
struct CountProducts {
  using Amount = uint128;
  using Factor = uint128;
  struct Sum {
    uint128 plus = 0;
    uint128 minus = 0;
  };

  explicit CountProducts(uint128 = 0) {}
  Factor factor(uint128 amount) const { return amount; }

  static void add(Sum& to, Factor a, Factor b, std::uint64_t times = 1) {
    to.plus += times * a * b;
  }
  static void subtract(Sum& from, Factor a, Factor b, std::uint64_t times = 1) {
    from.minus += times * a * b;
  }
  static bool is_negative(const Sum& sum) { return sum.plus < sum.minus; }
  static uint128 magnitude(const Sum& sum) {
    return is_negative(sum) ? sum.minus - sum.plus : sum.plus - sum.minus;
  }
  static double rounded(const Sum& sum) {
    const double value = detail::rounded(magnitude(sum));
    return is_negative(sum) ? -value : value;
  }
  // Correctly rounded. The denominator is not negative.
  static std::optional<double> ratio(const Sum& numerator, const Sum& denominator) {
    const auto value = detail::ratio(magnitude(numerator), magnitude(denominator));
    if (!value) return value;
    return is_negative(numerator) ? -*value : *value;
  }
};

// Of exact sums: each is cut into doubles that add up to it, and a product of two doubles is a
// double and its remainder. All is scaled by the exponent of one amount, the total, so that nothing
// overflows; what is smaller than 2^-500 of the total may lose digits.
class WeightProducts {
 public:
  using Amount = ExactSum;
  using Factor = std::vector<double>;
  using Sum = ExactSum;

  explicit WeightProducts(const ExactSum& total) {
    const double value = total.value();
    if (std::isfinite(value) && value != 0) exponent_ = std::ilogb(value);
  }

  Factor factor(ExactSum amount) const {
    Factor parts;
    while (amount.is_finite() && !amount.is_zero()) {
      const double part = amount.value();
      parts.push_back(std::ldexp(part, -exponent_));
      amount.add(-part);
    }
    if (!amount.is_finite()) parts.assign(1, kNan);
    return parts;
  }

  static void add(Sum& to, const Factor& a, const Factor& b, double times = 1) {
    for (const double x : a) {
      for (const double y : b) {
        const double product = x * y;
        to.add(times * product);
        to.add(times * std::fma(x, y, -product));
      }
    }
  }
  static void subtract(Sum& from, const Factor& a, const Factor& b, double times = 1) {
    add(from, a, b, -times);
  }
  static double rounded(const Sum& sum) { return sum.value(); }
  static std::optional<double> ratio(const Sum& numerator, const Sum& denominator) {
    return detail::ratio(numerator, denominator);
  }

 private:
  int exponent_ = 0;
};

// `times` times an amount, times < 2^64.
inline void add_multiple(uint128& to, uint128 amount, std::uint64_t times) { to += times * amount; }
inline void add_multiple(ExactSum& to, ExactSum amount, std::uint64_t times) {
  while (amount.is_finite() && !amount.is_zero()) {
    const double part = amount.value();
    to.add_multiple(part, times);
    amount.add(-part);
  }
  if (!amount.is_finite()) to.merge(amount);
}

}  // namespace lstmetrics::metrics::formulas::detail
