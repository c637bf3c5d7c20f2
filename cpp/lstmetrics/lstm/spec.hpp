// What a model is, before it is made to run: layers in topological order with their options and,
// where known, their weights. Formats read into it; Graph packs it.
//
// Weights have Keras's layout, whatever format they came from: an LSTM's kernel is
// [inputs][4 * units] and its recurrent kernel [outputs][4 * units] with the gates i, f, g, o side
// by side; a Dense kernel is [inputs][units]; an embedding table [vocabulary][units]; a Conv1D
// kernel [size][inputs / groups][filters].
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/precision.hpp"
#include "lstmetrics/lstm/shared_floats.hpp"

namespace lstmetrics::lstm {

using kernels::Activation;
using kernels::ActivationFn;

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
  SharedFloats values;
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

// Steps whose features all equal `value` are masked from here on, and zero.
struct MaskingSpec {
  float value = 0;
};

// What an LSTM gives for a step that does not count.
enum class MaskedOutput : std::uint8_t {
  previous,  // the output before it, zeros at first: Keras
  zeros,     // PyTorch's padding; Keras's Bidirectional
  state,     // the hidden state, the initial one at first: Keras before 2.4
};

// Inputs: the sequence, and optionally the initial hidden and cell state. Outputs: the output, and
// with return_state the final hidden and cell state.
struct LstmSpec {
  std::size_t units = 0;
  ActivationFn activation = {Activation::tanh};  // of the candidate g
  ActivationFn recurrent_activation = {Activation::sigmoid};
  std::optional<ActivationFn> output_activation;  // of the cell; absent: `activation`
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;   // runs from the last step; outputs in the order computed
  bool restore_order = false;  // those outputs stand at their own steps: ONNX
  MaskedOutput masked_output = MaskedOutput::previous;
  bool clear_empty_rows = false;  // a row without steps ends in zeros, not its initial state: ONNX
  float clip = 0;                 // of the gates' pre-activations: ONNX; 0: none
  Weight kernel;
  Weight recurrent_kernel;
  Weight bias;                // empty: zeros
  Weight recurrent_bias;      // added once to bias (PyTorch and ONNX keep two)
  std::size_t proj_size = 0;  // PyTorch's: the hidden state is projected to so many; 0: it is not
  Weight projection;          // [units][proj_size]

  std::size_t outputs() const noexcept { return proj_size == 0 ? units : proj_size; }
};

enum class MergeMode : std::uint8_t { concat, sum, mul, ave, none };

// Inputs as an LSTM's, the backward layer's states behind the forward layer's. Outputs: the merged
// output (two of them when nothing is merged), then the states likewise.
struct BidirectionalSpec {
  LstmSpec forward;
  LstmSpec backward;
  MergeMode merge_mode = MergeMode::concat;
};

struct DenseSpec {
  std::size_t units = 0;
  ActivationFn activation;
  Weight kernel;
  Weight bias;  // empty: zeros
};

struct ActivationSpec {
  ActivationFn activation;
};

struct DropoutSpec {};  // the identity at inference, and whatever else is

enum class Merge : std::uint8_t { concatenate_features, concatenate_steps, add, average, multiply };
// Which steps count after a merge: those that count in any input (Keras since 3.4), or in all.
enum class MergeMasks : std::uint8_t { any, all };

struct MergeSpec {
  Merge merge = Merge::add;
  MergeMasks masks = MergeMasks::any;
};

struct LayerNormalizationSpec {
  double epsilon = 1e-3;
  Weight gamma;  // empty: ones
  Weight beta;   // empty: zeros
};

struct BatchNormalizationSpec {
  double epsilon = 1e-3;
  Weight gamma;  // empty: ones
  Weight beta;   // empty: zeros
  Weight mean;
  Weight variance;
};

enum class Padding : std::uint8_t { valid, same, causal };

// Windows of `size` steps, `stride` apart, whose steps are `dilation` apart.
struct WindowSpec {
  std::size_t size = 1;
  std::size_t stride = 1;
  std::size_t dilation = 1;
  Padding padding = Padding::valid;
};

struct Conv1dSpec {
  std::size_t filters = 0;
  WindowSpec window;
  std::size_t groups = 1;
  ActivationFn activation;
  Weight kernel;
  Weight bias;  // empty: zeros
};

struct MaxPooling1dSpec {
  WindowSpec window;
};

// Over the steps of a row. The average is over those that count; the maximum over all, as Keras's.
enum class GlobalPool : std::uint8_t { average, max };
struct GlobalPoolingSpec {
  GlobalPool pool = GlobalPool::max;
  bool keep_dims = false;
};

struct FlattenSpec {};

// One step of each row: from 0 on, or from the row's own end where negative.
struct TakeStepSpec {
  std::int64_t index = -1;
};

using LayerSpec = std::variant<InputSpec, EmbeddingSpec, MaskingSpec, LstmSpec, BidirectionalSpec,
                               DenseSpec, ActivationSpec, DropoutSpec, MergeSpec,
                               LayerNormalizationSpec, BatchNormalizationSpec, Conv1dSpec,
                               MaxPooling1dSpec, GlobalPoolingSpec, FlattenSpec, TakeStepSpec>;

// One of the values that a node gives.
struct Value {
  std::size_t node = 0;
  std::size_t index = 0;
};

struct NodeSpec {
  std::string name;
  std::vector<Value> inputs;  // of nodes before this one
  LayerSpec layer;
};

struct GraphSpec {
  Precision precision = Precision::float32;  // of tables and matrices; vectors stay as they are
  std::vector<NodeSpec> nodes;
  std::vector<Value> outputs;  // empty: all values of the last node
};

// The shapes of the values of each node.
using Shapes = std::vector<std::vector<Shape>>;

// ShapeError in Keras's words where a layer cannot take its input.
LSTMETRICS_API Shapes infer_shapes(const GraphSpec& spec);

// ShapeError naming the layer and the weight that is missing or does not fit.
LSTMETRICS_API void check_weights(const GraphSpec& spec, const Shapes& shapes);

// The model's outputs; checks that there are such values.
LSTMETRICS_API std::vector<Value> outputs_of(const GraphSpec& spec, const Shapes& shapes);

}  // namespace lstmetrics::lstm
