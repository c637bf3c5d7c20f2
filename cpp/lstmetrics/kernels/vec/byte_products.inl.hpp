// Products of bytes, added up in 32 bits: unsigned ones of a row, signed ones of weights, by fours.
//
// Every way gives the same integers; nothing saturates on the way.
//
//   byte_weights(line)     a register's part of a line: 4 signed bytes in each 32-bit lane
//   byte_row(four)         4 unsigned bytes of a row, for all lanes
//   add_dot(sum, row, w)   sum + the four products, in each lane
#pragma once

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

using SignedPart [[gnu::vector_size(kPartBytes)]] = std::int32_t;
using ShortPart [[gnu::vector_size(kPartBytes)]] = std::int16_t;

LSTMETRICS_INLINE IntPart in_all_lanes(std::uint32_t four) { return four - IntPart{}; }

#if defined(__AVX512VNNI__)

using ByteWeights = IntPart;
using ByteRow = IntPart;

LSTMETRICS_INLINE ByteWeights byte_weights(IntPart line) { return line; }
LSTMETRICS_INLINE ByteRow byte_row(std::uint32_t four) { return in_all_lanes(four); }
LSTMETRICS_INLINE IntPart add_dot(IntPart sum, ByteRow row, ByteWeights w) {
  // GCC copies accumulators around its intrinsic, and spills them in tiles of several rows.
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(row), "v"(w));
  return sum;
}

#elif defined(__SSE2__)

// Bytes 0 and 2 of each lane, and bytes 1 and 3, as 16-bit numbers.
struct BytePairs {
  ShortPart even;
  ShortPart odd;
};
using ByteWeights = BytePairs;
using ByteRow = BytePairs;

LSTMETRICS_INLINE ByteWeights byte_weights(IntPart line) {
  const auto shorts = reinterpret_cast<ShortPart>(line);
  return {(shorts << 8) >> 8, shorts >> 8};
}
LSTMETRICS_INLINE ByteRow byte_row(std::uint32_t four) {
  const std::uint32_t mask = 0x00ff00ffU;
  return {reinterpret_cast<ShortPart>(in_all_lanes(four & mask)),
          reinterpret_cast<ShortPart>(in_all_lanes((four >> 8) & mask))};
}
LSTMETRICS_INLINE IntPart sums_of_pairs(ShortPart a, ShortPart b) {
#if defined(__AVX512BW__)
  return reinterpret_cast<IntPart>(
      _mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<IntPart>(
      _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return reinterpret_cast<IntPart>(
      _mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#endif
}
LSTMETRICS_INLINE IntPart add_dot(IntPart sum, ByteRow row, ByteWeights w) {
  return sum + sums_of_pairs(row.even, w.even) + sums_of_pairs(row.odd, w.odd);
}

#else

struct ByteWeights {
  IntPart byte[4];
};
struct ByteRow {
  IntPart byte[4];
};

LSTMETRICS_INLINE ByteWeights byte_weights(IntPart line) {
  const auto at = [&](int shift) LSTMETRICS_INLINE_LAMBDA {
    return reinterpret_cast<IntPart>(reinterpret_cast<SignedPart>(line << shift) >> 24);
  };
  return {{at(24), at(16), at(8), at(0)}};
}
LSTMETRICS_INLINE ByteRow byte_row(std::uint32_t four) {
  return {{in_all_lanes(four & 0xffU), in_all_lanes(four >> 8 & 0xffU),
           in_all_lanes(four >> 16 & 0xffU), in_all_lanes(four >> 24)}};
}
LSTMETRICS_INLINE IntPart add_dot(IntPart sum, const ByteRow& row, const ByteWeights& w) {
  for (std::size_t i = 0; i < 4; ++i) sum += row.byte[i] * w.byte[i];
  return sum;
}

#endif

LSTMETRICS_INLINE F16 signed_values(I16 a) {
  return by_part<F16>(LSTMETRICS_PART {
    return __builtin_convertvector(reinterpret_cast<SignedPart>(a.part[i]), FloatPart);
  });
}

// The lowest byte of each lane.
LSTMETRICS_INLINE void store_bytes(std::uint8_t* y, I16 a) {
  constexpr std::size_t kCount = kPartLanes<float>;
  using Bytes [[gnu::vector_size(kCount)]] = std::uint8_t;
  for (std::size_t i = 0; i < kParts; ++i) {
    const Bytes bytes = __builtin_convertvector(a.part[i], Bytes);
    __builtin_memcpy(y + i * kCount, &bytes, kCount);
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
