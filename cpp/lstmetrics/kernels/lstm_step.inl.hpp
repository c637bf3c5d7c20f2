// One step of an LSTM: the recurrent part of the gates' chains, and the state update behind it.
//
// A panel of 16 units goes from its weights to its new state before the next one is touched: the
// gates never leave the nearest cache.
#pragma once

#include "lstmetrics/kernels/activations.inl.hpp"
#include "lstmetrics/kernels/products.inl.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kGateVectors = 4;
constexpr std::size_t kGateFloats = kGateVectors * kLanes;

// Rows [row, row + kRows) of gate vectors [vector, vector + kStreams), counted over all panels.
// They leave in `gates`: [row][stream][16], kStride floats a row.
template <Precision kPrecision, std::size_t kRows, std::size_t kStreams, std::size_t kStride>
LSTMETRICS_INLINE void gate_sums(const LstmStepArgs& args, std::size_t row, std::size_t vector,
                                 float* gates) {
  F16 sum[kRows][kStreams];
  Factor<kPrecision> hidden[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    hidden[r] = factor<kPrecision>(args.rows[row + r].hidden, args.quantized, row + r);
  }
  const auto start = [&](std::size_t r, std::size_t s) LSTMETRICS_INLINE_LAMBDA {
    return load(args.rows[row + r].start + (vector + s) * kLanes);
  };
  const Streams<kStreams> streams =
      streams_of<kPrecision, kStreams>(args.weights, args.depth, kGateVectors, vector);
  products<kPrecision>(sum, hidden, streams, start);
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t s = 0; s < kStreams; ++s) store(gates + r * kStride + s * kLanes, sum[r][s]);
  }
}

// What an LSTM does where nobody asked for anything else.
struct UsualFunctions {
  LSTMETRICS_INLINE F16 candidate(F16 x) const { return tanh(x); }
  LSTMETRICS_INLINE F16 gate(F16 x) const { return sigmoid(x); }
  LSTMETRICS_INLINE F16 output(F16 x) const { return tanh(x); }
};

// Any other functions, chosen per vector.
struct GivenFunctions {
  const LstmStepArgs& args;

  LSTMETRICS_INLINE F16 clipped(F16 x) const {
    return args.clip > 0 ? clip(x, -args.clip, args.clip) : x;
  }
  LSTMETRICS_INLINE F16 candidate(F16 x) const { return activated(args.activation, clipped(x)); }
  LSTMETRICS_INLINE F16 gate(F16 x) const {
    return activated(args.recurrent_activation, clipped(x));
  }
  LSTMETRICS_INLINE F16 output(F16 x) const { return activated(args.output_activation, x); }
};

template <class Functions>
LSTMETRICS_INLINE void update_state(const float* gates, const LstmRow& row, std::size_t panel,
                                    Functions functions) {
  const F16 i = functions.gate(load(gates));
  const F16 f = functions.gate(load(gates + kLanes));
  const F16 g = functions.candidate(load(gates + 2 * kLanes));
  const F16 o = functions.gate(load(gates + 3 * kLanes));
  float* cell = row.cell + panel * kLanes;
  const F16 c = canonical(fma(f, load(cell), i * g));
  store(cell, c);
  store(row.next + panel * kLanes, canonical(o * functions.output(c)));
}

[[gnu::noinline]] void update_states_by_any(const LstmStepArgs& args, const float* gates,
                                            std::size_t stride, const LstmRow* rows,
                                            std::size_t count, std::size_t panel) noexcept {
  for (std::size_t r = 0; r < count; ++r) {
    update_state(gates + r * stride, rows[r], panel, GivenFunctions{args});
  }
}

// Where the panel's chains start in a step to come: rows that are kept by token lie anywhere.
template <std::size_t kRows>
LSTMETRICS_INLINE void fetch_ahead(const LstmRow* rows, std::size_t panel) {
  for (std::size_t r = 0; r < kRows; ++r) {
    const float* ahead = rows[r].ahead + panel * kGateFloats;
    for (std::size_t v = 0; v < kGateVectors; ++v) prefetch_second_level(ahead + v * kLanes);
  }
}

