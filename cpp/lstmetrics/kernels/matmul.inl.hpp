// The matrix product over packed weights.
//
// A vector column ("stream") is 16 of a row's outputs: stream s is vector s % vectors of panel
// s / vectors, and both init and c hold them in order.
#pragma once

#include "lstmetrics/kernels/products.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

// Rows [row, row + kRows) of streams [stream, stream + kStreams).
template <Precision kPrecision, std::size_t kRows, std::size_t kStreams>
void matmul_tile(const MatmulArgs& args, std::size_t row, std::size_t stream) noexcept {
  F16 sum[kRows][kStreams];
  Factor<kPrecision> a[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    a[r] = factor<kPrecision>(args.a + (row + r) * args.a_row_stride, args.quantized, row + r);
  }
  const auto start = [&](std::size_t r, std::size_t s) LSTMETRICS_INLINE_LAMBDA {
    return load(args.init + (row + r) * args.init_row_stride + (stream + s) * kLanes);
  };
  const Streams<kStreams> streams =
      streams_of<kPrecision, kStreams>(args.weights, args.depth, args.vectors, stream);
  products<kPrecision>(sum, a, streams, start);
  for (std::size_t r = 0; r < kRows; ++r) {
    float* c = args.c + (row + r) * args.c_row_stride + stream * kLanes;
    for (std::size_t s = 0; s < kStreams; ++s) store(c + s * kLanes, canonical(sum[r][s]));
  }
}

// A tile of `rows` rows, at most kRows.
template <Precision kPrecision, std::size_t kRows, std::size_t kStreams>
LSTMETRICS_INLINE void matmul_tile_of(std::size_t rows, const MatmulArgs& args, std::size_t row,
                                      std::size_t stream) {
  if constexpr (kRows * kStreams <= kTileAccumulators) {
    if (rows == kRows) return matmul_tile<kPrecision, kRows, kStreams>(args, row, stream);
  }
  if constexpr (kRows > 1) {
    matmul_tile_of<kPrecision, kRows - 1, kStreams>(rows, args, row, stream);
  }
}

// All streams from `first` on, as many at once as the registers allow, and all rows, cut into
// `tiles` of nearly equal height: a short last tile would have too few chains to fill the
// pipelines. The weights of a group of streams stay in the nearest cache while the rows go by.
template <Precision kPrecision, std::size_t kStreams>
void matmul_streams(const MatmulArgs& args, std::size_t tiles, std::size_t first) noexcept {
  const std::size_t streams = args.panels * args.vectors;
  const std::size_t height = args.rows / tiles;
  const std::size_t taller = args.rows % tiles;
  const std::size_t tallest = height + (taller > 0 ? 1 : 0);
  if (tallest * kStreams <= kTileAccumulators) {
    for (; first + kStreams <= streams; first += kStreams) {
      for (std::size_t tile = 0, row = 0; tile < tiles; ++tile) {
        const std::size_t rows = height + (tile < taller ? 1 : 0);
        matmul_tile_of<kPrecision, kTileRows, kStreams>(rows, args, row, first);
        row += rows;
      }
    }
  }
  if constexpr (kStreams > 1) matmul_streams<kPrecision, kStreams / 2>(args, tiles, first);
}

void matmul(const MatmulArgs& args) noexcept {
  const std::size_t tiles = (args.rows + kTileRows - 1) / kTileRows;
  if (tiles == 0) return;
  switch (args.weights.precision) {
    case Precision::float32:
      return matmul_streams<Precision::float32, 8>(args, tiles, 0);
    case Precision::bfloat16:
      return matmul_streams<Precision::bfloat16, 8>(args, tiles, 0);
    case Precision::int8:
      for (std::size_t row = 0; row < args.rows; ++row) {
        quantize(args.a + row * args.a_row_stride, args.depth, args.quantized, row);
      }
      return matmul_streams<Precision::int8, 8>(args, tiles, 0);
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
