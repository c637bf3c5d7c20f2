// Float exp, sigmoid and tanh on 16 lanes: the same operations, in the same order, on every level.
//
// Errors below are over all 2^32 inputs (tests/cpp/exhaustive), in units in the last place of the
// exact result. NaN gives NaN; what leaves a kernel goes through canonical().
#pragma once

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr float kLog2E = 0x1.715476p+0F;
// ln 2 in two: the first has 16 bits, so that its product with a whole n (8 bits) is exact.
constexpr float kLn2High = 0x1.62e4p-1F;
constexpr float kLn2Low = 0x1.7f7d1cp-20F;
constexpr float kLn2 = 0x1.62e43p-1F;
// Adding and subtracting 1.5 * 2^23 rounds to a whole number, halves to even.
constexpr float kRound = 0x1.8p+23F;

// Coefficients of q in e^r - 1 = r + r^2 q(r) for |r| <= ln(2)/2: the polynomial of degree 4 that
// minimises |r (q(r) - (e^r - 1 - r) / r^2)| (Remez, the coefficients rounded one after the other
// and the rest fitted again). Relative error under 2.3e-8, a fifth of a unit in the last place.
constexpr float kQ[] = {0.5F, 0x1.5554b2p-3F, 0x1.555504p-5F, 0x1.122af6p-7F, 0x1.6ca778p-10F};

// e^r - 1.
LSTMETRICS_INLINE F16 exp_minus_1_near_0(F16 r) {
  F16 q = splat(kQ[4]);
  q = fma(q, r, splat(kQ[3]));
  q = fma(q, r, splat(kQ[2]));
  q = fma(q, r, splat(kQ[1]));
  q = fma(q, r, splat(kQ[0]));
  return fma(r * r, q, r);
}

// (e^2h - 1) / 2, for h = r / 2: the same rounding errors, as all factors are powers of two.
LSTMETRICS_INLINE F16 half_exp_minus_1_near_0(F16 h) {
  F16 q = splat(32 * kQ[4]);
  q = fma(q, h, splat(16 * kQ[3]));
  q = fma(q, h, splat(8 * kQ[2]));
  q = fma(q, h, splat(4 * kQ[1]));
  q = fma(q, h, splat(2 * kQ[0]));
  return fma(h * h, q, h);
}

// e^x for x <= 89 or NaN, as all differences from a largest number are. Below -104 the result is
// under half the least subnormal.
LSTMETRICS_LONG F16 exp_bounded(F16 x) {
  x = larger(splat(-104.0F), x);
  const F16 n = fma(x, splat(kLog2E), splat(kRound)) - splat(kRound);
  F16 r = fma(n, splat(-kLn2High), x);
  r = fma(n, splat(-kLn2Low), r);
  return scale(exp_minus_1_near_0(r) + splat(1.0F), n);
}

// e^x. Above 89 all overflow.
LSTMETRICS_INLINE F16 exp(F16 x) { return exp_bounded(lesser(splat(89.0F), x)); }

// 1 / (1 + e^-x), from e = e^-|x| so that the left tail keeps its digits down to the subnormals.
// With q = e / (1 + e) it is 1 - q on the right and q = e - e q on the left: the rounding of 1 + e
// and of the quotient then count e times only, where q alone would be off by 2.33 units.
LSTMETRICS_LONG F16 sigmoid(F16 x) {
  const F16 one = splat(1.0F);
  const F16 e = exp_bounded(minus_magnitude(x));
  const F16 minus_q = e / (splat(-1.0F) - e);
  const F16 whole = select(less(x, splat(0.0F)), e, one);
  return fma(whole, minus_q, whole);
}

// With e = e^(-2|x|), tanh |x| = (1 - e) / (1 + e), where numerator and denominator are each
// rounded once from 2^n (e^r - 1) and the exact 2^n -+ 1: near 0 the numerator is the polynomial
// alone and keeps its digits. Beyond 10 the quotient rounds to 1. The reduction works on -|x|, so r
// comes halved, and needs one constant only: its error grows with n, but e falls faster.
LSTMETRICS_LONG F16 tanh(F16 x) {
  const F16 v = larger(splat(-10.0F), minus_magnitude(x));
  const F16 rounded = fma(v, splat(2 * kLog2E), splat(kRound));
  const F16 half_r = fma(rounded - splat(kRound), splat(-0.5F * kLn2), v);
  // 2^n, n from -29 to 0 in the low bits of `rounded`, whose other bits the shift drops.
  const F16 power = value((bits(rounded) << 23) + splat_bits<float>(0x3f800000U));
  const F16 half_s = half_exp_minus_1_near_0(half_r);
  const F16 minus_numerator = fma(half_s, power + power, power - splat(1.0F));
  const F16 denominator = fma(half_s, power + power, power + splat(1.0F));
  return with_sign(minus_numerator / denominator, x);
}

// e^x - 1 for x <= 0 or NaN: the polynomial near 0, the difference elsewhere.
LSTMETRICS_LONG F16 exp_minus_1_below_0(F16 x) {
  const F16 far = exp_bounded(x) - splat(1.0F);
  return select(less(x, splat(-0.5F * kLn2)), far, exp_minus_1_near_0(x));
}

// log(1 + y) for y from 0 to 1: with s = y / (2 + y) it is 2 atanh s, a series in s^2 <= 1/9 whose
// ninth term is under 2^-27 of the first.
LSTMETRICS_LONG F16 log1p_of_unit(F16 y) {
  const F16 s = y / (splat(2.0F) + y);
  const F16 z = s * s;
  F16 r = splat(2.0F / 15.0F);
  r = fma(r, z, splat(2.0F / 13.0F));
  r = fma(r, z, splat(2.0F / 11.0F));
  r = fma(r, z, splat(2.0F / 9.0F));
  r = fma(r, z, splat(2.0F / 7.0F));
  r = fma(r, z, splat(2.0F / 5.0F));
  r = fma(r, z, splat(2.0F / 3.0F));
  return fma(s * z, r, s + s);
}

// erf x: a polynomial in x^2 up to 0.921875, 1 - e^p(|x|) beyond (the minimax polynomials are
// N. Juffa's, https://stackoverflow.com/a/35966804).
LSTMETRICS_LONG F16 erf(F16 x) {
  const F16 square = x * x;
  F16 low = splat(-5.96761703e-4F);
  low = fma(low, square, splat(4.99119423e-3F));
  low = fma(low, square, splat(-2.67681349e-2F));
  low = fma(low, square, splat(1.12819925e-1F));
  low = fma(low, square, splat(-3.76125336e-1F));
  low = fma(low, square, splat(1.28379166e-1F));
  low = fma(low, x, x);
  // Beyond 4 the result rounds to 1, and the polynomial would leave its range.
  const F16 t = lesser(splat(4.0F), splat(0.0F) - minus_magnitude(x));
  F16 high = fma(splat(-1.72853470e-5F), t, splat(3.83197126e-4F));
  high = fma(high, t * t, fma(splat(-3.88396438e-3F), t, splat(2.42546219e-2F)));
  high = fma(high, t, splat(-1.06777877e-1F));
  high = fma(high, t, splat(-6.34846687e-1F));
  high = fma(high, t, splat(-1.28717512e-1F));
  high = splat(1.0F) - exp_bounded(fma(high, t, splat(0.0F) - t));
  return select(greater(t, splat(0.921875F)), with_sign(high, x), low);
}

}  // namespace
}  // namespace lstmetrics::kernels