// Rows [row, row + kRows) of panels [panel, panel + kPanels).
template <Precision kPrecision, std::size_t kRows, std::size_t kPanels>
void lstm_step_tile(const LstmStepArgs& args, bool usual, std::size_t row,
                    std::size_t panel) noexcept {
  // As many vectors of gates at once as the registers have room for.
  constexpr std::size_t kVectors = kPanels * kGateVectors;
  constexpr std::size_t kRoom = kTileAccumulators / kRows;
  constexpr std::size_t kStreams = kRoom >= kVectors ? kVectors
                                   : kRoom >= 4      ? 4
                                   : kRoom >= 2      ? 2
                                                     : 1;
  constexpr std::size_t kStride = kVectors * kLanes;
  alignas(64) float gates[kRows * kStride];
  for (std::size_t v = 0; v < kVectors; v += kStreams) {
    gate_sums<kPrecision, kRows, kStreams, kStride>(args, row, panel * kGateVectors + v,
                                                    gates + v * kLanes);
  }
  const LstmRow* rows = args.rows + row;
  if constexpr (kPanels == 1) fetch_ahead<kRows>(rows, panel);
  for (std::size_t p = 0; p < kPanels; ++p) {
    if (!usual) {
      update_states_by_any(args, gates + p * kGateFloats, kStride, rows, kRows, panel + p);
      continue;
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      update_state(gates + r * kStride + p * kGateFloats, rows[r], panel + p, UsualFunctions{});
    }
  }
}

template <Precision kPrecision, std::size_t kRows>
LSTMETRICS_INLINE void lstm_step_tile_of(std::size_t count, const LstmStepArgs& args, bool usual,
                                         std::size_t row, std::size_t panel) {
  if (count == kRows) return lstm_step_tile<kPrecision, kRows, 1>(args, usual, row, panel);
  if constexpr (kRows > 1) {
    lstm_step_tile_of<kPrecision, kRows - 1>(count, args, usual, row, panel);
  }
}

// The rows are cut into tiles of nearly equal height: a short last tile would have too few chains
// to fill the pipelines. One row alone takes panels by two, for the same reason.
template <Precision kPrecision>
void lstm_step_of(const LstmStepArgs& args) noexcept {
  const bool usual = args.activation.kind == Activation::tanh &&
                     args.recurrent_activation.kind == Activation::sigmoid &&
                     args.output_activation.kind == Activation::tanh && !(args.clip > 0);
  std::size_t panel = args.first_panel;
  if (args.count == 1) {
    for (; panel + 2 <= args.end_panel; panel += 2) {
      lstm_step_tile<kPrecision, 1, 2>(args, usual, 0, panel);
    }
  }
  const std::size_t tiles = (args.count + kTileRows - 1) / kTileRows;
  for (; panel < args.end_panel; ++panel) {
    for (std::size_t tile = 0, row = 0; tile < tiles; ++tile) {
      const std::size_t count = args.count / tiles + (tile < args.count % tiles ? 1 : 0);
      lstm_step_tile_of<kPrecision, kTileRows>(count, args, usual, row, panel);
      row += count;
    }
  }
}

void lstm_step(const LstmStepArgs& args) noexcept {
  switch (args.weights.precision) {
    case Precision::float32:
      return lstm_step_of<Precision::float32>(args);
    case Precision::bfloat16:
      return lstm_step_of<Precision::bfloat16>(args);
    case Precision::int8:
      if (args.first_panel == args.end_panel) return;
      for (std::size_t row = 0; row < args.count; ++row) {
        quantize(args.rows[row].hidden, args.depth, args.quantized, row);
      }
      return lstm_step_of<Precision::int8>(args);
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
