// Runs a graph step by step, the recurrent states carried in place: a text as it is written, a
// language model that generates. Each step gives the bits of a run over all steps so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/workspace.hpp"

namespace lstmetrics::lstm {

// Safe to call from many threads; their steps come one after the other.
class LSTMETRICS_API Stream {
 public:
  // UnsupportedError naming the layer that needs more than the steps so far.
  Stream(std::shared_ptr<const Graph> graph, std::size_t rows);

  const Graph& graph() const noexcept { return *graph_; }
  std::size_t rows() const noexcept { return rows_; }

  // One step of each input, [rows][1]; one of values for each output, [rows][features]. Nothing
  // changes when an input is refused.
  void step(std::span<const Input> inputs, std::span<float* const> values);

  void reset();
  // These rows alone; InvalidValue, and nothing changes, for a row that there is not.
  void reset(std::span<const std::int64_t> rows);
  void get_states(const FinalStates& out) const;
  // As if the stream began with these states.
  void set_states(const InitialStates& states);

 private:
  std::shared_ptr<const Graph> graph_;
  std::size_t rows_;
  mutable std::mutex mutex_;
  Workspace workspace_;
};

}  // namespace lstmetrics::lstm
