// What a model is, before it is made to run: layers in topological order with their options and,
// where known, their weights. Formats read into it; Graph packs it.
//
// Weights have Keras's layout, whatever format they came from: an LSTM's kernel is
// [inputs][4 * units] and its recurrent kernel [units][4 * units] with the gates i, f, g, o side
// by side; a Dense kernel is [inputs][units]; an embedding table [vocabulary][units].
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::lstm {

using kernels::Activation;

inline constexpr std::size_t kGates = 4;

// The shape of one sample's value at a node; the batch dimension is left out.
struct Shape {
  bool ids = false;                  // int32 token ids [steps], no features
  bool sequence = false;             // has a time dimension
  std::optional<std::size_t> steps;  // absent: any number
  std::size_t features = 0;

  // As Keras prints it: "(None, 10, 64)".
  LSTMETRICS_API std::string to_string() const;
  bool operator==(const Shape&) const = default;
};

// An array of floats, row-major; empty where there is none.
struct Weight {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

struct InputSpec {
  Shape shape;
};

struct EmbeddingSpec {
  std::size_t vocabulary = 0;
  std::size_t units = 0;
  bool mask_zero = false;  // id 0 is padding: its steps are masked from here on
  Weight table;
};

struct LstmSpec {
  std::size_t units = 0;
  Activation activation = Activation::tanh;
  Activation recurrent_activation = Activation::sigmoid;
  bool return_sequences = false;
  bool go_backwards = false;          // runs from the last step; outputs in the order computed
  bool zero_output_for_mask = false;  // masked steps output 0 (PyTorch), not the previous output
  Weight kernel;
  Weight recurrent_kernel;
  Weight bias;            // empty: zeros
  Weight recurrent_bias;  // added once to bias (PyTorch and ONNX keep two)
};

enum class MergeMode : std::uint8_t { concat, sum, mul, ave };

struct BidirectionalSpec {
  LstmSpec forward;
  LstmSpec backward;
  MergeMode merge_mode = MergeMode::concat;
};

struct DenseSpec {
  std::size_t units = 0;
  Activation activation = Activation::linear;
  Weight kernel;
  Weight bias;  // empty: zeros
};

struct ActivationSpec {
  Activation activation = Activation::linear;
};

struct DropoutSpec {};  // the identity at inference

using LayerSpec = std::variant<InputSpec, EmbeddingSpec, LstmSpec, BidirectionalSpec, DenseSpec,
                               ActivationSpec, DropoutSpec>;

struct NodeSpec {
  std::string name;
  std::vector<std::size_t> inputs;  // nodes before this one
  LayerSpec layer;
};

struct GraphSpec {
  std::vector<NodeSpec> nodes;
};

// The shape at every node. ShapeError in Keras's words where a layer cannot take its input.
LSTMETRICS_API std::vector<Shape> infer_shapes(const GraphSpec& spec);

// ShapeError naming the layer and the weight that is missing or does not fit.
LSTMETRICS_API void check_weights(const GraphSpec& spec, const std::vector<Shape>& shapes);

}  // namespace lstmetrics::lstm
