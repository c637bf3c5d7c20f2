// Sums of doubles without rounding: each value is cut into whole numbers of three fixed units, and
// those add up as integers.
//
// To x is added m = 1.5 * 2^52 units, which rounds x to whole units; they are the difference of the
// bits of x + m and m, for the sum stays between 2^52 and 2^53 units while |x| is at most 2^51 of
// them. What rounding cut off, x - ((x + m) - m), is exact and at most half a unit, so the next
// unit is 2^-52 of this one. Once nothing is left of any value the three integers are the sum.
#pragma once

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr int kMantissaBits = 52;
constexpr int kBias = 1023;
// Values are below 2^kLeastBound, or the last unit would be less than a double can be; and adding
// m must not overflow.
constexpr int kLeastBound = -900;
constexpr int kMostBound = 1000;

LSTMETRICS_INLINE D8 magnitude(D8 x) {
  return value(bits(x) & splat_bits<double>(~kSignBit<double>));
}

// visit(i, count) for groups of eight from `begin` on; count is 8 but for the last.
template <class Visit>
LSTMETRICS_INLINE void each_eight(std::size_t begin, std::size_t n, Visit visit) {
  std::size_t i = begin;
  for (; i + kLanesOf<double> <= n; i += kLanesOf<double>) visit(i, kLanesOf<double>);
  if (i < n) visit(i, n - i);
}

// Eight values or the last few, zeros behind them.
LSTMETRICS_INLINE D8 load_some(const double* x, std::size_t count) {
  return count == kLanesOf<double> ? load(x) : load_first(x, count, 0.0);
}

// The exponent of the least power of two above all magnitudes; NaN is passed over. 0 for nothing
// but zeros, for which any would do.
LSTMETRICS_INLINE int bound_of(const double* x, std::size_t n) {
  constexpr std::size_t kChains = 4;  // hide the latency of one
  D8 most[kChains];
  for (D8& chain : most) chain = splat(0.0);
  std::size_t i = 0;
  for (; i + kChains * kLanesOf<double> <= n; i += kChains * kLanesOf<double>) {
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      most[chain] = larger(magnitude(load(x + i + chain * kLanesOf<double>)), most[chain]);
    }
  }
  D8 all = larger(larger(most[0], most[1]), larger(most[2], most[3]));
  each_eight(i, n, [&](std::size_t at, std::size_t count) LSTMETRICS_INLINE_LAMBDA {
    all = larger(magnitude(load_some(x + at, count)), all);
  });
  double lanes[kLanesOf<double>];
  store(lanes, all);
  double top = 0.0;
  for (const double lane : lanes) top = lane > top ? lane : top;
  if (top == 0) return 0;
  std::uint64_t pattern;
  __builtin_memcpy(&pattern, &top, sizeof top);
  return static_cast<int>(pattern >> kMantissaBits) - (kBias - 1);
}

LSTMETRICS_INLINE double power_of_two(int exponent) {
  const std::uint64_t pattern = static_cast<std::uint64_t>(exponent + kBias) << kMantissaBits;
  double power;
  __builtin_memcpy(&power, &pattern, sizeof power);
  return power;
}

// Counts whole units of 2^exponent.
struct UnitSum {
  D8 m;
  L8 bits_of_sums = splat_bits<double>(0);

  LSTMETRICS_INLINE explicit UnitSum(int exponent)
      : m(splat(1.5 * power_of_two(exponent + kMantissaBits))) {}

  // Takes the whole units of eight values and returns the rest.
  LSTMETRICS_INLINE D8 take(D8 x) {
    const D8 rounded = x + m;
    bits_of_sums = bits_of_sums + bits(rounded);
    return x - (rounded - m);
  }

  // Each lane has added the bits of m every time; integers wrap round to the right difference.
  LSTMETRICS_INLINE std::int64_t units(std::uint64_t times) const {
    return static_cast<std::int64_t>(folded(bits_of_sums) - times * folded(bits(m)));
  }
};

// The sum of n terms of magnitudes up to 2^bound; term(i, count) gives terms i to i + 7, zeros from
// `count` on.
template <class Term>
LSTMETRICS_INLINE FixedSum fixed_sum_of(std::size_t n, int bound, Term term) {
  FixedSum sum = {};
  if (bound < kLeastBound || bound > kMostBound) return sum;
  sum.exponent = bound - (kMantissaBits - 1);
  UnitSum high(sum.exponent);
  UnitSum middle(sum.exponent - kFixedUnitBits);
  UnitSum low(sum.exponent - 2 * kFixedUnitBits);
  L8 left = splat_bits<double>(0);
  each_eight(0, n, [&](std::size_t i, std::size_t count) LSTMETRICS_INLINE_LAMBDA {
    left = left | bits(low.take(middle.take(high.take(term(i, count)))));
  });
  const std::uint64_t times = (n + kLanesOf<double> - 1) / kLanesOf<double>;
  sum.units[0] = high.units(times);
  sum.units[1] = middle.units(times);
  sum.units[2] = low.units(times);
  sum.exact = (united(left) & ~kSignBit<double>) == 0;
  return sum;
}

#define LSTMETRICS_TERM [&](std::size_t i, std::size_t count) LSTMETRICS_INLINE_LAMBDA

FixedSum fixed_sum(const double* x, std::size_t n) noexcept {
  return fixed_sum_of(
      n, bound_of(x, n), LSTMETRICS_TERM {
        prefetch(x + i + kFixedSumMost);
        return load_some(x + i, count);
      });
}

// w * x, and 0 where w is 0, whatever x is.
LSTMETRICS_INLINE D8 weighted(D8 w, D8 x) {
  const D8 zero = splat(0.0);
  return select(equal(w, zero), zero, w * x);
}

void loss_moments(const double* losses, const double* weights, std::size_t n,
                  LossMomentSums* sums) noexcept {
  const int loss_bound = bound_of(losses, n);
  if (weights == nullptr) {
    sums->loss =
        fixed_sum_of(n, loss_bound, LSTMETRICS_TERM { return load_some(losses + i, count); });
    sums->loss_squared = fixed_sum_of(
        n, 2 * loss_bound, LSTMETRICS_TERM {
          const D8 loss = load_some(losses + i, count);
          return loss * loss;
        });
    return;
  }
  const int weight_bound = bound_of(weights, n);
  const auto weight = LSTMETRICS_TERM { return load_some(weights + i, count); };
  const auto term = LSTMETRICS_TERM {
    return weighted(weight(i, count), load_some(losses + i, count));
  };
  const int bound = weight_bound + loss_bound;
  sums->loss = fixed_sum_of(n, bound, term);
  sums->loss_squared = fixed_sum_of(
      n, 2 * bound, LSTMETRICS_TERM {
        const D8 t = term(i, count);
        return t * t;
      });
  sums->weight = fixed_sum_of(n, weight_bound, weight);
  sums->weight_squared = fixed_sum_of(
      n, 2 * weight_bound, LSTMETRICS_TERM {
        const D8 w = weight(i, count);
        return w * w;
      });
  sums->weight_loss = fixed_sum_of(
      n, weight_bound + bound,
      LSTMETRICS_TERM { return weighted(weight(i, count), term(i, count)); });
}

#undef LSTMETRICS_TERM

}  // namespace
}  // namespace lstmetrics::kernels
