#include "lstmetrics/lstm/recurrence.hpp"

#include <algorithm>
#include <cstring>

namespace lstmetrics::lstm {
namespace {

// Projections are made for as many steps ahead as stay in the second-level cache.
constexpr std::size_t kProjectionFloats = 128 * 1024;

bool any_counts(const Block& block, std::size_t t) {
  for (std::size_t row = 0; row < block.rows; ++row) {
    if (block.counts(row, t)) return true;
  }
  return false;
}

std::size_t padded(std::size_t size) { return panels_of(size) * kernels::kLanes; }

}  // namespace

void RecurrentState::reset(std::size_t rows, std::size_t outputs, std::size_t units) {
  hidden.resize_at_least(rows * padded(outputs));
  cell.resize_at_least(rows * padded(units));
  std::fill_n(hidden.data(), rows * padded(outputs), 0.0F);
  std::fill_n(cell.data(), rows * padded(units), 0.0F);
  started.assign(rows, 0);
}

Recurrence::Recurrence(const LstmSpec& spec, std::size_t features, std::size_t slot)
    : kernel_(spec.kernel, features, spec.units, kGates),
      recurrent_kernel_(spec.recurrent_kernel, spec.outputs(), spec.units, kGates),
      bias_(pack_bias(spec.bias, spec.recurrent_bias, spec.units, kGates)),
      units_(spec.units),
      outputs_(spec.outputs()),
      slot_(slot),
      activation_(spec.activation),
      recurrent_activation_(spec.recurrent_activation),
      output_activation_(spec.output_activation.value_or(spec.activation)),
      clip_(spec.clip),
      masked_output_(spec.masked_output),
      return_sequences_(spec.return_sequences),
      go_backwards_(spec.go_backwards),
      clear_empty_rows_(spec.clear_empty_rows) {
  if (spec.proj_size == 0) return;
  projection_ = PackedMatrix(spec.projection, spec.units, spec.proj_size, 1);
  no_bias_ = AlignedBuffer<float>(projection_.row_size());
}

void Recurrence::run(const LayerRun& run, const Block& in, const Target& out) const {
  Workspace& workspace = run.workspace;
  const std::size_t row_size = kernel_.row_size();
  const std::size_t ahead =
      std::clamp<std::size_t>(kProjectionFloats / (std::max<std::size_t>(in.rows, 1) * row_size), 1,
                              std::max<std::size_t>(in.steps, 1));
  workspace.projections.resize_at_least(in.rows * ahead * row_size);
  workspace.gates.resize_at_least(in.rows * row_size);

  RecurrentState& state = workspace.states[slot_];
  for (std::size_t done = 0; done < in.steps; done += ahead) {
    const std::size_t count = std::min(ahead, in.steps - done);
    const std::size_t first = go_backwards_ ? in.steps - done - count : done;
    project(run, in, first, count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t within = go_backwards_ ? count - 1 - i : i;
      const std::size_t t = first + within;
      step(run, in, t, workspace.projections.data() + within * row_size, count * row_size);
      if (return_sequences_) write_step(state, in, t, out);
    }
  }
  if (clear_empty_rows_) clear_empty_rows(state, in);
  if (!return_sequences_) write_last(state, in, out);
}

// The input part of `count` steps from `first`: [rows][count][row_size].
void Recurrence::project(const LayerRun& run, const Block& in, std::size_t first,
                         std::size_t count) const {
  float* projections = run.workspace.projections.data();
  const std::size_t row_size = kernel_.row_size();
  const auto multiply = [&](const float* a, std::size_t stride, std::size_t rows, float* c) {
    kernel_.multiply(run.table, {a, stride, rows}, bias_.data(), 0, c, row_size);
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

void Recurrence::step(const LayerRun& run, const Block& in, std::size_t t, const float* projection,
                      std::size_t projection_stride) const {
  if (in.mask != nullptr && !any_counts(in, t)) return;
  Workspace& workspace = run.workspace;
  RecurrentState& state = workspace.states[slot_];
  const bool projects = no_bias_.size() != 0;
  const std::size_t row_size = kernel_.row_size();
  recurrent_kernel_.multiply(run.table, {state.hidden.data(), padded(outputs_), in.rows},
                             projection, projection_stride, workspace.gates.data(), row_size);
  if (projects) workspace.scratch.resize_at_least(in.rows * (padded(units_) + padded(outputs_)));
  run.table.lstm_cell({.gates = workspace.gates.data(),
                       .gates_row_stride = row_size,
                       .cell = state.cell.data(),
                       .cell_row_stride = padded(units_),
                       .hidden = projects ? workspace.scratch.data() : state.hidden.data(),
                       .hidden_row_stride = padded(units_),
                       .active = in.mask == nullptr ? nullptr : in.mask + t,
                       .active_stride = in.steps,
                       .rows = in.rows,
                       .panels = panels_of(units_),
                       .activation = activation_,
                       .recurrent_activation = recurrent_activation_,
                       .output_activation = output_activation_,
                       .clip = clip_});
  if (projects) project_hidden(run, in, t);
  for (std::size_t row = 0; row < in.rows; ++row) {
    if (in.counts(row, t)) state.started[row] = 1;
  }
}

// From the scratch memory, where the cell has put the hidden states of rows that count. The other
// rows hold what was there; what is made of it goes nowhere.
void Recurrence::project_hidden(const LayerRun& run, const Block& in, std::size_t t) const {
  const float* whole = run.workspace.scratch.data();
  float* projected = run.workspace.scratch.data() + in.rows * padded(units_);
  projection_.multiply(run.table, {whole, padded(units_), in.rows}, no_bias_.data(), 0, projected,
                       padded(outputs_));
  float* hidden = run.workspace.states[slot_].hidden.data();
  for (std::size_t row = 0; row < in.rows; ++row) {
    if (!in.counts(row, t)) continue;
    std::memcpy(hidden + row * padded(outputs_), projected + row * padded(outputs_),
                outputs_ * sizeof(float));
  }
}

void Recurrence::write(const RecurrentState& state, std::size_t row, bool shown,
                       float* target) const {
  if (shown) {
    std::memcpy(target, state.hidden.data() + row * padded(outputs_), outputs_ * sizeof(float));
  } else {
    std::fill_n(target, outputs_, 0.0F);
  }
}

void Recurrence::write_step(const RecurrentState& state, const Block& in, std::size_t t,
                            const Target& out) const {
  for (std::size_t row = 0; row < in.rows; ++row) {
    const std::size_t steps = in.steps_of(row);
    const bool padding = t >= steps;
    const std::size_t place = out.reversed && !padding ? steps - 1 - t : t;
    bool shown = state.started[row] != 0;
    if (masked_output_ == MaskedOutput::zeros) shown = in.counts(row, t);
    if (masked_output_ == MaskedOutput::state) shown = shown || !padding;
    write(state, row, shown, out.block.at(row, place) + out.offset);
  }
}

void Recurrence::write_last(const RecurrentState& state, const Block& in, const Target& out) const {
  for (std::size_t row = 0; row < out.block.rows; ++row) {
    const std::size_t steps = in.steps_of(row);
    bool shown = state.started[row] != 0;
    if (masked_output_ == MaskedOutput::zeros) {
      shown = steps != 0 && in.counts(row, go_backwards_ ? 0 : steps - 1);
    }
    if (masked_output_ == MaskedOutput::state) shown = steps != 0;
    write(state, row, shown, out.block.at(row, 0) + out.offset);
  }
}

void Recurrence::clear_empty_rows(RecurrentState& state, const Block& in) const {
  for (std::size_t row = 0; row < in.rows; ++row) {
    if (in.steps_of(row) != 0) continue;
    std::fill_n(state.hidden.data() + row * padded(outputs_), outputs_, 0.0F);
    std::fill_n(state.cell.data() + row * padded(units_), units_, 0.0F);
  }
}

void Recurrence::start_from(Workspace& workspace, const Block& hidden, const Block& cell) const {
  RecurrentState& state = workspace.states[slot_];
  state.reset(hidden.rows, outputs_, units_);
  for (std::size_t row = 0; row < hidden.rows; ++row) {
    std::memcpy(state.hidden.data() + row * padded(outputs_), hidden.at(row, 0),
                outputs_ * sizeof(float));
    std::memcpy(state.cell.data() + row * padded(units_), cell.at(row, 0), units_ * sizeof(float));
  }
}

void Recurrence::give_state(const Workspace& workspace, const Block& hidden,
                            const Block& cell) const {
  const RecurrentState& state = workspace.states[slot_];
  for (std::size_t row = 0; row < hidden.rows; ++row) {
    write(state, row, true, hidden.at(row, 0));
    std::memcpy(cell.at(row, 0), state.cell.data() + row * padded(units_), units_ * sizeof(float));
  }
}

}  // namespace lstmetrics::lstm
