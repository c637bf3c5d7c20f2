// Shapes at every node, inferred from the inputs on.
#include <algorithm>
#include <string_view>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/activation_names.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/lstm/windows.hpp"

namespace lstmetrics::lstm {
namespace {

// Large enough for any text model, small enough that products of two fit 64 bits.
constexpr std::size_t kLargestDimension = std::size_t{1} << 31;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

[[noreturn]] void refuse_input(const std::string& layer, std::size_t index,
                               std::string_view expected, const Shape& found,
                               std::string_view advice) {
  throw ShapeError("Input " + std::to_string(index) + " of layer " + quoted(layer) +
                   " is incompatible with the layer: expected " + std::string(expected) +
                   ", found shape " + found.to_string() + ". " + std::string(advice));
}

void check_dimension(const std::string& layer, std::string_view argument, std::size_t value) {
  if (value == 0 || value >= kLargestDimension) {
    throw InvalidValue("layer " + quoted(layer) + ": " + std::string(argument) +
                       " must be a positive integer below 2^31, got " + std::to_string(value));
  }
}

Shape vector_of(std::size_t features) { return {false, false, std::nullopt, features}; }

// Two numbers of steps that must be the same, as far as they are known.
bool fit(const std::optional<std::size_t>& a, const std::optional<std::size_t>& b) {
  return !a || !b || *a == *b;
}

// Infers the shapes of one node's values from its inputs'.
struct ShapeRule {
  const std::string& name;
  const std::vector<Shape>& in;

  std::vector<Shape> operator()(const InputSpec& layer) const {
    if (!layer.shape.ids) check_dimension(name, "features", layer.shape.features);
    return {layer.shape};
  }

  std::vector<Shape> operator()(const EmbeddingSpec& layer) const {
    check_dimension(name, "input_dim", layer.vocabulary);
    check_dimension(name, "output_dim", layer.units);
    one_input();
    if (!in[0].ids) {
      refuse_input(name, 0, "integer ids of shape (batch, timesteps)", in[0],
                   "An Embedding comes first and takes token ids; feed features to an LSTM or "
                   "Dense layer directly.");
    }
    return {{false, true, in[0].steps, layer.units}};
  }

  std::vector<Shape> operator()(const LstmSpec& layer) const {
    if (in.size() != 1 && in.size() != 3) {
      refuse_count("a sequence, or a sequence and the two initial states");
    }
    if (in.size() == 3) check_states(layer, 1);
    return lstm_shapes(layer);
  }

  std::vector<Shape> operator()(const BidirectionalSpec& layer) const {
    if (in.size() != 1 && in.size() != 5) {
      refuse_count("a sequence, or a sequence and the four initial states");
    }
    if (in.size() == 5) {
      check_states(layer.forward, 1);
      check_states(layer.backward, 3);
    }
    std::vector<Shape> forward = lstm_shapes(layer.forward);
    std::vector<Shape> backward = lstm_shapes(layer.backward);
    if (forward != backward) {
      throw ShapeError("layer " + quoted(name) +
                       ": the forward and the backward layer must have the same units, "
                       "return_sequences and return_state, got outputs " +
                       forward[0].to_string() + " and " + backward[0].to_string());
    }
    if (layer.forward.go_backwards == layer.backward.go_backwards) {
      throw InvalidValue("layer " + quoted(name) +
                         ": one of the two directions must have go_backwards=True: the backward "
                         "layer go_backwards=True, the forward layer go_backwards=False");
    }
    std::vector<Shape> all = {forward[0]};
    if (layer.merge_mode == MergeMode::concat) all[0].features *= 2;
    if (layer.merge_mode == MergeMode::none) all.push_back(backward[0]);
    all.insert(all.end(), forward.begin() + 1, forward.end());
    all.insert(all.end(), backward.begin() + 1, backward.end());
    return all;
  }

  std::vector<Shape> operator()(const DenseSpec& layer) const {
    check_dimension(name, "units", layer.units);
    one_input();
    features_needed("Token ids need an Embedding layer first.");
    Shape out = in[0];
    out.features = layer.units;
    return {out};
  }

  std::vector<Shape> operator()(const ActivationSpec&) const { return same(); }
  std::vector<Shape> operator()(const LayerNormalizationSpec&) const { return same(); }
  std::vector<Shape> operator()(const BatchNormalizationSpec&) const { return same(); }

  std::vector<Shape> operator()(const DropoutSpec&) const {
    one_input();
    return in;
  }

