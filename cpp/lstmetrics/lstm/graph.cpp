#include "lstmetrics/lstm/graph.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

// Whether a layer gives a step's values from that step and those before it alone.
struct LooksAhead {
  std::size_t inputs;

  bool operator()(const LstmSpec& layer) const { return layer.go_backwards || inputs > 1; }
  bool operator()(const BidirectionalSpec&) const { return true; }
  bool operator()(const MergeSpec& layer) const { return layer.merge == Merge::concatenate_steps; }
  bool operator()(const Conv1dSpec&) const { return true; }
  bool operator()(const MaxPooling1dSpec&) const { return true; }
  bool operator()(const GlobalPoolingSpec&) const { return true; }
  bool operator()(const FlattenSpec&) const { return true; }
  bool operator()(const TakeStepSpec&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

// The multiply-adds of a layer's products for one step of one row.
struct WorkOfStep {
  std::size_t operator()(const LstmSpec& layer) const {
    return layer.kernel.values.size() + layer.recurrent_kernel.values.size() +
           layer.projection.values.size();
  }
  std::size_t operator()(const BidirectionalSpec& layer) const {
    return (*this)(layer.forward) + (*this)(layer.backward);
  }
  std::size_t operator()(const DenseSpec& layer) const { return layer.kernel.values.size(); }
  std::size_t operator()(const Conv1dSpec& layer) const { return layer.kernel.values.size(); }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
};

std::size_t recurrent_weights_of(const LayerSpec& layer) {
  if (const auto* lstm = std::get_if<LstmSpec>(&layer)) return lstm->recurrent_kernel.values.size();
  const auto* both = std::get_if<BidirectionalSpec>(&layer);
  return both == nullptr ? 0
                         : std::max(both->forward.recurrent_kernel.values.size(),
                                    both->backward.recurrent_kernel.values.size());
}

// A mask that says where rows end.
const std::uint8_t* mask_of_lengths(const Block& block, std::vector<std::uint8_t>& mask) {
  mask.assign(block.rows * block.steps, 0);
  for (std::size_t row = 0; row < block.rows; ++row) {
    std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(row * block.steps), block.steps_of(row),
                std::uint8_t{1});
  }
  return mask.data();
}

// Another layer and an activation behind it.
class ActivatedLayer final : public Layer {
 public:
  ActivatedLayer(std::shared_ptr<const Layer> layer, const ActivationFn& activation)
      : layer_(std::move(layer)), activation_(activation) {}

  void run(const LayerRun& run) const override {
    layer_->run(run);
    activate(run.table, activation_, run.out[0], run.out[0]);
  }

 private:
  std::shared_ptr<const Layer> layer_;
  ActivationFn activation_;
};

// The node of a language model's logits: it ends in Dense(softmax), Dense(linear), or Dense(linear)
// + Activation(softmax), and gives one distribution per step.
std::optional<std::size_t> head_of(const GraphSpec& spec, const Shapes& shapes,
                                   std::span<const Value> outputs) {
  std::size_t node = spec.nodes.size() - 1;
  if (outputs.size() != 1 || outputs[0].node != node) return std::nullopt;
  if (!shapes[node][outputs[0].index].sequence) return std::nullopt;
  const auto* last = std::get_if<ActivationSpec>(&spec.nodes[node].layer);
  const bool apart = last != nullptr && last->activation.kind == Activation::softmax && node > 0;
  if (apart) {
    if (spec.nodes[node].inputs[0].node != node - 1) return std::nullopt;
    --node;
  }
  const auto* dense = std::get_if<DenseSpec>(&spec.nodes[node].layer);
  if (dense == nullptr) return std::nullopt;
  const Activation kind = dense->activation.kind;
  if (kind != Activation::linear && (apart || kind != Activation::softmax)) return std::nullopt;
  return node;
}

// Small arrays of one number per input, without an allocation for each.
constexpr std::size_t kMostInputs = 16;

}  // namespace

