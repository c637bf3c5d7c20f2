#include "lstmetrics/lstm/recurrence.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace lstmetrics::lstm {
namespace {

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
    : input_(spec, features),
      recurrent_kernel_(spec.recurrent_kernel, spec.outputs(), spec.units, kGates),
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
  RecurrentState& state = workspace.states[slot_];
  point_to_state(workspace, in.rows);
  const InputProjection::Pass pass = {in, go_backwards_};
  for (std::size_t done = 0; done < in.steps;) {
    const std::size_t count = input_.ready(run, pass, done);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t t = pass.step(done + i);
      step(run, in, t, workspace.projected.starts.data() + i * in.rows);
      if (return_sequences_) write_step(workspace, in, t, out);
    }
    done += count;
  }
  bring_state_home(workspace);
  if (clear_empty_rows_) clear_empty_rows(state, in);
  if (!return_sequences_) write_last(state, in, out);
}

// Each row's hidden state has two places, which take turns; a row that skips a step stays where it
// is. With a projection the cell writes to scratch memory, and the state has one place.
void Recurrence::point_to_state(Workspace& workspace, std::size_t rows) const {
  RecurrentState& state = workspace.states[slot_];
  const std::size_t outputs = padded(outputs_);
  const std::size_t units = padded(units_);
  const bool projects = no_bias_.size() != 0;
  workspace.next.resize_at_least(rows * outputs);
  if (projects) workspace.scratch.resize_at_least(rows * (units + outputs));
  workspace.rows.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    workspace.rows[row] = {.hidden = state.hidden.data() + row * outputs,
                           .next = projects ? workspace.scratch.data() + row * units
                                            : workspace.next.data() + row * outputs,
                           .cell = state.cell.data() + row * units};
  }
}

void Recurrence::bring_state_home(Workspace& workspace) const {
  const std::size_t outputs = padded(outputs_);
  float* home = workspace.states[slot_].hidden.data();
  for (const RowState& row : workspace.rows) {
    if (row.hidden != home) std::memcpy(home, row.hidden, outputs * sizeof(float));
    home += outputs;
  }
}

void Recurrence::step(const LayerRun& run, const Block& in, std::size_t t,
                      const float* const* starts) const {
  Workspace& workspace = run.workspace;
  RecurrentState& state = workspace.states[slot_];
  const bool projects = no_bias_.size() != 0;
  workspace.active.clear();
  for (std::size_t row = 0; row < in.rows; ++row) {
    if (starts[row] == nullptr) continue;
    RowState& place = workspace.rows[row];
    workspace.active.push_back({starts[row], place.hidden, place.cell, place.next});
    state.started[row] = 1;
    if (!projects) std::swap(place.hidden, place.next);
  }
  if (workspace.active.empty()) return;
  run.table.lstm_step({.rows = workspace.active.data(),
                       .count = workspace.active.size(),
                       .depth = outputs_,
                       .packed = recurrent_kernel_.data(),
                       .first_panel = 0,
                       .end_panel = panels_of(units_),
                       .activation = activation_,
                       .recurrent_activation = recurrent_activation_,
                       .output_activation = output_activation_,
                       .clip = clip_});
  if (projects) project_hidden(run, in, t);
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

void Recurrence::write(const float* hidden, bool shown, float* target) const {
  if (shown) {
    std::memcpy(target, hidden, outputs_ * sizeof(float));
  } else {
    std::fill_n(target, outputs_, 0.0F);
  }
}

void Recurrence::write_step(const Workspace& workspace, const Block& in, std::size_t t,
                            const Target& out) const {
  const RecurrentState& state = workspace.states[slot_];
  for (std::size_t row = 0; row < in.rows; ++row) {
    const std::size_t steps = in.steps_of(row);
    const bool padding = t >= steps;
    const std::size_t place = out.reversed && !padding ? steps - 1 - t : t;
    bool shown = state.started[row] != 0;
    if (masked_output_ == MaskedOutput::zeros) shown = in.counts(row, t);
    if (masked_output_ == MaskedOutput::state) shown = shown || !padding;
    write(workspace.rows[row].hidden, shown, out.block.at(row, place) + out.offset);
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
    const float* hidden = state.hidden.data() + row * padded(outputs_);
    write(hidden, shown, out.block.at(row, 0) + out.offset);
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
    write(state.hidden.data() + row * padded(outputs_), true, hidden.at(row, 0));
    std::memcpy(cell.at(row, 0), state.cell.data() + row * padded(units_), units_ * sizeof(float));
  }
}

}  // namespace lstmetrics::lstm
