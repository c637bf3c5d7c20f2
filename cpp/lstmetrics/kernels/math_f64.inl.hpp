// Double exp and log on 8 lanes, at most one unit in the last place from the exact result.
#pragma once

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

// e^x for x <= 710 or NaN: x = n ln 2 + r, and e^r = 1 + r + r^2 q(r) with q of degree 10, the
// interpolation of (e^r - 1 - r) / r^2 in Chebyshev's points over |r| <= ln(2)/2: relative error
// under 2^-61.
LSTMETRICS_LONG D8 exp_bounded(D8 x) {
  // Below, the result is under half the least subnormal. NaN passes.
  x = larger(splat(-746.0), x);
  constexpr double kRound64 = 0x1.8p+52;
  const D8 n = fma(x, splat(0x1.71547652b82fep+0), splat(kRound64)) - splat(kRound64);
  // The first part of ln 2 has 40 bits: its product with n (11 bits) and the difference are exact.
  const D8 high = x - n * splat(0x1.62e42fefa2p-1);
  const D8 low = n * splat(0x1.9ef35793c7673p-41);
  const D8 r = high - low;
  D8 q = splat(0x1.1f731ea5352cap-29);
  q = fma(q, r, splat(0x1.af4e196027428p-26));
  q = fma(q, r, splat(0x1.27e4db57442fbp-22));
  q = fma(q, r, splat(0x1.71de021a90822p-19));
  q = fma(q, r, splat(0x1.a01a01a6dcaffp-16));
  q = fma(q, r, splat(0x1.a01a01abef415p-13));
  q = fma(q, r, splat(0x1.6c16c16c162ccp-10));
  q = fma(q, r, splat(0x1.11111111100cep-7));
  q = fma(q, r, splat(0x1.5555555555556p-5));
  q = fma(q, r, splat(0x1.5555555555557p-3));
  q = fma(q, r, splat(0.5));
  // r = high - low was rounded; here its two parts are added one after the other, small first.
  const D8 tail = fma(r * r, q, splat(0.0) - low);
  return scale(splat(1.0) + (high + tail), n);
}

// e^x. Above 710 all overflow.
LSTMETRICS_INLINE D8 exp(D8 x) { return exp_bounded(lesser(splat(710.0), x)); }

// log x: x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f); then
//   log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)),
// with FDLIBM's minimax R (Sun Microsystems, e_log.c), whose error is under 2^-58.45.
LSTMETRICS_INLINE D8 log_of_normal(D8 x, D8 k_offset) {
  // Adding this makes the exponent field k + 1023 and splits the mantissas at sqrt(1/2).
  const L8 shifted = bits(x) + splat_bits<double>(0x3ff0000000000000U - 0x3fe6a09e00000000U);
  // k + 1023 as a double: behind the exponent of 2^52 it is that many units.
  const D8 k = value((shifted >> 52) | splat_bits<double>(0x4330000000000000U)) - k_offset;
  const D8 m = value((shifted & splat_bits<double>(0x000fffffffffffffU)) +
                     splat_bits<double>(0x3fe6a09e00000000U));
  const D8 f = m - splat(1.0);
  const D8 s = f / (splat(2.0) + f);
  const D8 z = s * s;
  D8 r = splat(0x1.2f112df3e5244p-3);
  r = fma(r, z, splat(0x1.39a09d078c69fp-3));
  r = fma(r, z, splat(0x1.7466496cb03dep-3));
  r = fma(r, z, splat(0x1.c71c51d8e78afp-3));
  r = fma(r, z, splat(0x1.2492494229359p-2));
  r = fma(r, z, splat(0x1.999999997fa04p-2));
  r = fma(r, z, splat(0x1.5555555555593p-1));
  r = r * z;
  const D8 half_square = splat(0.5) * f * f;
  // ln 2 in two, as FDLIBM splits it: k times the first is exact.
  const D8 small = fma(s, half_square + r, k * splat(0x1.a39ef35793c76p-33));
  return k * splat(0x1.62e42feep-1) + (f - (half_square - small));
}

// log x; log(+-0) = -inf, log of a negative is NaN, log(inf) = inf.
LSTMETRICS_LONG D8 log(D8 x) {
  // Subnormals come up by 2^54.
  const M8 tiny = less(x, splat(0x1p-1022));
  const D8 normal = select(tiny, x * splat(0x1p54), x);
  const D8 k_offset = select(tiny, splat(0x1p52 + 1023.0 + 54.0), splat(0x1p52 + 1023.0));
  D8 y = log_of_normal(normal, k_offset);
  const D8 infinity = splat(__builtin_inf());
  y = select(equal(x, infinity), infinity, y);
  y = select(equal(x, splat(0.0)), splat(-__builtin_inf()), y);
  const D8 nan = splat(__builtin_nan(""));
  return select(either(less(x, splat(0.0)), unordered(x)), nan, y);
}

}  // namespace
}  // namespace lstmetrics::kernels
