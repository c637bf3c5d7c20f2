// From a node's spec to its layer.
#include "lstmetrics/lstm/layers.hpp"

namespace lstmetrics::lstm {
namespace {

struct Maker {
  const NodeSpec& node;
  const std::vector<Shape>& in;
  Precision precision;
  std::vector<StateSlot>& slots;

  std::size_t add_slot(const LstmSpec& spec, const char* suffix = "") const {
    slots.push_back({node.name + suffix, spec.outputs(), spec.units});
    return slots.size() - 1;
  }
  std::size_t features() const { return in[0].features; }

  std::unique_ptr<Layer> operator()(const EmbeddingSpec& spec) const {
    return make_embedding(spec, precision);
  }
  std::unique_ptr<Layer> operator()(const MaskingSpec& spec) const { return make_masking(spec); }
  std::unique_ptr<Layer> operator()(const LstmSpec& spec) const {
    return make_lstm(spec, features(), add_slot(spec), precision);
  }
  std::unique_ptr<Layer> operator()(const BidirectionalSpec& spec) const {
    const std::size_t slot = add_slot(spec.forward, "/forward");
    add_slot(spec.backward, "/backward");
    return make_bidirectional(spec, features(), slot, precision);
  }
  std::unique_ptr<Layer> operator()(const DenseSpec& spec) const {
    return make_dense(spec, features(), precision);
  }
  std::unique_ptr<Layer> operator()(const ActivationSpec& spec) const {
    return make_activation(spec);
  }
  std::unique_ptr<Layer> operator()(const LayerNormalizationSpec& spec) const {
    return make_normalization(spec, features());
  }
  std::unique_ptr<Layer> operator()(const BatchNormalizationSpec& spec) const {
    return make_normalization(spec, features());
  }
  std::unique_ptr<Layer> operator()(const MergeSpec& spec) const {
    return make_merge(spec, node.name);
  }
  std::unique_ptr<Layer> operator()(const Conv1dSpec& spec) const {
    return make_convolution(spec, features(), node.name, precision);
  }
  std::unique_ptr<Layer> operator()(const MaxPooling1dSpec& spec) const {
    return make_max_pooling(spec, node.name);
  }
  std::unique_ptr<Layer> operator()(const GlobalPoolingSpec& spec) const {
    return make_global_pooling(spec);
  }
  std::unique_ptr<Layer> operator()(const TakeStepSpec& spec) const {
    return make_take_step(spec, node.name);
  }
  std::unique_ptr<Layer> operator()(const FlattenSpec&) const {
    return in[0].sequence ? make_flatten(node.name) : nullptr;
  }
  // The input and the identity do no work: the graph passes the value on.
  std::unique_ptr<Layer> operator()(const InputSpec&) const { return nullptr; }
  std::unique_ptr<Layer> operator()(const DropoutSpec&) const { return nullptr; }
};

}  // namespace

std::unique_ptr<Layer> make_layer(const NodeSpec& node, const std::vector<Shape>& in,
                                  Precision precision, std::vector<StateSlot>& slots) {
  return std::visit(Maker{node, in, precision, slots}, node.layer);
}

}  // namespace lstmetrics::lstm
