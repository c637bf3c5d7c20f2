#include "lstmetrics/lstm/recurrence.hpp"

#include <algorithm>
#include <cstring>

namespace lstmetrics::lstm {
namespace {

// Projections are made for as many steps ahead as stay in the second-level cache.
constexpr std::size_t kProjectionFloats = 128 * 1024;

bool counts(const Block& block, std::size_t row, std::size_t t) {
  return block.mask == nullptr || block.mask[row * block.steps + t] != 0;
}

bool any_counts(const Block& block, std::size_t t) {
  for (std::size_t row = 0; row < block.rows; ++row) {
    if (counts(block, row, t)) return true;
  }
  return false;
}

}  // namespace

Recurrence::Recurrence(const LstmSpec& spec, std::size_t features, std::size_t slot)
    : kernel_(spec.kernel, features, spec.units, kGates),
      recurrent_kernel_(spec.recurrent_kernel, spec.units, spec.units, kGates),
      bias_(pack_bias(spec.bias, spec.recurrent_bias, spec.units, kGates)),
      units_(spec.units),
      slot_(slot),
      activation_(spec.activation),
      recurrent_activation_(spec.recurrent_activation),
      return_sequences_(spec.return_sequences),
      go_backwards_(spec.go_backwards),
      zero_output_for_mask_(spec.zero_output_for_mask) {}

void Recurrence::run(const RunContext& context, const Block& in, const Target& out) const {
  Workspace& workspace = context.workspace;
  const std::size_t row_size = kernel_.row_size();
  const std::size_t ahead = std::clamp<std::size_t>(kProjectionFloats / (in.rows * row_size), 1,
                                                    std::max<std::size_t>(in.steps, 1));
  workspace.projections.resize_at_least(in.rows * ahead * row_size);
  workspace.gates.resize_at_least(in.rows * row_size);

  RecurrentState& state = workspace.states[slot_];
  for (std::size_t done = 0; done < in.steps; done += ahead) {
    const std::size_t count = std::min(ahead, in.steps - done);
    const std::size_t first = go_backwards_ ? in.steps - done - count : done;
    project(context, in, first, count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t within = go_backwards_ ? count - 1 - i : i;
      const std::size_t t = first + within;
      step(context, in, t, workspace.projections.data() + within * row_size, count * row_size);
      if (return_sequences_) write_step(state, in, t, out);
    }
  }
  if (!return_sequences_) write_last(state, out);
}

// The input part of `count` steps from `first`: [rows][count][row_size].
void Recurrence::project(const RunContext& context, const Block& in, std::size_t first,
                         std::size_t count) const {
  float* projections = context.workspace.projections.data();
  const std::size_t row_size = kernel_.row_size();
  const auto multiply = [&](const float* a, std::size_t stride, std::size_t rows, float* c) {
    kernel_.multiply(context.table, {a, stride, rows}, bias_.data(), 0, c, row_size);
  };
  if (count == in.steps) {
    multiply(in.data, in.stride, in.rows * in.steps, projections);
  } else if (count == 1) {
    multiply(in.at(0, first), in.steps * in.stride, in.rows, projections);
  } else {
    for (std::size_t row = 0; row < in.rows; ++row) {
      multiply(in.at(row, first), in.stride, count, projections + row * count * row_size);
    }
  }
}

void Recurrence::step(const RunContext& context, const Block& in, std::size_t t,
                      const float* projection, std::size_t projection_stride) const {
  if (in.mask != nullptr && !any_counts(in, t)) return;
  Workspace& workspace = context.workspace;
  RecurrentState& state = workspace.states[slot_];
  const std::size_t state_stride = panels_of(units_) * kernels::kLanes;
  const std::size_t row_size = kernel_.row_size();
  recurrent_kernel_.multiply(context.table, {state.hidden.data(), state_stride, in.rows},
                             projection, projection_stride, workspace.gates.data(), row_size);
  context.table.lstm_cell({.gates = workspace.gates.data(),
                           .gates_row_stride = row_size,
                           .cell = state.cell.data(),
                           .cell_row_stride = state_stride,
                           .hidden = state.hidden.data(),
                           .hidden_row_stride = state_stride,
                           .active = in.mask == nullptr ? nullptr : in.mask + t,
                           .active_stride = in.steps,
                           .rows = in.rows,
                           .panels = panels_of(units_),
                           .activation = activation_,
                           .recurrent_activation = recurrent_activation_});
  for (std::size_t row = 0; row < in.rows; ++row) {
    if (counts(in, row, t)) state.started[row] = 1;
  }
}

void Recurrence::write_step(const RecurrentState& state, const Block& in, std::size_t t,
                            const Target& out) const {
  const std::size_t state_stride = panels_of(units_) * kernels::kLanes;
  const std::size_t place = go_backwards_ && !out.time_order ? in.steps - 1 - t : t;
  for (std::size_t row = 0; row < in.rows; ++row) {
    float* target = out.block.at(row, place) + out.offset;
    const bool shown = zero_output_for_mask_ ? counts(in, row, t) : state.started[row] != 0;
    if (shown) {
      std::memcpy(target, state.hidden.data() + row * state_stride, units_ * sizeof(float));
    } else {
      std::fill_n(target, units_, 0.0F);
    }
  }
}

void Recurrence::write_last(const RecurrentState& state, const Target& out) const {
  const std::size_t state_stride = panels_of(units_) * kernels::kLanes;
  for (std::size_t row = 0; row < out.block.rows; ++row) {
    float* target = out.block.at(row, 0) + out.offset;
    if (state.started[row] != 0) {
      std::memcpy(target, state.hidden.data() + row * state_stride, units_ * sizeof(float));
    } else {
      std::fill_n(target, units_, 0.0F);
    }
  }
}

}  // namespace lstmetrics::lstm
