// Whether the weights of every layer are there and fit.
#include <algorithm>
#include <string_view>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::lstm {
namespace {

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

struct WeightRule {
  const std::string& name;
  std::size_t features;  // of the first input
  Precision precision;

  void operator()(const EmbeddingSpec& layer) const {
    check("embeddings", layer.table, {layer.vocabulary, layer.units});
  }
  void operator()(const LstmSpec& layer) const {
    const std::size_t gates = kGates * layer.units;
    check("kernel", layer.kernel, {features, gates});
    check_depth(std::max({features, layer.units, layer.outputs()}));
    check("recurrent_kernel", layer.recurrent_kernel, {layer.outputs(), gates});
    if (layer.proj_size != 0) check("projection", layer.projection, {layer.units, layer.proj_size});
    check_vector("bias", layer.bias, gates);
    check_vector("recurrent bias", layer.recurrent_bias, gates);
  }
  void operator()(const BidirectionalSpec& layer) const {
    (*this)(layer.forward);
    (*this)(layer.backward);
  }
  void operator()(const DenseSpec& layer) const {
    check_depth(features);
    check("kernel", layer.kernel, {features, layer.units});
    check_vector("bias", layer.bias, layer.units);
  }
  void operator()(const LayerNormalizationSpec& layer) const {
    check_vector("gamma", layer.gamma, features);
    check_vector("beta", layer.beta, features);
  }
  void operator()(const BatchNormalizationSpec& layer) const {
    check_vector("gamma", layer.gamma, features);
    check_vector("beta", layer.beta, features);
    check("moving_mean", layer.mean, {features});
    check("moving_variance", layer.variance, {features});
  }
  void operator()(const Conv1dSpec& layer) const {
    check_depth(layer.window.size * features / layer.groups);
    check("kernel", layer.kernel, {layer.window.size, features / layer.groups, layer.filters});
    check_vector("bias", layer.bias, layer.filters);
  }
  template <class Other>
  void operator()(const Other&) const {}  // no weights

 private:
  void check(std::string_view weight_name, const Weight& weight,
             const std::vector<std::size_t>& expected) const {
    if (weight.shape == expected) return;
    const std::string what = std::string(weight_name);
    if (weight.shape.empty()) {
      throw ShapeError("layer \"" + name + "\" has no weights: " + what + " of shape " +
                       shape_text(expected) +
                       " expected; use set_weights(), from_torch() or load_model()");
    }
    throw ShapeError("layer \"" + name + "\": " + what + " must have shape " +
                     shape_text(expected) + ", got " + shape_text(weight.shape));
  }
  void check_depth(std::size_t depth) const {
    if (precision != Precision::int8 || depth <= kernels::kMostInt8Depth) return;
    throw UnsupportedError("layer \"" + name + "\" adds up " + std::to_string(depth) +
                           " products; int8 does up to " + std::to_string(kernels::kMostInt8Depth) +
                           " exactly: use the precision bf16 or float32");
  }
  void check_vector(std::string_view weight_name, const Weight& weight, std::size_t size) const {
    if (!weight.shape.empty()) check(weight_name, weight, {size});
  }
};

}  // namespace

void check_weights(const GraphSpec& spec, const Shapes& shapes) {
  for (const NodeSpec& node : spec.nodes) {
    const std::size_t features =
        node.inputs.empty() ? 0 : shapes[node.inputs[0].node][node.inputs[0].index].features;
    std::visit(WeightRule{node.name, features, spec.precision}, node.layer);
  }
}

}  // namespace lstmetrics::lstm
