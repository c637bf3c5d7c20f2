// Specs of layers and graphs, seen from Python by lstmetrics.models.layers.
#include <memory>
#include <string>

#include "core/model_arrays.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/activation_names.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

using lstm::GraphSpec;
using Array = std::optional<Floats>;
using Values = std::vector<std::pair<std::size_t, std::size_t>>;  // (node, index)

// Keeps an array alive from where Python need not be held.
std::shared_ptr<const void> owner_of(const Floats& array) {
  return {new Floats(array), [](const Floats* held) {
            const py::gil_scoped_acquire python;
            delete held;
          }};
}

// Weights that are packed when the graph is made, which is at once: never copied.
lstm::Weight packed_weight_of(const Array& array) {
  lstm::Weight weight;
  if (!array) return weight;
  weight.shape.assign(array->shape(), array->shape() + array->ndim());
  weight.values = {owner_of(*array), array->data(), static_cast<std::size_t>(array->size())};
  return weight;
}

// Other weights are copied, unless nobody may write to them any more, as in a mapped file.
lstm::Weight weight_of(const Array& array) {
  lstm::Weight weight = packed_weight_of(array);
  if (array && array->writeable()) {
    weight.values = std::vector<float>(weight.values.begin(), weight.values.end());
  }
  return weight;
}

std::vector<lstm::Value> values_of(const Values& values) {
  std::vector<lstm::Value> found;
  for (const auto& [node, index] : values) found.emplace_back(node, index);
  return found;
}

std::size_t append(GraphSpec& spec, const std::string& name, const Values& inputs,
                   lstm::LayerSpec layer) {
  spec.nodes.push_back({name, values_of(inputs), std::move(layer)});
  return spec.nodes.size() - 1;
}

// The value of a name in a table; UnsupportedError tells which names there are.
template <class Value, std::size_t kSize>
Value named(const std::string& layer, const char* argument, const std::string& name,
            const std::pair<const char*, Value> (&table)[kSize]) {
  std::string known;
  for (const auto& [key, value] : table) {
    if (name == key) return value;
    if (!known.empty()) known += ", ";
    known += key;
  }
  std::string message = "layer \"";
  message += layer;
  message += "\": ";
  message += argument;
  message += " \"";
  message += name;
  message += "\" is not supported; supported are ";
  throw UnsupportedError(message + known);
}

lstm::LstmSpec lstm_spec(std::size_t units, const std::string& name, const std::string& activation,
                         const std::string& recurrent_activation,
                         const std::optional<std::string>& output_activation, bool return_sequences,
                         bool return_state, bool go_backwards, bool restore_order,
                         const std::string& masked_output, bool clear_empty_rows, float clip,
                         std::size_t proj_size, const Array& kernel, const Array& recurrent_kernel,
                         const Array& bias, const Array& recurrent_bias, const Array& projection) {
  using lstm::MaskedOutput;
  lstm::LstmSpec spec;
  spec.units = units;
  spec.activation = lstm::activation_from_name(name, activation);
  spec.recurrent_activation = lstm::activation_from_name(name, recurrent_activation);
  if (output_activation) {
    spec.output_activation = lstm::activation_from_name(name, *output_activation);
  }
  spec.return_sequences = return_sequences;
  spec.return_state = return_state;
  spec.go_backwards = go_backwards;
  spec.restore_order = restore_order;
  spec.masked_output = named<MaskedOutput>(name, "masked_output", masked_output,
                                           {{"previous", MaskedOutput::previous},
                                            {"zeros", MaskedOutput::zeros},
                                            {"state", MaskedOutput::state}});
  spec.clear_empty_rows = clear_empty_rows;
  spec.clip = clip;
  spec.proj_size = proj_size;
  spec.kernel = packed_weight_of(kernel);
  spec.recurrent_kernel = packed_weight_of(recurrent_kernel);
  spec.bias = weight_of(bias);
  spec.recurrent_bias = weight_of(recurrent_bias);
  spec.projection = packed_weight_of(projection);
  return spec;
}

lstm::WindowSpec window_spec(const std::string& layer, std::size_t size, std::size_t stride,
                             std::size_t dilation, const std::string& padding) {
  using lstm::Padding;
  return {size, stride, dilation,
          named<Padding>(
              layer, "padding", padding,
              {{"valid", Padding::valid}, {"same", Padding::same}, {"causal", Padding::causal}})};
}

