// What sessions and streams do around a run: inputs checked and cut, states and values copied.
#pragma once

#include <cstddef>
#include <span>

#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/workspace.hpp"
#include "lstmetrics/runtime/team.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::lstm {

// The rows of all inputs, which must be as many; each input is checked.
std::size_t check_inputs(const Graph& graph, std::span<const Input> inputs);

// The part of the inputs that a block of rows sees, into the workspace's `given`.
void make_blocks(std::span<const Input> inputs, const Window& window, Workspace& workspace);

// Multiply-adds that take one thread about as long as it takes another to wake.
inline constexpr std::size_t kLeastForHelpers = 4 * 1024 * 1024;

// Runs task(block, team) for every block over the threads. Where there are so many multiply-adds,
// threads that are left over are woken to help.
template <class Task>
void for_blocks(std::size_t blocks, std::size_t work, const Task& task) {
  if (work >= kLeastForHelpers) {
    runtime::for_teams(blocks, task);
  } else if (blocks == 1) {
    task(0, runtime::no_helpers());
  } else {
    runtime::parallel_for(blocks, [&](std::size_t block) { task(block, runtime::no_helpers()); });
  }
}

// Loads the block's rows of the initial states, zeros where there are none.
void load_states(const Graph& graph, const InitialStates& initial, const BlockRows& rows,
                 Workspace& workspace);
void store_states(const Graph& graph, const Workspace& workspace, const BlockRows& rows,
                  const FinalStates& out);

// Copies out what the caller sees; every NaN becomes the canonical one.
void copy_values(const Block& block, const BlockRows& rows, float* values);
void copy_sequences(const Block& block, const BlockRows& rows, const SequenceValues& out);

}  // namespace lstmetrics::lstm
