#include "lstmetrics/lstm/run_parts.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

void copy_out(const float* from, std::size_t n, float* to) {
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = from[i] == from[i] ? from[i] : std::numeric_limits<float>::quiet_NaN();
  }
}

void copy_steps(const Block& block, std::size_t row, std::size_t steps, float* to) {
  for (std::size_t t = 0; t < steps; ++t) {
    copy_out(block.at(row, t), block.features, to + t * block.features);
  }
}

}  // namespace

void load_states(const Graph& graph, const InitialStates& initial, const BlockRows& rows,
                 Workspace& workspace) {
  const auto& slots = graph.state_slots();
  workspace.states.resize(slots.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    RecurrentState& state = workspace.states[slot];
    state.reset(rows.count, slots[slot].outputs, slots[slot].units);
    const auto load = [&](AlignedBuffer<float>& buffer, const std::vector<const float*>& given,
                          std::size_t size) {
      for (std::size_t row = 0; row < rows.count && !given.empty(); ++row) {
        std::memcpy(buffer.data() + row * round_up(size, kernels::kLanes),
                    given[slot] + rows[row] * size, size * sizeof(float));
      }
    };
    load(state.hidden, initial.hidden, slots[slot].outputs);
    load(state.cell, initial.cell, slots[slot].units);
  }
}

void store_states(const Graph& graph, const Workspace& workspace, const BlockRows& rows,
                  const FinalStates& out) {
  const auto& slots = graph.state_slots();
  for (std::size_t slot = 0; slot < slots.size() && !out.hidden.empty(); ++slot) {
    const RecurrentState& state = workspace.states[slot];
    const auto store = [&](const AlignedBuffer<float>& buffer, float* to, std::size_t size) {
      for (std::size_t row = 0; row < rows.count; ++row) {
        copy_out(buffer.data() + row * round_up(size, kernels::kLanes), size,
                 to + rows[row] * size);
      }
    };
    store(state.hidden, out.hidden[slot], slots[slot].outputs);
    store(state.cell, out.cell[slot], slots[slot].units);
  }
}

std::size_t check_inputs(const Graph& graph, std::span<const Input> inputs) {
  const auto& ports = graph.inputs();
  if (inputs.size() != ports.size()) {
    throw ShapeError("inputs: the model takes " + std::to_string(ports.size()) + " inputs, got " +
                     std::to_string(inputs.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string label = inputs.size() == 1 ? "inputs" : "inputs: " + ports[i].name;
    check_input(inputs[i], ports[i].shape, ports[i].vocabulary, label);
    if (inputs[i].rows == inputs[0].rows) continue;
    throw ShapeError(label + " has " + std::to_string(inputs[i].rows) + " rows, " + ports[0].name +
                     " has " + std::to_string(inputs[0].rows));
  }
  return inputs[0].rows;
}

void make_blocks(std::span<const Input> inputs, const Window& window, Workspace& workspace) {
  workspace.inputs.resize(inputs.size());
  workspace.given.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Window own = window;
    own.end = std::min(window.end, inputs[i].steps);
    workspace.given[i] = workspace.inputs[i].make(inputs[i], own);
  }
}

void copy_values(const Block& block, const BlockRows& rows, float* values) {
  for (std::size_t row = 0; row < block.rows; ++row) {
    copy_steps(block, row, block.steps, values + rows[row] * block.steps * block.features);
  }
}

void copy_sequences(const Block& block, const BlockRows& rows, const SequenceValues& out) {
  if (out.starts == nullptr) return copy_values(block, rows, out.values);
  for (std::size_t row = 0; row < block.rows; ++row) {
    copy_steps(block, row, block.steps_of(row),
               out.values + out.starts[rows[row]] * block.features);
  }
}

}  // namespace lstmetrics::lstm
