// What sessions and streams do around a run: inputs checked and cut, states and values copied.
#pragma once

#include <cstddef>
#include <span>

#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/workspace.hpp"

namespace lstmetrics::lstm {

// The rows of all inputs, which must be as many; each input is checked.
std::size_t check_inputs(const Graph& graph, std::span<const Input> inputs);

// The part of the inputs that a block of rows sees, into the workspace's `given`.
void make_blocks(std::span<const Input> inputs, const Window& window, Workspace& workspace);

// Loads the block's rows of the initial states, zeros where there are none.
void load_states(const Graph& graph, const InitialStates& initial, const BlockRows& rows,
                 Workspace& workspace);
void store_states(const Graph& graph, const Workspace& workspace, const BlockRows& rows,
                  const FinalStates& out);

// Copies out what the caller sees; every NaN becomes the canonical one.
void copy_values(const Block& block, const BlockRows& rows, float* values);
void copy_sequences(const Block& block, const BlockRows& rows, const SequenceValues& out);

}  // namespace lstmetrics::lstm