  std::vector<Shape> operator()(const MaskingSpec&) const {
    sequence_needed("Masking works on the steps of a sequence.");
    return in;
  }

  std::vector<Shape> operator()(const MergeSpec& layer) const {
    if (in.empty()) refuse_count("at least one input");
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (in[i].ids)
        refuse_input(name, i, "floating-point features", in[i], "Put an Embedding first.");
      if (in[i].sequence != in[0].sequence) refuse_merge(i, "as many dimensions as input 0");
    }
    if (layer.merge == Merge::concatenate_steps) return {concatenated_steps()};
    Shape out = in[0];
    for (std::size_t i = 1; i < in.size(); ++i) {
      if (!fit(out.steps, in[i].steps)) refuse_merge(i, "as many steps as input 0");
      if (!out.steps) out.steps = in[i].steps;
      if (layer.merge == Merge::concatenate_features) {
        out.features += in[i].features;
      } else if (in[i].features != out.features) {
        refuse_merge(i, "as many features as input 0");
      }
    }
    check_dimension(name, "the number of features", out.features);
    return {out};
  }

  std::vector<Shape> operator()(const Conv1dSpec& layer) const {
    check_dimension(name, "filters", layer.filters);
    check_dimension(name, "groups", layer.groups);
    sequence_needed("Conv1D slides over the steps of a sequence.");
    if (in[0].features % layer.groups != 0 || layer.filters % layer.groups != 0) {
      throw InvalidValue("layer " + quoted(name) + ": " + std::to_string(layer.groups) +
                         " groups must divide the " + std::to_string(in[0].features) +
                         " features and the " + std::to_string(layer.filters) + " filters");
    }
    return {{false, true, windows(layer.window), layer.filters}};
  }

  std::vector<Shape> operator()(const MaxPooling1dSpec& layer) const {
    sequence_needed("MaxPooling1D slides over the steps of a sequence.");
    return {{false, true, windows(layer.window), in[0].features}};
  }

  std::vector<Shape> operator()(const GlobalPoolingSpec& layer) const {
    sequence_needed("Global pooling works over the steps of a sequence.");
    if (layer.keep_dims) return {{false, true, 1, in[0].features}};
    return {vector_of(in[0].features)};
  }

  std::vector<Shape> operator()(const TakeStepSpec& layer) const {
    sequence_needed("TakeStep takes one step of a sequence.");
    if (in[0].steps && !step_of(layer, *in[0].steps)) {
      refuse_input(name, 0, "a step " + std::to_string(layer.index), in[0],
                   "The sequence is too short for that.");
    }
    return {vector_of(in[0].features)};
  }

  std::vector<Shape> operator()(const FlattenSpec&) const {
    one_input();
    features_needed("Put an Embedding first.");
    if (!in[0].sequence) return in;
    if (!in[0].steps) {
      refuse_input(name, 0, "a known number of timesteps", in[0],
                   "Flatten needs it to know its size: give the input a number of steps "
                   "(input_length= of an Embedding, or an Input).");
    }
    check_dimension(name, "the number of steps", *in[0].steps);
    const Shape out = vector_of(*in[0].steps * in[0].features);
    check_dimension(name, "the flattened size", out.features);
    return {out};
  }

 private:
  [[noreturn]] void refuse_count(std::string_view expected) const {
    throw ShapeError("layer " + quoted(name) + " takes " + std::string(expected) + ", got " +
                     std::to_string(in.size()) + " inputs");
  }
  [[noreturn]] void refuse_merge(std::size_t i, std::string_view expected) const {
    refuse_input(name, i, expected, in[i], "Input 0 has shape " + in[0].to_string() + ".");
  }

  void one_input() const {
    if (in.size() != 1) refuse_count("one input");
  }
  void features_needed(std::string_view advice) const {
    if (in[0].ids) refuse_input(name, 0, "floating-point features", in[0], advice);
  }
  void sequence_needed(std::string_view advice) const {
    one_input();
    if (in[0].ids || !in[0].sequence) {
      refuse_input(name, 0, "ndim=3, (batch, timesteps, features)", in[0], advice);
    }
  }
  std::vector<Shape> same() const {
    one_input();
    features_needed("Put an Embedding first.");
    return in;
  }

