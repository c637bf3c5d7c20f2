// Halves as floats: exact, every float16 being a float.
#pragma once

#include "lstmetrics/kernels/reductions.inl.hpp"

namespace lstmetrics::kernels {
namespace {

#if defined(LSTMETRICS_VEC_HALVES)
LSTMETRICS_INLINE F16 from_halves(const std::uint16_t* halves) {
  return by_part<F16>(LSTMETRICS_PART { return halves_at(halves + i * kPartLanes<float>); });
}
#else
// By operations that neither round nor meet a denormal; NaN stays NaN.
LSTMETRICS_INLINE F16 from_halves(const std::uint16_t* halves) {
  using HalfPart [[gnu::vector_size(kPartBytes / 2)]] = std::uint16_t;
  const I16 all = by_part<I16>(LSTMETRICS_PART {
    HalfPart part;
    __builtin_memcpy(&part, halves + i * kPartLanes<float>, sizeof part);
    return __builtin_convertvector(part, IntPart);
  });
  const auto constant = [](std::uint32_t word)
                            LSTMETRICS_INLINE_LAMBDA { return splat_bits<float>(word); };
  constexpr std::uint32_t kExponent = 0x0f800000U;  // of a half, in the place of a float's
  const I16 shifted = (all & constant(0x7fffU)) << 13;
  const I16 exponent = shifted & constant(kExponent);
  const I16 special = same(exponent, constant(kExponent));  // 1 of infinities and NaN
  const I16 small = same(exponent, constant(0));            // 1 of zeros and denormals
  // The exponent's bias goes from 15 to 127, of what is special all the way up; what is small gets
  // the leading bit that it lacks, and loses it again.
  const I16 moved = shifted + constant(112U << 23) + ((special << 30) - (special << 27));
  const F16 lead = value((constant(0) - small) & bits(splat(0x1p-14F)));
  const F16 magnitude = value(moved + (small << 23)) - lead;
  return value(bits(magnitude) | ((all & constant(0x8000U)) << 16));
}
#endif

void widen_f16(const std::uint16_t* x, std::size_t n, float* y) noexcept {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(y + i, from_halves(x + i));
  if (i == n) return;
  alignas(64) std::uint16_t last[kLanes] = {};
  for (std::size_t lane = 0; i + lane < n; ++lane) last[lane] = x[i + lane];
  store_first(y + i, from_halves(last), n - i);
}

}  // namespace
}  // namespace lstmetrics::kernels
