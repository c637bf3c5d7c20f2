// One state update of an LSTM: gates to cell and hidden state.
#pragma once

#include "lstmetrics/kernels/activations.inl.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::kernels {
namespace {

template <class Activate, class Recur, class Show>
LSTMETRICS_INLINE void lstm_cell_rows(const LstmCellArgs& args, Activate activate, Recur recur,
                                      Show show) {
  for (std::size_t row = 0; row < args.rows; ++row) {
    if (args.active != nullptr && args.active[row * args.active_stride] == 0) continue;
    const float* gates = args.gates + row * args.gates_row_stride;
    float* cell = args.cell + row * args.cell_row_stride;
    float* hidden = args.hidden + row * args.hidden_row_stride;
    for (std::size_t panel = 0; panel < args.panels; ++panel) {
      const F16 i = recur(load(gates));
      const F16 f = recur(load(gates + kLanes));
      const F16 g = activate(load(gates + 2 * kLanes));
      const F16 o = recur(load(gates + 3 * kLanes));
      const F16 c = canonical(fma(f, load(cell), i * g));
      store(cell, c);
      store(hidden, canonical(o * show(c)));
      gates += 4 * kLanes;
      cell += kLanes;
      hidden += kLanes;
    }
  }
}

// Any other activations, chosen per vector.
[[gnu::noinline]] void lstm_cell_of_any(const LstmCellArgs& args) noexcept {
  const bool clips = args.clip > 0;
  const auto clipped = [&](F16 x) LSTMETRICS_INLINE_LAMBDA {
    return clips ? clip(x, -args.clip, args.clip) : x;
  };
  lstm_cell_rows(
      args, [&](F16 x) LSTMETRICS_INLINE_LAMBDA { return activated(args.activation, clipped(x)); },
      [&](F16 x)
          LSTMETRICS_INLINE_LAMBDA { return activated(args.recurrent_activation, clipped(x)); },
      [&](F16 x) LSTMETRICS_INLINE_LAMBDA { return activated(args.output_activation, x); });
}

void lstm_cell(const LstmCellArgs& args) noexcept {
  if (args.activation.kind != Activation::tanh || args.output_activation.kind != Activation::tanh ||
      args.recurrent_activation.kind != Activation::sigmoid || args.clip > 0) {
    return lstm_cell_of_any(args);
  }
  lstm_cell_rows(
      args, [](F16 x) LSTMETRICS_INLINE_LAMBDA { return tanh(x); },
      [](F16 x) LSTMETRICS_INLINE_LAMBDA { return sigmoid(x); },
      [](F16 x) LSTMETRICS_INLINE_LAMBDA { return tanh(x); });
}

}  // namespace
}  // namespace lstmetrics::kernels