  Shape concatenated_steps() const {
    Shape out = in[0];
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (!in[i].sequence) refuse_input(name, i, "a sequence", in[i], "axis=1 joins steps.");
      if (in[i].features != out.features) refuse_merge(i, "as many features as input 0");
      if (i == 0) continue;
      out.steps =
          out.steps && in[i].steps ? std::optional(*out.steps + *in[i].steps) : std::nullopt;
    }
    return out;
  }

  std::optional<std::size_t> windows(const WindowSpec& window) const {
    check_dimension(name, "the window's size", window.size);
    check_dimension(name, "strides", window.stride);
    check_dimension(name, "dilation_rate", window.dilation);
    check_dimension(name, "the window's extent", extent_of(window));
    if (!in[0].steps) return {};
    const std::size_t count = windows_over(window, *in[0].steps);
    if (count == 0) {
      refuse_input(name, 0, "at least " + std::to_string(extent_of(window)) + " timesteps", in[0],
                   "The window is longer than the sequence; use padding=\"same\".");
    }
    return count;
  }

  void check_states(const LstmSpec& layer, std::size_t first) const {
    const std::size_t expected[] = {layer.outputs(), layer.units};
    for (std::size_t i = 0; i < 2; ++i) {
      const Shape& found = in[first + i];
      if (found == vector_of(expected[i])) continue;
      refuse_input(name, first + i, "an initial state " + vector_of(expected[i]).to_string(), found,
                   "");
    }
  }

  std::vector<Shape> lstm_shapes(const LstmSpec& layer) const {
    check_dimension(name, "units", layer.units);
    check_dimension(name, "proj_size", layer.outputs());
    if (in[0].ids) {
      refuse_input(name, 0, "ndim=3, (batch, timesteps, features)", in[0],
                   "Token ids need an Embedding layer before the LSTM.");
    }
    if (!in[0].sequence) {
      refuse_input(name, 0, "ndim=3, (batch, timesteps, features)", in[0],
                   "An LSTM's input_shape is (timesteps, features); after an LSTM, set "
                   "return_sequences=True there to stack another.");
    }
    const ActivationFn output = layer.output_activation.value_or(layer.activation);
    if (is_of_a_row(layer.activation) || is_of_a_row(layer.recurrent_activation) ||
        is_of_a_row(output)) {
      throw UnsupportedError("layer " + quoted(name) +
                             ": softmax is not supported as an activation of an LSTM");
    }
    const std::size_t features = layer.outputs();
    std::vector<Shape> shapes = {{false, layer.return_sequences,
                                  layer.return_sequences ? in[0].steps : std::nullopt, features}};
    if (layer.return_state) {
      shapes.push_back(vector_of(features));
      shapes.push_back(vector_of(layer.units));
    }
    return shapes;
  }
};

}  // namespace

std::string Shape::to_string() const {
  std::string text = "(None";
  if (sequence) text += steps ? ", " + std::to_string(*steps) : ", None";
  if (!ids) text += ", " + std::to_string(features);
  return text + (sequence || !ids ? ")" : ",)");
}

Shapes infer_shapes(const GraphSpec& spec) {
  Shapes shapes;
  shapes.reserve(spec.nodes.size());
  for (const NodeSpec& node : spec.nodes) {
    const bool is_input = std::holds_alternative<InputSpec>(node.layer);
    if (is_input != node.inputs.empty()) {
      throw ShapeError("layer " + quoted(node.name) +
                       (is_input ? ": an input takes nothing" : " has no input"));
    }
    std::vector<Shape> in;
    for (const Value& value : node.inputs) {
      if (value.node >= shapes.size() || value.index >= shapes[value.node].size()) {
        throw ShapeError("layer " + quoted(node.name) + ": inputs must come before it");
      }
      in.push_back(shapes[value.node][value.index]);
    }
    shapes.push_back(std::visit(ShapeRule{node.name, in}, node.layer));
  }
  if (shapes.empty()) throw ShapeError("a model needs at least an input");
  return shapes;
}

std::vector<Value> outputs_of(const GraphSpec& spec, const Shapes& shapes) {
  std::vector<Value> outputs = spec.outputs;
  for (std::size_t i = 0; spec.outputs.empty() && i < shapes.back().size(); ++i) {
    outputs.emplace_back(shapes.size() - 1, i);
  }
  for (const Value& value : outputs) {
    if (value.node >= shapes.size() || value.index >= shapes[value.node].size()) {
      throw ShapeError("an output of the model is no value of any layer");
    }
  }
  return outputs;
}

}  // namespace lstmetrics::lstm
