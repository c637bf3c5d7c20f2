// A model ready to run: layers packed and checked, immutable, shared by any number of sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/lstm/layer.hpp"
#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::lstm {

class LSTMETRICS_API Graph {
 public:
  // ShapeError where layers do not fit, or weights are missing or of another size.
  explicit Graph(const GraphSpec& spec);

  // One of the model's inputs, in the order of their nodes.
  struct InputPort {
    std::string name;
    std::size_t node;
    Shape shape;
    std::size_t vocabulary;  // ids are below this; 0 when it takes features
  };
  const std::vector<InputPort>& inputs() const noexcept { return inputs_; }
  std::size_t output_count() const noexcept { return outputs_.size(); }
  const Shape& output_shape(std::size_t index = 0) const noexcept {
    return shape_of(outputs_[index]);
  }
  // The number of steps of each output for so many of each input; 1 where there is no time.
  std::vector<std::size_t> output_steps(std::span<const std::size_t> input_steps) const;

  const std::vector<StateSlot>& state_slots() const noexcept { return slots_; }
  // No layer looks ahead, so sequences may be cut in time and their state carried.
  bool is_causal() const noexcept { return obstacle_.empty(); }
  // The layer that keeps it from that; empty: none does.
  const std::string& obstacle() const noexcept { return obstacle_; }
  // Ends in logits or softmax over one vocabulary per step.
  bool is_language_model() const noexcept { return head_nodes_ != 0; }
  // ShapeError saying what a language model gives, unless this is one.
  void expect_language_model() const;

  // Runs all layers over a block; `in` holds the inputs. The results live in the workspace.
  void run(const kernels::Table& table, std::span<const Block> in, Workspace& workspace) const;
  const Block& output(const Workspace& workspace, std::size_t index) const noexcept {
    return workspace.blocks[outputs_[index].node][outputs_[index].index];
  }
  // The same without the softmax at the end: the logits of a language model, computed a few
  // positions at a time by `logits` from what the layers before them gave.
  const Block& run_trunk(const kernels::Table& table, std::span<const Block> in,
                         Workspace& workspace) const;
  void logits(const kernels::Table& table, Workspace& workspace, const Block& trunk,
              std::size_t first, std::size_t count, float* out) const;
  std::size_t logits_stride() const noexcept { return logits_stride_; }
  // Multiply-adds of one step of one row, about.
  std::size_t work_of_step() const noexcept { return work_of_step_; }
  // Of the LSTM direction that has most of them.
  std::size_t recurrent_weights() const noexcept { return recurrent_weights_; }

 private:
  struct Node {
    std::unique_ptr<Layer> layer;  // null: passes its input on
    std::vector<Value> inputs;
    std::vector<Shape> shapes;
    bool stored = true;  // false: all who take its value take tokens instead
  };

  const Shape& shape_of(const Value& value) const noexcept {
    return nodes_[value.node].shapes[value.index];
  }
  void add_input(const NodeSpec& node, const Shape& shape, const GraphSpec& spec);
  std::unique_ptr<Layer> make_head(const NodeSpec& node, const std::vector<Shape>& in,
                                   Precision precision);
  void offer_tokens(const GraphSpec& spec);
  bool all_take_tokens(std::size_t node, std::size_t vocabulary);
  void find_obstacle(const GraphSpec& spec);
  void run_nodes(const kernels::Table& table, std::span<const Block> in, Workspace& workspace,
                 std::size_t end) const;
  void run_node(const kernels::Table& table, const Node& node, Workspace& workspace,
                std::size_t index) const;

  std::vector<Node> nodes_;
  std::vector<InputPort> inputs_;
  std::vector<Value> outputs_;
  std::vector<StateSlot> slots_;
  std::string obstacle_;
  std::size_t head_nodes_ = 0;  // nodes at the end that make the logits and their softmax
  std::shared_ptr<const Layer> logits_layer_;
  std::size_t logits_stride_ = 0;
  std::size_t work_of_step_ = 0;
  std::size_t recurrent_weights_ = 0;
};

}  // namespace lstmetrics::lstm
