// AVX-512: 16 floats are one register, comparisons give masks, and scaling is one instruction.
#pragma once

#include <immintrin.h>

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kPartBytes = 64;
using FloatPart = __m512;
using DoublePart = __m512d;
using FloatMask = __mmask16;
using DoubleMask = __mmask8;

// 24 accumulators, 4 weight registers and a broadcast fit the 32 registers.
constexpr std::size_t kTileRows = 6;
constexpr std::size_t kTileParts = 24;

LSTMETRICS_INLINE FloatMask less(FloatPart a, FloatPart b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
}
LSTMETRICS_INLINE DoubleMask less(DoublePart a, DoublePart b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
}
LSTMETRICS_INLINE FloatMask greater(FloatPart a, FloatPart b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
LSTMETRICS_INLINE DoubleMask greater(DoublePart a, DoublePart b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ);
}
LSTMETRICS_INLINE FloatMask equal(FloatPart a, FloatPart b) {
  return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ);
}
LSTMETRICS_INLINE DoubleMask equal(DoublePart a, DoublePart b) {
  return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ);
}
LSTMETRICS_INLINE FloatMask unordered(FloatPart a) {
  return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
}
LSTMETRICS_INLINE DoubleMask unordered(DoublePart a) {
  return _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q);
}

LSTMETRICS_INLINE FloatMask either(FloatMask a, FloatMask b) { return _kor_mask16(a, b); }
LSTMETRICS_INLINE DoubleMask either(DoubleMask a, DoubleMask b) { return _kor_mask8(a, b); }
LSTMETRICS_INLINE bool any(FloatMask m) { return m != 0; }
LSTMETRICS_INLINE bool any(DoubleMask m) { return m != 0; }

LSTMETRICS_INLINE FloatPart select(FloatMask m, FloatPart a, FloatPart b) {
  return _mm512_mask_mov_ps(b, m, a);
}
LSTMETRICS_INLINE DoublePart select(DoubleMask m, DoublePart a, DoublePart b) {
  return _mm512_mask_mov_pd(b, m, a);
}

// The plain intrinsics of some compilers read an undefined register, with a warning (GCC 105593);
// the masked ones with every lane on compile to the same instruction.
constexpr FloatMask kAllFloats = 0xffff;
constexpr DoubleMask kAllDoubles = 0xff;

// The x86 instructions return the second operand for NaN and for equal values.
LSTMETRICS_INLINE FloatPart lesser(FloatPart a, FloatPart b) {
  return _mm512_maskz_min_ps(kAllFloats, a, b);
}
LSTMETRICS_INLINE DoublePart lesser(DoublePart a, DoublePart b) {
  return _mm512_maskz_min_pd(kAllDoubles, a, b);
}
LSTMETRICS_INLINE FloatPart larger(FloatPart a, FloatPart b) {
  return _mm512_maskz_max_ps(kAllFloats, a, b);
}
LSTMETRICS_INLINE DoublePart larger(DoublePart a, DoublePart b) {
  return _mm512_maskz_max_pd(kAllDoubles, a, b);
}

LSTMETRICS_INLINE FloatPart fma(FloatPart a, FloatPart b, FloatPart c) {
  return _mm512_fmadd_ps(a, b, c);
}
LSTMETRICS_INLINE DoublePart fma(DoublePart a, DoublePart b, DoublePart c) {
  return _mm512_fmadd_pd(a, b, c);
}
LSTMETRICS_INLINE FloatPart scale(FloatPart p, FloatPart n) {
  return _mm512_maskz_scalef_ps(kAllFloats, p, n);
}
LSTMETRICS_INLINE DoublePart scale(DoublePart p, DoublePart n) {
  return _mm512_maskz_scalef_pd(kAllDoubles, p, n);
}

// Of this level alone: others widen by integer arithmetic (half.inl.hpp).
#define LSTMETRICS_VEC_HALVES
LSTMETRICS_INLINE FloatPart halves_at(const std::uint16_t* halves) {
  return _mm512_maskz_cvtph_ps(kAllFloats,
                               _mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves)));
}

LSTMETRICS_INLINE FloatMask first_floats(std::size_t n) {
  return static_cast<FloatMask>((1U << n) - 1U);
}
LSTMETRICS_INLINE DoubleMask first_doubles(std::size_t n) {
  return static_cast<DoubleMask>((1U << n) - 1U);
}
LSTMETRICS_INLINE FloatPart load_first(const float* x, std::size_t n, FloatPart fill) {
  return _mm512_mask_loadu_ps(fill, first_floats(n), x);
}
LSTMETRICS_INLINE DoublePart load_first(const double* x, std::size_t n, DoublePart fill) {
  return _mm512_mask_loadu_pd(fill, first_doubles(n), x);
}
LSTMETRICS_INLINE void store_first(float* y, FloatPart v, std::size_t n) {
  _mm512_mask_storeu_ps(y, first_floats(n), v);
}
LSTMETRICS_INLINE void store_first(double* y, DoublePart v, std::size_t n) {
  _mm512_mask_storeu_pd(y, first_doubles(n), v);
}

}  // namespace
}  // namespace lstmetrics::kernels

#include "lstmetrics/kernels/vec/vectors.inl.hpp"
