#include "lstmetrics/lstm/spec.hpp"

#include <string_view>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

// Large enough for any text model, small enough that products of two fit 64 bits.
constexpr std::size_t kLargestDimension = std::size_t{1} << 31;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

[[noreturn]] void refuse_input(const std::string& layer, std::string_view expected,
                               const Shape& found, std::string_view advice) {
  throw ShapeError("Input 0 of layer " + quoted(layer) +
                   " is incompatible with the layer: expected " + std::string(expected) +
                   ", found shape " + found.to_string() + ". " + std::string(advice));
}

void check_dimension(const std::string& layer, std::string_view argument, std::size_t value) {
  if (value == 0 || value >= kLargestDimension) {
    throw InvalidValue("layer " + quoted(layer) + ": " + std::string(argument) +
                       " must be a positive integer below 2^31, got " + std::to_string(value));
  }
}

// Infers one node's shape from its input's.
struct ShapeRule {
  const std::string& name;
  const Shape& in;

  Shape operator()(const InputSpec& layer) const {
    if (!layer.shape.ids) check_dimension(name, "features", layer.shape.features);
    return layer.shape;
  }

  Shape operator()(const EmbeddingSpec& layer) const {
    check_dimension(name, "input_dim", layer.vocabulary);
    check_dimension(name, "output_dim", layer.units);
    if (!in.ids) {
      refuse_input(name, "integer ids of shape (batch, timesteps)", in,
                   "An Embedding comes first and takes token ids; feed features to an LSTM or "
                   "Dense layer directly.");
    }
    return {false, true, in.steps, layer.units};
  }

  Shape operator()(const LstmSpec& layer) const {
    check_dimension(name, "units", layer.units);
    if (in.ids) {
      refuse_input(name, "ndim=3, (batch, timesteps, features)", in,
                   "Token ids need an Embedding layer before the LSTM.");
    }
    if (!in.sequence) {
      refuse_input(name, "ndim=3, (batch, timesteps, features)", in,
                   "An LSTM's input_shape is (timesteps, features); after an LSTM, set "
                   "return_sequences=True there to stack another.");
    }
    if (layer.activation == Activation::softmax ||
        layer.recurrent_activation == Activation::softmax) {
      throw UnsupportedError("layer " + quoted(name) +
                             ": softmax is not supported as an activation of an LSTM");
    }
    return {false, layer.return_sequences, layer.return_sequences ? in.steps : std::nullopt,
            layer.units};
  }

  Shape operator()(const BidirectionalSpec& layer) const {
    const Shape forward = (*this)(layer.forward);
    const Shape backward = (*this)(layer.backward);
    if (forward != backward) {
      throw ShapeError("layer " + quoted(name) +
                       ": the forward and the backward layer must have the same units and "
                       "return_sequences, got outputs " +
                       forward.to_string() + " and " + backward.to_string());
    }
    if (layer.forward.go_backwards || !layer.backward.go_backwards) {
      throw InvalidValue("layer " + quoted(name) +
                         ": the forward layer must have go_backwards=False and the backward "
                         "layer go_backwards=True");
    }
    Shape merged = forward;
    if (layer.merge_mode == MergeMode::concat) merged.features *= 2;
    return merged;
  }

  Shape operator()(const DenseSpec& layer) const {
    check_dimension(name, "units", layer.units);
    if (in.ids) {
      refuse_input(name, "floating-point features", in, "Token ids need an Embedding layer first.");
    }
    Shape out = in;
    out.features = layer.units;
    return out;
  }

  Shape operator()(const ActivationSpec&) const {
    if (in.ids) refuse_input(name, "floating-point features", in, "Put an Embedding first.");
    return in;
  }

  Shape operator()(const DropoutSpec&) const { return in; }
};

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

void check_weight(const std::string& layer, std::string_view name, const Weight& weight,
                  const std::vector<std::size_t>& expected) {
  if (weight.shape == expected) return;
  if (weight.shape.empty()) {
    throw ShapeError("layer " + quoted(layer) + " has no weights: " + std::string(name) +
                     " of shape " + shape_text(expected) +
                     " expected; use set_weights(), from_torch() or load_model()");
  }
  throw ShapeError("layer " + quoted(layer) + ": " + std::string(name) + " must have shape " +
                   shape_text(expected) + ", got " + shape_text(weight.shape));
}

void check_optional(const std::string& layer, std::string_view name, const Weight& weight,
                    std::size_t size) {
  if (!weight.shape.empty()) check_weight(layer, name, weight, {size});
}

struct WeightRule {
  const std::string& name;
  std::size_t features;

  void operator()(const EmbeddingSpec& layer) const {
    check_weight(name, "embeddings", layer.table, {layer.vocabulary, layer.units});
  }
  void operator()(const LstmSpec& layer) const {
    check_weight(name, "kernel", layer.kernel, {features, kGates * layer.units});
    check_weight(name, "recurrent_kernel", layer.recurrent_kernel,
                 {layer.units, kGates * layer.units});
    check_optional(name, "bias", layer.bias, kGates * layer.units);
    check_optional(name, "recurrent bias", layer.recurrent_bias, kGates * layer.units);
  }
  void operator()(const BidirectionalSpec& layer) const {
    (*this)(layer.forward);
    (*this)(layer.backward);
  }
  void operator()(const DenseSpec& layer) const {
    check_weight(name, "kernel", layer.kernel, {features, layer.units});
    check_optional(name, "bias", layer.bias, layer.units);
  }
  template <class Other>
  void operator()(const Other&) const {}  // no weights
};

}  // namespace

std::string Shape::to_string() const {
  std::string text = "(None";
  if (sequence) text += steps ? ", " + std::to_string(*steps) : ", None";
  if (!ids) text += ", " + std::to_string(features);
  return text + (sequence || !ids ? ")" : ",)");
}

std::vector<Shape> infer_shapes(const GraphSpec& spec) {
  static const Shape kNone;
  std::vector<Shape> shapes;
  shapes.reserve(spec.nodes.size());
  for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
    const NodeSpec& node = spec.nodes[i];
    const bool is_input = std::holds_alternative<InputSpec>(node.layer);
    if (is_input != node.inputs.empty() || node.inputs.size() > 1 || is_input != (i == 0)) {
      throw ShapeError("layer " + quoted(node.name) +
                       ": a model is one chain of layers that starts at its input");
    }
    if (!is_input && node.inputs[0] >= i) {
      throw ShapeError("layer " + quoted(node.name) + ": inputs must come before it");
    }
    const Shape& in = is_input ? kNone : shapes[node.inputs[0]];
    shapes.push_back(std::visit(ShapeRule{node.name, in}, node.layer));
  }
  if (shapes.empty()) throw ShapeError("a model needs at least an input");
  return shapes;
}

void check_weights(const GraphSpec& spec, const std::vector<Shape>& shapes) {
  for (const NodeSpec& node : spec.nodes) {
    const std::size_t features = node.inputs.empty() ? 0 : shapes[node.inputs[0]].features;
    std::visit(WeightRule{node.name, features}, node.layer);
  }
}

}  // namespace lstmetrics::lstm
