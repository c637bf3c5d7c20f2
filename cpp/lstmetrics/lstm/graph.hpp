// A model ready to run: layers packed and checked, immutable, shared by any number of sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/lstm/layer.hpp"
#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::lstm {

class LSTMETRICS_API Graph {
 public:
  // ShapeError where layers do not fit, or weights are missing or of another size.
  explicit Graph(const GraphSpec& spec);

  const Shape& input_shape() const noexcept { return shapes_.front(); }
  const Shape& output_shape() const noexcept { return shapes_.back(); }
  const std::vector<StateSlot>& state_slots() const noexcept { return slots_; }
  // Ids the model takes are below this; 0 when it takes features.
  std::size_t vocabulary() const noexcept { return vocabulary_; }
  // No layer looks ahead, so a sequence may be cut in time and its state carried.
  bool is_causal() const noexcept { return causal_; }
  // Ends in logits or softmax over one vocabulary per step.
  bool is_language_model() const noexcept { return head_nodes_ != 0; }
  // ShapeError saying what a language model gives, unless this is one.
  void expect_language_model() const;

  // Runs all layers over a block; `in` is the input. The result lives in the workspace.
  Block run(const kernels::Table& table, const Block& in, Workspace& workspace) const;
  // The same without the softmax at the end: the logits of a language model, computed a few
  // positions at a time by `logits` from what the layers before them gave.
  Block run_trunk(const kernels::Table& table, const Block& in, Workspace& workspace) const;
  void logits(const kernels::Table& table, const Block& trunk, std::size_t first, std::size_t count,
              float* out) const;
  std::size_t logits_stride() const noexcept { return logits_stride_; }

 private:
  Block run_nodes(const kernels::Table& table, const Block& in, Workspace& workspace,
                  std::size_t end) const;
  void find_head(const GraphSpec& spec);

  std::vector<Shape> shapes_;
  std::vector<std::unique_ptr<Layer>> layers_;  // null: passes its input on
  std::vector<std::size_t> inputs_;
  std::vector<StateSlot> slots_;
  std::size_t vocabulary_ = 0;
  bool causal_ = true;
  std::size_t head_nodes_ = 0;  // nodes at the end that make the logits and their softmax
  std::unique_ptr<Layer> logits_layer_;
  std::size_t logits_stride_ = 0;
};

}  // namespace lstmetrics::lstm
