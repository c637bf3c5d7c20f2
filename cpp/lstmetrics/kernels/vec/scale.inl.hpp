// scale(p, n) for levels without an instruction for it: two multiplications by powers of two.
//
// 2^n itself may lie outside the normal range, 2^(n/2) does not, and for p near 1 the first product
// is exact: the result is rounded once, gradual underflow and overflow included. Adding 1.5 * 2^23
// (1.5 * 2^52) to a whole n leaves n in the low bits, where unsigned shifts can halve it and move
// it into the exponent; the constant's own bits fall off at the top. A NaN p stays NaN.
#pragma once

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

LSTMETRICS_INLINE FloatPart scale(FloatPart p, FloatPart n) {
  using Bits [[gnu::vector_size(kPartBytes)]] = std::uint32_t;
  const Bits whole = reinterpret_cast<Bits>(n + 0x1.8p23F);
  const Bits half = whole >> 1;
  const Bits rest = whole - half;
  const auto first = reinterpret_cast<FloatPart>((half << 23) + 0x3f800000U);
  const auto second = reinterpret_cast<FloatPart>((rest << 23) + 0x3f800000U);
  return p * first * second;
}

LSTMETRICS_INLINE DoublePart scale(DoublePart p, DoublePart n) {
  using Bits [[gnu::vector_size(kPartBytes)]] = std::uint64_t;
  const Bits whole = reinterpret_cast<Bits>(n + 0x1.8p52);
  const Bits half = whole >> 1;
  const Bits rest = whole - half;
  const auto first = reinterpret_cast<DoublePart>((half << 52) + 0x3ff0000000000000U);
  const auto second = reinterpret_cast<DoublePart>((rest << 52) + 0x3ff0000000000000U);
  return p * first * second;
}

}  // namespace
}  // namespace lstmetrics::kernels