void register_inputs(py::class_<GraphSpec>& graph) {
  graph.def(
      "add_ids_input",
      [](GraphSpec& self, const std::string& name, std::optional<std::size_t> steps) {
        return append(self, name, {}, lstm::InputSpec{{true, true, steps, 0}});
      },
      py::arg("name"), py::arg("steps"));
  graph.def(
      "add_features_input",
      [](GraphSpec& self, const std::string& name, bool sequence, std::optional<std::size_t> steps,
         std::size_t features) {
        return append(self, name, {}, lstm::InputSpec{{false, sequence, steps, features}});
      },
      py::arg("name"), py::arg("sequence"), py::arg("steps"), py::arg("features"));
  graph.def(
      "set_outputs",
      [](GraphSpec& self, const Values& outputs) { self.outputs = values_of(outputs); },
      py::arg("outputs"), "The model's outputs; by default all values of the last node.");
  graph.def(
      "shapes",
      [](const GraphSpec& self) {
        py::typing::List<py::typing::List<ShapeTuple>> shapes;
        for (const auto& values : lstm::infer_shapes(self)) {
          py::typing::List<ShapeTuple> own;
          for (const lstm::Shape& shape : values) own.append(shape_tuple(shape));
          shapes.append(own);
        }
        return shapes;
      },
      "The shapes of the values of every node, Keras's way: None is the batch.");
}

