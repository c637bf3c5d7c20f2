#include "lstmetrics/lstm/stream.hpp"

#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/lstm/run_parts.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::lstm {

Stream::Stream(std::shared_ptr<const Graph> graph, std::size_t rows)
    : graph_(std::move(graph)), rows_(rows) {
  if (!graph_->is_causal()) {
    throw UnsupportedError("stream: layer \"" + graph_->obstacle() +
                           "\" needs the whole sequence, so the model cannot run step by step");
  }
  reset();
}

void Stream::step(std::span<const Input> inputs, std::span<float* const> values) {
  runtime::enter([&] {
    const std::size_t found = check_inputs(*graph_, inputs);
    if (found != rows_) {
      throw ShapeError("stream: a step takes " + std::to_string(rows_) + " rows, got " +
                       std::to_string(found));
    }
    for (const Input& input : inputs) {
      if (input.steps == 1) continue;
      throw ShapeError("stream: a step takes one step of each row, got " +
                       std::to_string(input.steps));
    }
    if (rows_ == 0) return;
    const std::lock_guard lock(mutex_);
    for_blocks(1, rows_ * graph_->work_of_step(), [&](std::size_t, runtime::Team& team) {
      workspace_.team = &team;
      make_blocks(inputs, {{0, rows_}, 0, 1}, workspace_);
      graph_->run(kernels::table(), workspace_.given, workspace_);
      for (std::size_t i = 0; i < values.size(); ++i) {
        copy_values(graph_->output(workspace_, i), {0, rows_}, values[i]);
      }
    });
  });
}

void Stream::reset() { set_states({}); }

void Stream::reset(std::span<const std::int64_t> rows) {
  for (const std::int64_t row : rows) {
    if (row >= 0 && static_cast<std::size_t>(row) < rows_) continue;
    throw InvalidValue("stream: there is no row " + std::to_string(row) + " among its " +
                       std::to_string(rows_));
  }
  const std::lock_guard lock(mutex_);
  const auto& slots = graph_->state_slots();
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    for (const std::int64_t row : rows) {
      workspace_.states[slot].reset_row(static_cast<std::size_t>(row), slots[slot].outputs,
                                        slots[slot].units);
    }
  }
}

void Stream::get_states(const FinalStates& out) const {
  const std::lock_guard lock(mutex_);
  store_states(*graph_, workspace_, {0, rows_}, out);
}

void Stream::set_states(const InitialStates& states) {
  const std::lock_guard lock(mutex_);
  load_states(*graph_, states, {0, rows_}, workspace_);
}

}  // namespace lstmetrics::lstm
