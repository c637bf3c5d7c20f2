// AVX2 with FMA: 16 floats are two registers.
#pragma once

#include <immintrin.h>

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kPartBytes = 32;
using FloatPart = __m256;
using DoublePart = __m256d;

// Structs, so that a mask cannot be mistaken for values.
struct FloatMask {
  __m256 lanes;
};
struct DoubleMask {
  __m256d lanes;
};

// 12 accumulators, 2 weight registers and a broadcast fit the 16 registers.
constexpr std::size_t kTileRows = 6;
constexpr std::size_t kTileParts = 12;

LSTMETRICS_INLINE FloatMask less(FloatPart a, FloatPart b) {
  return {_mm256_cmp_ps(a, b, _CMP_LT_OQ)};
}
LSTMETRICS_INLINE DoubleMask less(DoublePart a, DoublePart b) {
  return {_mm256_cmp_pd(a, b, _CMP_LT_OQ)};
}
LSTMETRICS_INLINE FloatMask greater(FloatPart a, FloatPart b) {
  return {_mm256_cmp_ps(a, b, _CMP_GT_OQ)};
}
LSTMETRICS_INLINE DoubleMask greater(DoublePart a, DoublePart b) {
  return {_mm256_cmp_pd(a, b, _CMP_GT_OQ)};
}
LSTMETRICS_INLINE FloatMask equal(FloatPart a, FloatPart b) {
  return {_mm256_cmp_ps(a, b, _CMP_EQ_OQ)};
}
LSTMETRICS_INLINE DoubleMask equal(DoublePart a, DoublePart b) {
  return {_mm256_cmp_pd(a, b, _CMP_EQ_OQ)};
}
LSTMETRICS_INLINE FloatMask unordered(FloatPart a) { return {_mm256_cmp_ps(a, a, _CMP_UNORD_Q)}; }
LSTMETRICS_INLINE DoubleMask unordered(DoublePart a) { return {_mm256_cmp_pd(a, a, _CMP_UNORD_Q)}; }

LSTMETRICS_INLINE FloatMask either(FloatMask a, FloatMask b) {
  return {_mm256_or_ps(a.lanes, b.lanes)};
}
LSTMETRICS_INLINE DoubleMask either(DoubleMask a, DoubleMask b) {
  return {_mm256_or_pd(a.lanes, b.lanes)};
}
LSTMETRICS_INLINE bool any(FloatMask m) { return _mm256_movemask_ps(m.lanes) != 0; }
LSTMETRICS_INLINE bool any(DoubleMask m) { return _mm256_movemask_pd(m.lanes) != 0; }

LSTMETRICS_INLINE FloatPart select(FloatMask m, FloatPart a, FloatPart b) {
  return _mm256_blendv_ps(b, a, m.lanes);
}
LSTMETRICS_INLINE DoublePart select(DoubleMask m, DoublePart a, DoublePart b) {
  return _mm256_blendv_pd(b, a, m.lanes);
}

// The x86 instructions return the second operand for NaN and for equal values.
LSTMETRICS_INLINE FloatPart lesser(FloatPart a, FloatPart b) { return _mm256_min_ps(a, b); }
LSTMETRICS_INLINE DoublePart lesser(DoublePart a, DoublePart b) { return _mm256_min_pd(a, b); }
LSTMETRICS_INLINE FloatPart larger(FloatPart a, FloatPart b) { return _mm256_max_ps(a, b); }
LSTMETRICS_INLINE DoublePart larger(DoublePart a, DoublePart b) { return _mm256_max_pd(a, b); }

LSTMETRICS_INLINE FloatPart fma(FloatPart a, FloatPart b, FloatPart c) {
  return _mm256_fmadd_ps(a, b, c);
}
LSTMETRICS_INLINE DoublePart fma(DoublePart a, DoublePart b, DoublePart c) {
  return _mm256_fmadd_pd(a, b, c);
}

LSTMETRICS_INLINE __m256i first_floats(std::size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
LSTMETRICS_INLINE __m256i first_doubles(std::size_t n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(n)),
                            _mm256_setr_epi64x(0, 1, 2, 3));
}
LSTMETRICS_INLINE FloatPart load_first(const float* x, std::size_t n, FloatPart fill) {
  const __m256i mask = first_floats(n);
  return _mm256_blendv_ps(fill, _mm256_maskload_ps(x, mask), _mm256_castsi256_ps(mask));
}
LSTMETRICS_INLINE DoublePart load_first(const double* x, std::size_t n, DoublePart fill) {
  const __m256i mask = first_doubles(n);
  return _mm256_blendv_pd(fill, _mm256_maskload_pd(x, mask), _mm256_castsi256_pd(mask));
}
LSTMETRICS_INLINE void store_first(float* y, FloatPart v, std::size_t n) {
  _mm256_maskstore_ps(y, first_floats(n), v);
}
LSTMETRICS_INLINE void store_first(double* y, DoublePart v, std::size_t n) {
  _mm256_maskstore_pd(y, first_doubles(n), v);
}

}  // namespace
}  // namespace lstmetrics::kernels

#include "lstmetrics/kernels/vec/scale.inl.hpp"
#include "lstmetrics/kernels/vec/vectors.inl.hpp"
