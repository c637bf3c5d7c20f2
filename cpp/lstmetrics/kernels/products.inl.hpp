// Products of a tile, some rows by some streams of 16 outputs, over packed weights.
//
// In float32 and bfloat16 every output is one chain of fused multiply-adds in ascending k, and in
// int8 a sum of integers, so the shape of a tile is a matter of speed alone.
#pragma once

#include "lstmetrics/kernels/quantize.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/byte_products.inl.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

// Accumulators of 16 floats that the registers hold.
constexpr std::size_t kTileAccumulators = kTileParts / kParts;

// How many k a line holds.
template <Precision kPrecision>
constexpr std::size_t kLineDepth = kPrecision == Precision::float32    ? 1
                                   : kPrecision == Precision::bfloat16 ? 2
                                                                       : 4;

// What a row brings to a product.
template <Precision kPrecision>
struct Factor {
  const float* values;
};
template <>
struct Factor<Precision::int8> {
  const std::uint8_t* bytes;
  float scale;
};

template <Precision kPrecision>
LSTMETRICS_INLINE Factor<kPrecision> factor(const float* values, const QuantizedRows& quantized,
                                            std::size_t row) {
  if constexpr (kPrecision == Precision::int8) {
    return {quantized.bytes + row * quantized.stride, quantized.scales[row]};
  } else {
    return {values};
  }
}

// Neighbouring streams of a matrix.
template <std::size_t kStreams>
struct Streams {
  const unsigned char* lines[kStreams];
  std::size_t step;  // bytes from a line to the next of its stream
  std::size_t depth;
  const float* scales;
  const std::int32_t* offsets;
};

template <Precision kPrecision, std::size_t kStreams>
LSTMETRICS_INLINE Streams<kStreams> streams_of(const Weights& weights, std::size_t depth,
                                               std::size_t vectors, std::size_t first) {
  const std::size_t lines = (depth + kLineDepth<kPrecision> - 1) / kLineDepth<kPrecision>;
  const auto* begin = static_cast<const unsigned char*>(weights.lines);
  Streams<kStreams> streams;
  for (std::size_t s = 0; s < kStreams; ++s) {
    const std::size_t panel = (first + s) / vectors;
    const std::size_t vector = (first + s) % vectors;
    streams.lines[s] = begin + (panel * lines * vectors + vector) * kLineBytes;
  }
  streams.step = vectors * kLineBytes;
  streams.depth = depth;
  if constexpr (kPrecision == Precision::int8) {
    streams.scales = weights.scales + first * kLanes;
    streams.offsets = weights.offsets + first * kLanes;
  }
  return streams;
}

// Register by register, here and below: GCC copies several at once through memory, by pieces.
LSTMETRICS_INLINE F16 load_line(const unsigned char* line) {
  return by_part<F16>(LSTMETRICS_PART {
    FloatPart part;
    __builtin_memcpy(&part, line + i * sizeof part, sizeof part);
    return part;
  });
}

template <std::size_t kRows, std::size_t kStreams>
LSTMETRICS_INLINE void add_rows(F16 (&sum)[kRows][kStreams], const F16 (&w)[kStreams],
                                const float* const (&values)[kRows], std::size_t k) {
  for (std::size_t r = 0; r < kRows; ++r) {
    const F16 x = splat(values[r][k]);
    for (std::size_t s = 0; s < kStreams; ++s) sum[r][s] = fma(x, w[s], sum[r][s]);
  }
}

// The two k of a line of bfloat16, widened: the lower half of each word is the first.
template <std::size_t kStreams>
LSTMETRICS_INLINE void widen_first(F16 (&w)[kStreams], const Streams<kStreams>& streams,
                                   std::size_t offset) {
  for (std::size_t s = 0; s < kStreams; ++s) {
    w[s] = value(bits(load_line(streams.lines[s] + offset)) << 16);
  }
}
template <std::size_t kStreams>
LSTMETRICS_INLINE void widen_second(F16 (&w)[kStreams], const Streams<kStreams>& streams,
                                    std::size_t offset) {
  for (std::size_t s = 0; s < kStreams; ++s) {
    w[s] = value(bits(load_line(streams.lines[s] + offset)) & splat_bits<float>(0xffff0000U));
  }
}

template <std::size_t kRows, std::size_t kStreams, class Start>
LSTMETRICS_INLINE void byte_products(F16 (&sum)[kRows][kStreams],
                                     const Factor<Precision::int8> (&rows)[kRows],
                                     const Streams<kStreams>& streams, Start start) {
  I16 total[kRows][kStreams];
  for (std::size_t s = 0; s < kStreams; ++s) {
    const auto* offsets = reinterpret_cast<const unsigned char*>(streams.offsets + s * kLanes);
    const I16 offset = bits(load_line(offsets));
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t i = 0; i < kParts; ++i) total[r][s].part[i] = offset.part[i];
    }
  }
  for (std::size_t k = 0, offset = 0; k < streams.depth; k += 4, offset += streams.step) {
    ByteWeights w[kStreams][kParts];
    for (std::size_t s = 0; s < kStreams; ++s) {
      const I16 line = bits(load_line(streams.lines[s] + offset));
      for (std::size_t i = 0; i < kParts; ++i) w[s][i] = byte_weights(line.part[i]);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      std::uint32_t four;
      __builtin_memcpy(&four, rows[r].bytes + k, sizeof four);
      const ByteRow x = byte_row(four);
      for (std::size_t s = 0; s < kStreams; ++s) {
        for (std::size_t i = 0; i < kParts; ++i) {
          total[r][s].part[i] = add_dot(total[r][s].part[i], x, w[s][i]);
        }
      }
    }
  }
  for (std::size_t s = 0; s < kStreams; ++s) {
    const F16 scale = load(streams.scales + s * kLanes);
    for (std::size_t r = 0; r < kRows; ++r) {
      sum[r][s] = fma(signed_values(total[r][s]), splat(rows[r].scale) * scale, start(r, s));
    }
  }
}

// sum[r][s] = start(r, s) + row r times stream s.
template <Precision kPrecision, std::size_t kRows, std::size_t kStreams, class Start>
LSTMETRICS_INLINE void products(F16 (&sum)[kRows][kStreams],
                                const Factor<kPrecision> (&rows)[kRows],
                                const Streams<kStreams>& streams, Start start) {
  if constexpr (kPrecision == Precision::int8) {
    byte_products(sum, rows, streams, start);
  } else {
    const float* values[kRows];
    for (std::size_t r = 0; r < kRows; ++r) {
      values[r] = rows[r].values;
      for (std::size_t s = 0; s < kStreams; ++s) sum[r][s] = start(r, s);
    }
    F16 w[kStreams];
    if constexpr (kPrecision == Precision::float32) {
      for (std::size_t k = 0, offset = 0; k < streams.depth; ++k, offset += streams.step) {
        for (std::size_t s = 0; s < kStreams; ++s) w[s] = load_line(streams.lines[s] + offset);
        add_rows(sum, w, values, k);
      }
    } else {
      std::size_t k = 0;
      std::size_t offset = 0;
      for (; k + 2 <= streams.depth; k += 2, offset += streams.step) {
        widen_first(w, streams, offset);
        add_rows(sum, w, values, k);
        widen_second(w, streams, offset);
        add_rows(sum, w, values, k + 1);
      }
      if (k < streams.depth) {
        widen_first(w, streams, offset);
        add_rows(sum, w, values, k);
      }
    }
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