Graph::Graph(const GraphSpec& spec) {
  Shapes shapes = infer_shapes(spec);
  check_weights(spec, shapes);
  outputs_ = outputs_of(spec, shapes);
  const std::optional<std::size_t> head = head_of(spec, shapes, outputs_);
  if (head) head_nodes_ = spec.nodes.size() - *head;
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const NodeSpec& node = spec.nodes[i];
    std::vector<Shape> in;
    for (const Value& value : node.inputs) in.push_back(shapes[value.node][value.index]);
    if (node.inputs.size() > kMostInputs) {
      throw UnsupportedError("layer \"" + node.name + "\": more than " +
                             std::to_string(kMostInputs) + " inputs are not supported");
    }
    nodes_.push_back({head == i ? make_head(node, in, spec.precision)
                                : make_layer(node, in, spec.precision, slots_),
                      node.inputs, shapes[i]});
    work_of_step_ += std::visit(WorkOfStep{}, node.layer);
    recurrent_weights_ = std::max(recurrent_weights_, recurrent_weights_of(node.layer));
    if (std::holds_alternative<InputSpec>(node.layer)) add_input(node, shapes[i][0], spec);
  }
  find_obstacle(spec);
  offer_tokens(spec);
}

// The ids that an input takes are those that all embeddings on it take.
void Graph::add_input(const NodeSpec& node, const Shape& shape, const GraphSpec& spec) {
  const std::size_t index = nodes_.size() - 1;
  std::size_t vocabulary = 0;
  for (const NodeSpec& other : spec.nodes) {
    const auto* embedding = std::get_if<EmbeddingSpec>(&other.layer);
    if (embedding == nullptr || other.inputs[0].node != index) continue;
    vocabulary =
        vocabulary == 0 ? embedding->vocabulary : std::min(vocabulary, embedding->vocabulary);
  }
  if (shape.ids && vocabulary == 0) {
    throw ShapeError("a model whose input is token ids needs an Embedding as its first layer");
  }
  inputs_.push_back({node.name, index, shape, vocabulary});
}

void Graph::find_obstacle(const GraphSpec& spec) {
  for (const NodeSpec& node : spec.nodes) {
    const auto* input = std::get_if<InputSpec>(&node.layer);
    const bool timeless = input != nullptr && !input->shape.sequence;
    if (timeless || std::visit(LooksAhead{node.inputs.size()}, node.layer)) {
      obstacle_ = node.name;
      return;
    }
  }
}

// An LSTM behind an embedding multiplies each token's features once, not each step's.
void Graph::offer_tokens(const GraphSpec& spec) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto* embedding = std::get_if<EmbeddingSpec>(&spec.nodes[i].layer);
    if (embedding != nullptr) nodes_[i].stored = !all_take_tokens(i, embedding->vocabulary);
  }
}

bool Graph::all_take_tokens(std::size_t node, std::size_t vocabulary) {
  bool all = std::none_of(outputs_.begin(), outputs_.end(),
                          [&](const Value& output) { return output.node == node; });
  for (std::size_t i = node + 1; i < nodes_.size(); ++i) {
    const std::vector<Value>& inputs = nodes_[i].inputs;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (inputs[k].node != node) continue;
      const bool taken = nodes_[i].layer == nullptr
                             ? all_take_tokens(i, vocabulary)
                             : k == 0 && nodes_[i].layer->takes_tokens(vocabulary);
      all = all && taken;
    }
  }
  return all;
}

// Makes the logits of a language model apart from what is made of them: weights are packed once.
std::unique_ptr<Layer> Graph::make_head(const NodeSpec& node, const std::vector<Shape>& in,
                                        Precision precision) {
  NodeSpec logits = node;
  auto& dense = std::get<DenseSpec>(logits.layer);
  const ActivationFn activation = std::exchange(dense.activation, {Activation::linear});
  logits_stride_ = round_up(dense.units, kernels::kLanes);
  logits_layer_ = make_layer(logits, in, precision, slots_);
  return std::make_unique<ActivatedLayer>(logits_layer_, activation);
}

void Graph::expect_language_model() const {
  if (is_language_model()) return;
  throw ShapeError(
      "per-token losses need a model that ends in Dense logits or softmax for each step, "
      "(None, timesteps, vocabulary); this one gives " +
      output_shape().to_string());
}

std::vector<std::size_t> Graph::output_steps(std::span<const std::size_t> input_steps) const {
  std::vector<std::size_t> steps(nodes_.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    steps[inputs_[i].node] = inputs_[i].shape.sequence ? input_steps[i] : 1;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.inputs.empty()) continue;
    std::vector<std::size_t> in;
    for (const Value& value : node.inputs) {
      in.push_back(shape_of(value).sequence ? steps[value.node] : 1);
    }
    if (node.layer == nullptr) {
      steps[i] = in[0];
    } else {
      steps[i] = node.shapes[0].sequence ? node.layer->steps(in) : 1;
    }
  }
  std::vector<std::size_t> found;
  for (const Value& value : outputs_)
    found.push_back(shape_of(value).sequence ? steps[value.node] : 1);
  return found;
}

