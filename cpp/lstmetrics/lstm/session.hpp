// Runs a graph over arrays: splits the rows into blocks of like length, the blocks over threads,
// and carries recurrent states in and out. Safe to call from many threads at once; each call
// borrows workspaces of its own, and no split changes a bit of the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/workspace.hpp"

namespace lstmetrics::lstm {

// Hidden and cell states, [rows][outputs] and [rows][units] for each of graph.state_slots(); empty:
// zeros.
struct InitialStates {
  std::vector<const float*> hidden;
  std::vector<const float*> cell;
};
struct FinalStates {
  std::vector<float*> hidden;
  std::vector<float*> cell;
};

// Per-token results, [rows][steps]. Steps that do not count, and targets equal to ignore_index,
// have loss 0, counted 0 and correct 0.
struct TokenLosses {
  double* loss = nullptr;
  std::uint8_t* counted = nullptr;
  std::uint8_t* correct = nullptr;  // the most likely token (lowest id on ties) is the target
};

// Where the values of an output go: [rows][features]; or [steps][features], a row after the other,
// each from its own of `starts`.
struct SequenceValues {
  float* values = nullptr;
  const std::size_t* starts = nullptr;  // [rows]; null: no time
};

class LSTMETRICS_API Session {
 public:
  explicit Session(std::shared_ptr<const Graph> graph);

  const Graph& graph() const noexcept { return *graph_; }

  // One of inputs for each of graph.inputs(), one of values for each output: [rows][features] or
  // [rows][steps][features] with graph.output_steps(). batch_size is the most rows that run
  // together.
  void run(std::span<const Input> inputs, std::size_t batch_size, const InitialStates& initial,
           std::span<float* const> values, const FinalStates& final_states) const;

  // Runs sequences without padding: an input with `starts`. Each gives what it would alone. Rows of
  // like length share a block, and a block's memory is bounded whatever the longest is.
  void run_sequences(const Input& sequences, std::size_t batch_size,
                     std::span<const SequenceValues> values) const;

  // Negative log-likelihood of targets [rows][steps] in nats, from the logits by log-sum-exp in
  // double; logits are never kept for more than a few positions.
  void token_losses(const Input& input, const std::int64_t* targets,
                    std::optional<std::int64_t> ignore_index, std::size_t batch_size,
                    const InitialStates& initial, const TokenLosses& out,
                    const FinalStates& final_states) const;

 private:
  class Lease;

  std::size_t rows_together(std::size_t rows, std::size_t positions, std::size_t batch_size) const;
  template <class Task>
  void each_block(std::size_t blocks, std::size_t positions, const Task& task) const;
  template <class Task>
  void for_blocks(std::span<const Input> inputs, std::size_t batch_size, const Task& task) const;

  std::shared_ptr<const Graph> graph_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace lstmetrics::lstm
