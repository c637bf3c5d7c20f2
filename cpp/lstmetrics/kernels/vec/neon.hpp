// NEON (AArch64): 16 floats are four registers.
#pragma once

#include <arm_neon.h>

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kPartBytes = 16;
using FloatPart = float32x4_t;
using DoublePart = float64x2_t;

struct FloatMask {
  uint32x4_t lanes;
};
struct DoubleMask {
  uint64x2_t lanes;
};

// 24 accumulators, 4 weight registers and a broadcast fit the 32 registers.
constexpr std::size_t kTileRows = 6;
constexpr std::size_t kTileParts = 24;

LSTMETRICS_INLINE FloatMask less(FloatPart a, FloatPart b) { return {vcltq_f32(a, b)}; }
LSTMETRICS_INLINE DoubleMask less(DoublePart a, DoublePart b) { return {vcltq_f64(a, b)}; }
LSTMETRICS_INLINE FloatMask greater(FloatPart a, FloatPart b) { return {vcgtq_f32(a, b)}; }
LSTMETRICS_INLINE DoubleMask greater(DoublePart a, DoublePart b) { return {vcgtq_f64(a, b)}; }
LSTMETRICS_INLINE FloatMask equal(FloatPart a, FloatPart b) { return {vceqq_f32(a, b)}; }
LSTMETRICS_INLINE DoubleMask equal(DoublePart a, DoublePart b) { return {vceqq_f64(a, b)}; }
LSTMETRICS_INLINE FloatMask unordered(FloatPart a) { return {vmvnq_u32(vceqq_f32(a, a))}; }
LSTMETRICS_INLINE DoubleMask unordered(DoublePart a) {
  return {vreinterpretq_u64_u32(vmvnq_u32(vreinterpretq_u32_u64(vceqq_f64(a, a))))};
}

LSTMETRICS_INLINE FloatMask either(FloatMask a, FloatMask b) {
  return {vorrq_u32(a.lanes, b.lanes)};
}
LSTMETRICS_INLINE DoubleMask either(DoubleMask a, DoubleMask b) {
  return {vorrq_u64(a.lanes, b.lanes)};
}
LSTMETRICS_INLINE bool any(FloatMask m) { return vmaxvq_u32(m.lanes) != 0; }
LSTMETRICS_INLINE bool any(DoubleMask m) { return vmaxvq_u32(vreinterpretq_u32_u64(m.lanes)) != 0; }

LSTMETRICS_INLINE FloatPart select(FloatMask m, FloatPart a, FloatPart b) {
  return vbslq_f32(m.lanes, a, b);
}
LSTMETRICS_INLINE DoublePart select(DoubleMask m, DoublePart a, DoublePart b) {
  return vbslq_f64(m.lanes, a, b);
}

// FMIN and FMAX answer otherwise for NaN and signed zeros, hence compare and select.
LSTMETRICS_INLINE FloatPart lesser(FloatPart a, FloatPart b) { return select(less(a, b), a, b); }
LSTMETRICS_INLINE DoublePart lesser(DoublePart a, DoublePart b) { return select(less(a, b), a, b); }
LSTMETRICS_INLINE FloatPart larger(FloatPart a, FloatPart b) { return select(greater(a, b), a, b); }
LSTMETRICS_INLINE DoublePart larger(DoublePart a, DoublePart b) {
  return select(greater(a, b), a, b);
}

LSTMETRICS_INLINE FloatPart fma(FloatPart a, FloatPart b, FloatPart c) {
  return vfmaq_f32(c, a, b);
}
LSTMETRICS_INLINE DoublePart fma(DoublePart a, DoublePart b, DoublePart c) {
  return vfmaq_f64(c, a, b);
}

}  // namespace
}  // namespace lstmetrics::kernels

#include "lstmetrics/kernels/vec/buffered.inl.hpp"
#include "lstmetrics/kernels/vec/scale.inl.hpp"
#include "lstmetrics/kernels/vec/vectors.inl.hpp"