void register_step_layers(py::class_<GraphSpec>& graph) {
  graph.def(
      "add_embedding",
      [](GraphSpec& self, const std::string& name, const Values& inputs, std::size_t vocabulary,
         std::size_t units, bool mask_zero, const Array& table) {
        return append(self, name, inputs,
                      lstm::EmbeddingSpec{vocabulary, units, mask_zero, weight_of(table)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("vocabulary"), py::arg("units"),
      py::arg("mask_zero"), py::arg("table"));
  graph.def(
      "add_masking",
      [](GraphSpec& self, const std::string& name, const Values& inputs, float value) {
        return append(self, name, inputs, lstm::MaskingSpec{value});
      },
      py::arg("name"), py::arg("inputs"), py::arg("value"));
  graph.def(
      "add_dense",
      [](GraphSpec& self, const std::string& name, const Values& inputs, std::size_t units,
         const std::string& activation, const Array& kernel, const Array& bias) {
        return append(self, name, inputs,
                      lstm::DenseSpec{units, lstm::activation_from_name(name, activation),
                                      packed_weight_of(kernel), weight_of(bias)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("units"), py::arg("activation"),
      py::arg("kernel"), py::arg("bias"));
  graph.def(
      "add_activation",
      [](GraphSpec& self, const std::string& name, const Values& inputs,
         const std::string& activation) {
        return append(self, name, inputs,
                      lstm::ActivationSpec{lstm::activation_from_name(name, activation)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("activation"));
  graph.def(
      "add_identity",
      [](GraphSpec& self, const std::string& name, const Values& inputs) {
        return append(self, name, inputs, lstm::DropoutSpec{});
      },
      py::arg("name"), py::arg("inputs"));
  graph.def(
      "add_layer_normalization",
      [](GraphSpec& self, const std::string& name, const Values& inputs, double epsilon,
         const Array& gamma, const Array& beta) {
        return append(self, name, inputs,
                      lstm::LayerNormalizationSpec{epsilon, weight_of(gamma), weight_of(beta)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("epsilon"), py::arg("gamma"), py::arg("beta"));
  graph.def(
      "add_batch_normalization",
      [](GraphSpec& self, const std::string& name, const Values& inputs, double epsilon,
         const Array& gamma, const Array& beta, const Array& mean, const Array& variance) {
        return append(self, name, inputs,
                      lstm::BatchNormalizationSpec{epsilon, weight_of(gamma), weight_of(beta),
                                                   weight_of(mean), weight_of(variance)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("epsilon"), py::arg("gamma"), py::arg("beta"),
      py::arg("mean"), py::arg("variance"));
}

void register_recurrent_layers(py::module_& module, py::class_<GraphSpec>& graph) {
  py::class_<lstm::LstmSpec>(module, "LstmSpec")
      .def(py::init(&lstm_spec), py::kw_only(), py::arg("units"), py::arg("name"),
           py::arg("activation"), py::arg("recurrent_activation"), py::arg("output_activation"),
           py::arg("return_sequences"), py::arg("return_state"), py::arg("go_backwards"),
           py::arg("restore_order"), py::arg("masked_output"), py::arg("clear_empty_rows"),
           py::arg("clip"), py::arg("proj_size"), py::arg("kernel"), py::arg("recurrent_kernel"),
           py::arg("bias"), py::arg("recurrent_bias"), py::arg("projection"));
  graph.def(
      "add_lstm",
      [](GraphSpec& self, const std::string& name, const Values& inputs, lstm::LstmSpec layer) {
        return append(self, name, inputs, std::move(layer));
      },
      py::arg("name"), py::arg("inputs"), py::arg("layer"));
  graph.def(
      "add_bidirectional",
      [](GraphSpec& self, const std::string& name, const Values& inputs, lstm::LstmSpec forward,
         lstm::LstmSpec backward, const std::string& merge_mode) {
        using lstm::MergeMode;
        const auto mode = named<MergeMode>(name, "merge_mode", merge_mode,
                                           {{"concat", MergeMode::concat},
                                            {"sum", MergeMode::sum},
                                            {"mul", MergeMode::mul},
                                            {"ave", MergeMode::ave},
                                            {"none", MergeMode::none}});
        return append(self, name, inputs,
                      lstm::BidirectionalSpec{std::move(forward), std::move(backward), mode});
      },
      py::arg("name"), py::arg("inputs"), py::arg("forward"), py::arg("backward"),
      py::arg("merge_mode"));
}

void register_other_layers(py::class_<GraphSpec>& graph) {
  graph.def(
      "add_merge",
      [](GraphSpec& self, const std::string& name, const Values& inputs, const std::string& merge,
         const std::string& masks) {
        using lstm::Merge;
        using lstm::MergeMasks;
        const auto how = named<Merge>(name, "merge", merge,
                                      {{"concatenate_features", Merge::concatenate_features},
                                       {"concatenate_steps", Merge::concatenate_steps},
                                       {"add", Merge::add},
                                       {"average", Merge::average},
                                       {"multiply", Merge::multiply}});
        const auto join = named<MergeMasks>(name, "masks", masks,
                                            {{"any", MergeMasks::any}, {"all", MergeMasks::all}});
        return append(self, name, inputs, lstm::MergeSpec{how, join});
      },
      py::arg("name"), py::arg("inputs"), py::arg("merge"), py::arg("masks"));
  graph.def(
      "add_conv1d",
      [](GraphSpec& self, const std::string& name, const Values& inputs, std::size_t filters,
         std::size_t size, std::size_t stride, std::size_t dilation, const std::string& padding,
         std::size_t groups, const std::string& activation, const Array& kernel,
         const Array& bias) {
        return append(self, name, inputs,
                      lstm::Conv1dSpec{filters, window_spec(name, size, stride, dilation, padding),
                                       groups, lstm::activation_from_name(name, activation),
                                       weight_of(kernel), weight_of(bias)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("filters"), py::arg("size"), py::arg("stride"),
      py::arg("dilation"), py::arg("padding"), py::arg("groups"), py::arg("activation"),
      py::arg("kernel"), py::arg("bias"));
  graph.def(
      "add_max_pooling1d",
      [](GraphSpec& self, const std::string& name, const Values& inputs, std::size_t size,
         std::size_t stride, const std::string& padding) {
        return append(self, name, inputs,
                      lstm::MaxPooling1dSpec{window_spec(name, size, stride, 1, padding)});
      },
      py::arg("name"), py::arg("inputs"), py::arg("size"), py::arg("stride"), py::arg("padding"));
  graph.def(
      "add_global_pooling",
      [](GraphSpec& self, const std::string& name, const Values& inputs, const std::string& pool,
         bool keep_dims) {
        using lstm::GlobalPool;
        const auto how = named<GlobalPool>(
            name, "pool", pool, {{"average", GlobalPool::average}, {"max", GlobalPool::max}});
        return append(self, name, inputs, lstm::GlobalPoolingSpec{how, keep_dims});
      },
      py::arg("name"), py::arg("inputs"), py::arg("pool"), py::arg("keep_dims"));
  graph.def(
      "add_flatten",
      [](GraphSpec& self, const std::string& name, const Values& inputs) {
        return append(self, name, inputs, lstm::FlattenSpec{});
      },
      py::arg("name"), py::arg("inputs"));
  graph.def(
      "add_take_step",
      [](GraphSpec& self, const std::string& name, const Values& inputs, std::int64_t index) {
        return append(self, name, inputs, lstm::TakeStepSpec{index});
      },
      py::arg("name"), py::arg("inputs"), py::arg("index"));
}

}  // namespace

void register_model_specs(py::module_& module) {
  py::class_<GraphSpec> graph(module, "GraphSpec");
  graph.def(py::init<>());
  graph.def(
      "set_precision",
      [](GraphSpec& self, const std::string& precision) {
        self.precision = precision_named(precision);
      },
      py::arg("precision"), "float32, bf16 or int8: how tables and matrices are held.");
  register_inputs(graph);
  register_step_layers(graph);
  register_recurrent_layers(module, graph);
  register_other_layers(graph);
}

}  // namespace lstmetrics::border
