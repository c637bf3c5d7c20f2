#include "lstmetrics/lstm/graph.hpp"

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

bool looks_ahead(const LayerSpec& layer) {
  if (std::holds_alternative<BidirectionalSpec>(layer)) return true;
  const auto* lstm = std::get_if<LstmSpec>(&layer);
  return lstm != nullptr && lstm->go_backwards;
}

}  // namespace

Graph::Graph(const GraphSpec& spec) : shapes_(infer_shapes(spec)) {
  check_weights(spec, shapes_);
  for (const NodeSpec& node : spec.nodes) {
    const std::size_t input = node.inputs.empty() ? 0 : node.inputs[0];
    layers_.push_back(make_layer(node, shapes_[input], slots_));
    inputs_.push_back(input);
    causal_ = causal_ && !looks_ahead(node.layer);
    if (const auto* embedding = std::get_if<EmbeddingSpec>(&node.layer)) {
      vocabulary_ = embedding->vocabulary;
    }
  }
  if (shapes_.front().ids && vocabulary_ == 0) {
    throw ShapeError("a model whose input is token ids needs an Embedding as its first layer");
  }
  find_head(spec);
}

// A language model ends in Dense(softmax), Dense(linear), or Dense(linear) + Activation(softmax),
// and gives one distribution per step.
void Graph::find_head(const GraphSpec& spec) {
  if (!shapes_.back().sequence) return;
  std::size_t node = spec.nodes.size() - 1;
  if (const auto* last = std::get_if<ActivationSpec>(&spec.nodes[node].layer);
      last != nullptr && last->activation == Activation::softmax) {
    --node;
    if (const auto* dense = std::get_if<DenseSpec>(&spec.nodes[node].layer);
        dense == nullptr || dense->activation != Activation::linear) {
      return;
    }
  }
  const auto* dense = std::get_if<DenseSpec>(&spec.nodes[node].layer);
  if (dense == nullptr ||
      (dense->activation != Activation::softmax && dense->activation != Activation::linear)) {
    return;
  }
  NodeSpec head = spec.nodes[node];
  std::get<DenseSpec>(head.layer).activation = Activation::linear;
  logits_layer_ = make_layer(head, shapes_[inputs_[node]], slots_);
  logits_stride_ = round_up(dense->units, kernels::kLanes);
  head_nodes_ = spec.nodes.size() - node;
}

void Graph::expect_language_model() const {
  if (is_language_model()) return;
  throw ShapeError(
      "per-token losses need a model that ends in Dense logits or softmax for each step, "
      "(None, timesteps, vocabulary); this one gives " +
      output_shape().to_string());
}

Block Graph::run(const kernels::Table& table, const Block& in, Workspace& workspace) const {
  return run_nodes(table, in, workspace, layers_.size());
}

Block Graph::run_trunk(const kernels::Table& table, const Block& in, Workspace& workspace) const {
  return run_nodes(table, in, workspace, layers_.size() - head_nodes_);
}

Block Graph::run_nodes(const kernels::Table& table, const Block& in, Workspace& workspace,
                       std::size_t end) const {
  workspace.values.resize(layers_.size());
  workspace.masks.resize(layers_.size());
  std::vector<Block> blocks(end);
  blocks[0] = in;
  for (std::size_t node = 1; node < end; ++node) {
    const Block& input = blocks[inputs_[node]];
    Block& out = blocks[node];
    if (layers_[node] == nullptr) {
      out = input;
      continue;
    }
    out.rows = input.rows;
    out.steps = shapes_[node].sequence ? input.steps : 1;
    out.features = shapes_[node].features;
    out.stride = round_up(out.features, kernels::kLanes);
    out.mask = input.mask;
    workspace.values[node].resize_at_least(out.rows * out.steps * out.stride);
    out.data = workspace.values[node].data();
    layers_[node]->run({table, workspace, node}, input, out);
  }
  return blocks.back();
}

void Graph::logits(const kernels::Table& table, const Block& trunk, std::size_t first,
                   std::size_t count, float* out) const {
  Block positions = trunk;
  positions.rows = count;
  positions.steps = 1;
  positions.data = trunk.data + first * trunk.stride;
  positions.mask = nullptr;
  Block result{.rows = count,
               .steps = 1,
               .features = shapes_.back().features,
               .stride = logits_stride_,
               .data = out};
  Workspace unused;
  logits_layer_->run({table, unused, 0}, positions, result);
}

}  // namespace lstmetrics::lstm
