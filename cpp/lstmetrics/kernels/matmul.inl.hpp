// The chained matrix product over packed weights.
//
// Every element of the result is one chain of fused multiply-adds in ascending k, so the shape of
// the tiles below is a matter of speed alone. A vector column ("stream") is 16 of a row's outputs:
// stream s is vector s % vectors of panel s / vectors, and both init and c hold them in order.
#pragma once

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

// Accumulators of 16 floats that the registers hold.
constexpr std::size_t kTileAccumulators = kTileParts / kParts;

LSTMETRICS_INLINE const float* weights_of(const MatmulArgs& args, std::size_t stream) {
  const std::size_t panel = stream / args.vectors;
  const std::size_t vector = stream % args.vectors;
  return args.packed + (panel * args.depth * args.vectors + vector) * kLanes;
}

// Rows [row, row + kRows) of streams [stream, stream + kStreams).
template <std::size_t kRows, std::size_t kStreams>
void matmul_tile(const MatmulArgs& args, std::size_t row, std::size_t stream) noexcept {
  F16 sum[kRows][kStreams];
  const float* a[kRows];
  const float* weights[kStreams];
  for (std::size_t r = 0; r < kRows; ++r) {
    a[r] = args.a + (row + r) * args.a_row_stride;
    const float* init = args.init + (row + r) * args.init_row_stride + stream * kLanes;
    for (std::size_t s = 0; s < kStreams; ++s) sum[r][s] = load(init + s * kLanes);
  }
  for (std::size_t s = 0; s < kStreams; ++s) weights[s] = weights_of(args, stream + s);

  const std::size_t step = args.vectors * kLanes;
  for (std::size_t k = 0, offset = 0; k < args.depth; ++k, offset += step) {
    F16 w[kStreams];
    for (std::size_t s = 0; s < kStreams; ++s) w[s] = load(weights[s] + offset);
    for (std::size_t r = 0; r < kRows; ++r) {
      const F16 x = splat(a[r][k]);
      for (std::size_t s = 0; s < kStreams; ++s) sum[r][s] = fma(x, w[s], sum[r][s]);
    }
  }

  for (std::size_t r = 0; r < kRows; ++r) {
    float* c = args.c + (row + r) * args.c_row_stride + stream * kLanes;
    for (std::size_t s = 0; s < kStreams; ++s) store(c + s * kLanes, canonical(sum[r][s]));
  }
}

// A tile of `rows` rows, at most kRows.
template <std::size_t kRows, std::size_t kStreams>
LSTMETRICS_INLINE void matmul_tile_of(std::size_t rows, const MatmulArgs& args, std::size_t row,
                                      std::size_t stream) {
  if constexpr (kRows * kStreams <= kTileAccumulators) {
    if (rows == kRows) return matmul_tile<kRows, kStreams>(args, row, stream);
  }
  if constexpr (kRows > 1) matmul_tile_of<kRows - 1, kStreams>(rows, args, row, stream);
}

// All streams from `first` on, as many at once as the registers allow, and all rows, cut into
// `tiles` of nearly equal height: a short last tile would have too few chains to fill the
// pipelines. The weights of a group of streams stay in the nearest cache while the rows go by.
template <std::size_t kStreams>
void matmul_streams(const MatmulArgs& args, std::size_t tiles, std::size_t first) noexcept {
  const std::size_t streams = args.panels * args.vectors;
  const std::size_t height = args.rows / tiles;
  const std::size_t taller = args.rows % tiles;
  const std::size_t tallest = height + (taller > 0 ? 1 : 0);
  if (tallest * kStreams <= kTileAccumulators) {
    for (; first + kStreams <= streams; first += kStreams) {
      for (std::size_t tile = 0, row = 0; tile < tiles; ++tile) {
        const std::size_t rows = height + (tile < taller ? 1 : 0);
        matmul_tile_of<kTileRows, kStreams>(rows, args, row, first);
        row += rows;
      }
    }
  }
  if constexpr (kStreams > 1) matmul_streams<kStreams / 2>(args, tiles, first);
}

void matmul(const MatmulArgs& args) noexcept {
  const std::size_t tiles = (args.rows + kTileRows - 1) / kTileRows;
  if (tiles > 0) matmul_streams<8>(args, tiles, 0);
}

}  // namespace
}  // namespace lstmetrics::kernels