void Graph::run(const kernels::Table& table, std::span<const Block> in,
                Workspace& workspace) const {
  run_nodes(table, in, workspace, nodes_.size());
}

const Block& Graph::run_trunk(const kernels::Table& table, std::span<const Block> in,
                              Workspace& workspace) const {
  const std::size_t head = nodes_.size() - head_nodes_;
  run_nodes(table, in, workspace, head);
  const Value& trunk = nodes_[head].inputs[0];
  return workspace.blocks[trunk.node][trunk.index];
}

void Graph::run_nodes(const kernels::Table& table, std::span<const Block> in, Workspace& workspace,
                      std::size_t end) const {
  workspace.nodes.resize(nodes_.size());
  workspace.blocks.resize(nodes_.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) workspace.blocks[inputs_[i].node] = {in[i]};
  for (std::size_t i = 0; i < end; ++i) {
    const Node& node = nodes_[i];
    if (node.inputs.empty()) continue;
    if (node.layer == nullptr) {
      const Value& from = node.inputs[0];
      workspace.blocks[i] = {workspace.blocks[from.node][from.index]};
    } else {
      run_node(table, node, workspace, i);
    }
  }
}

void Graph::run_node(const kernels::Table& table, const Node& node, Workspace& workspace,
                     std::size_t index) const {
  const std::size_t count = node.inputs.size();
  const Block* in[kMostInputs];
  std::size_t steps[kMostInputs];
  bool has_lengths = false;
  for (std::size_t i = 0; i < count; ++i) {
    in[i] = &workspace.blocks[node.inputs[i].node][node.inputs[i].index];
    steps[i] = in[i]->steps;
    has_lengths = has_lengths || in[i]->lengths != nullptr;
  }

  NodeMemory& memory = workspace.nodes[index];
  std::vector<Block>& out = workspace.blocks[index];
  out.assign(node.shapes.size(), {});
  memory.values.resize(node.shapes.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Shape& shape = node.shapes[i];
    Block& block = out[i];
    block.rows = in[0]->rows;
    block.steps = shape.sequence ? node.layer->steps({steps, count}) : 1;
    block.features = shape.features;
    block.stride = round_up(shape.features, kernels::kLanes);
    if (node.stored) {
      memory.values[i].resize_at_least(block.rows * block.steps * block.stride);
      block.data = memory.values[i].data();
    }
    if (!shape.sequence) continue;
    if (node.layer->passes_mask()) {
      block.mask = in[0]->mask;
      block.given_mask = in[0]->given_mask;
    }
    if (!has_lengths) continue;
    if (i == 0) {
      memory.lengths.resize(block.rows);
      for (std::size_t row = 0; row < block.rows; ++row) {
        for (std::size_t k = 0; k < count; ++k) steps[k] = in[k]->steps_of(row);
        memory.lengths[row] = node.layer->steps({steps, count});
      }
      for (std::size_t k = 0; k < count; ++k) steps[k] = in[k]->steps;
    }
    block.lengths = memory.lengths.data();
  }
  node.layer->run({table, workspace, memory, {in, count}, out});
  for (Block& block : out) {
    if (block.lengths == nullptr || block.mask != nullptr) continue;
    block.mask = mask_of_lengths(block, memory.mask);
    block.given_mask = true;
  }
}

void Graph::logits(const kernels::Table& table, Workspace& workspace, const Block& trunk,
                   std::size_t first, std::size_t count, float* out) const {
  Block positions = trunk;
  positions.rows = count;
  positions.steps = 1;
  positions.data = trunk.data + first * trunk.stride;
  positions.mask = nullptr;
  positions.lengths = nullptr;
  Block result{.rows = count,
               .steps = 1,
               .features = output_shape().features,
               .stride = logits_stride_,
               .data = out};
  NodeMemory none;
  const Block* in[] = {&positions};
  logits_layer_->run({table, workspace, none, in, {&result, 1}});
}

}  // namespace lstmetrics::lstm
