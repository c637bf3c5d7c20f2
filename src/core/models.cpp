// Model specs, graphs and sessions, seen from Python by lstmetrics.models.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/activation_names.hpp"
#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

using Floats = py::array_t<float, py::array::c_style | py::array::forcecast>;
using Ids = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;
using Flags = py::array_t<std::uint8_t, py::array::c_style | py::array::forcecast>;
using States = std::vector<std::pair<Floats, Floats>>;  // (hidden, cell) per slot

// What Python gets, with the types that its stub shows.
using ShapeTuple = py::typing::Tuple<std::optional<std::size_t>, py::ellipsis>;
using StateList = py::typing::List<py::typing::Tuple<Floats, Floats>>;
using RunResult = py::typing::Tuple<Floats, StateList>;
using LossResult = py::typing::Tuple<py::array_t<double>, Flags, Flags, StateList>;

// Rounds other types to float in the known environment, whatever the caller's.
Floats float32_array(const py::array& array) {
  return runtime::enter([&] { return Floats(array); });
}

lstm::Weight weight_of(const std::optional<Floats>& array) {
  lstm::Weight weight;
  if (!array) return weight;
  weight.shape.assign(array->shape(), array->shape() + array->ndim());
  weight.values.assign(array->data(), array->data() + array->size());
  return weight;
}

ShapeTuple shape_tuple(const lstm::Shape& shape) {
  py::list dimensions;
  dimensions.append(py::none());
  if (shape.sequence) dimensions.append(shape.steps ? py::cast(*shape.steps) : py::none());
  if (!shape.ids) dimensions.append(shape.features);
  return ShapeTuple(py::tuple(dimensions));
}

// ---- specs ---------------------------------------------------------------------------------

std::size_t append(lstm::GraphSpec& spec, std::string name, std::size_t input,
                   lstm::LayerSpec layer) {
  spec.nodes.push_back({std::move(name), {input}, std::move(layer)});
  return spec.nodes.size() - 1;
}

lstm::LstmSpec lstm_spec(std::size_t units, const std::string& name, const std::string& activation,
                         const std::string& recurrent_activation, bool return_sequences,
                         bool go_backwards, bool zero_output_for_mask,
                         const std::optional<Floats>& kernel,
                         const std::optional<Floats>& recurrent_kernel,
                         const std::optional<Floats>& bias,
                         const std::optional<Floats>& recurrent_bias) {
  lstm::LstmSpec spec;
  spec.units = units;
  spec.activation = lstm::activation_from_name(name, activation);
  spec.recurrent_activation = lstm::activation_from_name(name, recurrent_activation);
  spec.return_sequences = return_sequences;
  spec.go_backwards = go_backwards;
  spec.zero_output_for_mask = zero_output_for_mask;
  spec.kernel = weight_of(kernel);
  spec.recurrent_kernel = weight_of(recurrent_kernel);
  spec.bias = weight_of(bias);
  spec.recurrent_bias = weight_of(recurrent_bias);
  return spec;
}

lstm::MergeMode merge_mode_from_name(const std::string& layer, const std::string& name) {
  if (name == "concat") return lstm::MergeMode::concat;
  if (name == "sum") return lstm::MergeMode::sum;
  if (name == "mul") return lstm::MergeMode::mul;
  if (name == "ave") return lstm::MergeMode::ave;
  throw UnsupportedError("layer \"" + layer + "\": merge_mode \"" + name +
                         "\" is not supported; supported are concat, sum, mul, ave");
}

void register_specs(py::module_& module) {
  using lstm::GraphSpec;
  py::class_<lstm::LstmSpec>(module, "LstmSpec")
      .def(py::init(&lstm_spec), py::kw_only(), py::arg("units"), py::arg("name"),
           py::arg("activation"), py::arg("recurrent_activation"), py::arg("return_sequences"),
           py::arg("go_backwards"), py::arg("zero_output_for_mask"), py::arg("kernel"),
           py::arg("recurrent_kernel"), py::arg("bias"), py::arg("recurrent_bias"));

  py::class_<GraphSpec>(module, "GraphSpec")
      .def(py::init<>())
      .def(
          "add_ids_input",
          [](GraphSpec& self, std::optional<std::size_t> steps) {
            self.nodes.push_back({"input", {}, lstm::InputSpec{{true, true, steps, 0}}});
          },
          py::arg("steps"))
      .def(
          "add_features_input",
          [](GraphSpec& self, bool sequence, std::optional<std::size_t> steps,
             std::size_t features) {
            self.nodes.push_back(
                {"input", {}, lstm::InputSpec{{false, sequence, steps, features}}});
          },
          py::arg("sequence"), py::arg("steps"), py::arg("features"))
      .def(
          "add_embedding",
          [](GraphSpec& self, std::string name, std::size_t input, std::size_t vocabulary,
             std::size_t units, bool mask_zero, const std::optional<Floats>& table) {
            return append(self, std::move(name), input,
                          lstm::EmbeddingSpec{vocabulary, units, mask_zero, weight_of(table)});
          },
          py::arg("name"), py::arg("input"), py::arg("vocabulary"), py::arg("units"),
          py::arg("mask_zero"), py::arg("table"))
      .def(
          "add_lstm",
          [](GraphSpec& self, std::string name, std::size_t input, lstm::LstmSpec layer) {
            return append(self, std::move(name), input, std::move(layer));
          },
          py::arg("name"), py::arg("input"), py::arg("layer"))
      .def(
          "add_bidirectional",
          [](GraphSpec& self, const std::string& name, std::size_t input, lstm::LstmSpec forward,
             lstm::LstmSpec backward, const std::string& merge_mode) {
            return append(self, name, input,
                          lstm::BidirectionalSpec{std::move(forward), std::move(backward),
                                                  merge_mode_from_name(name, merge_mode)});
          },
          py::arg("name"), py::arg("input"), py::arg("forward"), py::arg("backward"),
          py::arg("merge_mode"))
      .def(
          "add_dense",
          [](GraphSpec& self, const std::string& name, std::size_t input, std::size_t units,
             const std::string& activation, const std::optional<Floats>& kernel,
             const std::optional<Floats>& bias) {
            return append(self, name, input,
                          lstm::DenseSpec{units, lstm::activation_from_name(name, activation),
                                          weight_of(kernel), weight_of(bias)});
          },
          py::arg("name"), py::arg("input"), py::arg("units"), py::arg("activation"),
          py::arg("kernel"), py::arg("bias"))
      .def(
          "add_activation",
          [](GraphSpec& self, const std::string& name, std::size_t input,
             const std::string& activation) {
            return append(self, name, input,
                          lstm::ActivationSpec{lstm::activation_from_name(name, activation)});
          },
          py::arg("name"), py::arg("input"), py::arg("activation"))
      .def(
          "add_dropout",
          [](GraphSpec& self, std::string name, std::size_t input) {
            return append(self, std::move(name), input, lstm::DropoutSpec{});
          },
          py::arg("name"), py::arg("input"))
      .def(
          "shapes",
          [](const GraphSpec& self) {
            py::typing::List<ShapeTuple> shapes;
            for (const lstm::Shape& shape : lstm::infer_shapes(self)) {
              shapes.append(shape_tuple(shape));
            }
            return shapes;
          },
          "The output shape at every node, Keras's way: None is the batch.");
}

// ---- sessions ------------------------------------------------------------------------------

// Arrays of one call, checked to be of one batch. It keeps them alive while the GIL is released.
class Call {
 public:
  Call(const lstm::Graph& graph, std::optional<Ids> ids, std::optional<Floats> features,
       std::optional<Flags> mask, std::optional<Ids> lengths, std::optional<States> initial_states)
      : ids_(std::move(ids)),
        features_(std::move(features)),
        mask_(std::move(mask)),
        lengths_(std::move(lengths)),
        initial_(std::move(initial_states)) {
    take_values();
    if (mask_) {
      expect_shape("mask", *mask_, {inputs.rows, inputs.steps});
      inputs.mask = mask_->data();
    }
    if (lengths_) {
      expect_shape("lengths", *lengths_, {inputs.rows});
      inputs.lengths = lengths_->data();
    }
    if (initial_) take_states(graph);
  }

  template <class Array>
  static void expect_shape(const char* name, const Array& array,
                           const std::vector<std::size_t>& expected) {
    const std::vector<std::size_t> found(array.shape(), array.shape() + array.ndim());
    if (found == expected) return;
    throw ShapeError(std::string(name) + " must have shape " + text(expected) +
                     " to fit the inputs, got " + text(found));
  }

  lstm::Inputs inputs;
  lstm::InitialStates initial;

 private:
  static std::string text(const std::vector<std::size_t>& shape) {
    return py::str(py::tuple(py::cast(shape))).cast<std::string>();
  }

  void take_values() {
    if (ids_) {
      if (ids_->ndim() != 2) {
        throw ShapeError("inputs: token ids must have shape (batch, timesteps), got " +
                         std::to_string(ids_->ndim()) + " dimensions");
      }
      inputs.ids = ids_->data();
      inputs.rows = static_cast<std::size_t>(ids_->shape(0));
      inputs.steps = static_cast<std::size_t>(ids_->shape(1));
      return;
    }
    if (!features_ || features_->ndim() < 2 || features_->ndim() > 3) {
      throw ShapeError(
          "inputs: features must have shape (batch, timesteps, features) or (batch, features)");
    }
    inputs.features = features_->data();
    inputs.rows = static_cast<std::size_t>(features_->shape(0));
    inputs.has_time = features_->ndim() == 3;
    inputs.steps = inputs.has_time ? static_cast<std::size_t>(features_->shape(1)) : 1;
    inputs.feature_count = static_cast<std::size_t>(features_->shape(features_->ndim() - 1));
  }

  void take_states(const lstm::Graph& graph) {
    const auto& slots = graph.state_slots();
    if (initial_->size() != slots.size()) {
      throw ShapeError("initial_state must hold one (hidden, cell) pair for each of the model's " +
                       std::to_string(slots.size()) + " recurrent directions, got " +
                       std::to_string(initial_->size()));
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto& [hidden, cell] = (*initial_)[i];
      const std::string name = "initial_state of " + slots[i].layer;
      expect_shape(name.c_str(), hidden, {inputs.rows, slots[i].units});
      expect_shape(name.c_str(), cell, {inputs.rows, slots[i].units});
      initial.hidden.push_back(hidden.data());
      initial.cell.push_back(cell.data());
    }
  }

  std::optional<Ids> ids_;
  std::optional<Floats> features_;
  std::optional<Flags> mask_;
  std::optional<Ids> lengths_;
  std::optional<States> initial_;
};

// Arrays for the final states, and the pointers the session writes to.
struct FinalArrays {
  FinalArrays(const lstm::Graph& graph, std::size_t rows) {
    for (const lstm::StateSlot& slot : graph.state_slots()) {
      Floats hidden({rows, slot.units});
      Floats cell({rows, slot.units});
      pointers.hidden.push_back(hidden.mutable_data());
      pointers.cell.push_back(cell.mutable_data());
      arrays.append(py::make_tuple(std::move(hidden), std::move(cell)));
    }
  }
  StateList arrays;
  lstm::FinalStates pointers;
};

RunResult run(const lstm::Session& self, std::optional<Ids> ids, std::optional<Floats> features,
              std::optional<Flags> mask, std::optional<Ids> lengths, std::size_t batch_size,
              std::optional<States> initial_state) {
  const lstm::Graph& graph = self.graph();
  const Call call(graph, std::move(ids), std::move(features), std::move(mask), std::move(lengths),
                  std::move(initial_state));
  std::vector<std::size_t> shape{call.inputs.rows};
  if (graph.output_shape().sequence) shape.push_back(call.inputs.steps);
  shape.push_back(graph.output_shape().features);
  Floats values(shape);
  FinalArrays states(graph, call.inputs.rows);
  float* out = values.mutable_data();
  {
    const py::gil_scoped_release released;
    self.run(call.inputs, batch_size, call.initial, out, states.pointers);
  }
  return py::make_tuple(std::move(values), std::move(states.arrays));
}

LossResult token_losses(const lstm::Session& self, std::optional<Ids> ids,
                        std::optional<Floats> features, const Ids& targets,
                        std::optional<std::int64_t> ignore_index, std::optional<Flags> mask,
                        std::optional<Ids> lengths, std::size_t batch_size,
                        std::optional<States> initial_state) {
  const lstm::Graph& graph = self.graph();
  graph.expect_language_model();
  const Call call(graph, std::move(ids), std::move(features), std::move(mask), std::move(lengths),
                  std::move(initial_state));
  const std::vector<std::size_t> shape{call.inputs.rows, call.inputs.steps};
  Call::expect_shape("targets", targets, shape);
  py::array_t<double> loss(shape);
  Flags counted(shape);
  Flags correct(shape);
  FinalArrays states(graph, call.inputs.rows);
  const lstm::TokenLosses out{loss.mutable_data(), counted.mutable_data(), correct.mutable_data()};
  const std::int64_t* target_data = targets.data();
  {
    const py::gil_scoped_release released;
    self.token_losses(call.inputs, target_data, ignore_index, batch_size, call.initial, out,
                      states.pointers);
  }
  return py::make_tuple(std::move(loss), std::move(counted), std::move(correct),
                        std::move(states.arrays));
}

}  // namespace

void register_models(py::module_& module) {
  module.def("float32_array", &float32_array, py::arg("array"),
             "A contiguous array of float32; numpy alone would round as the caller's mode says.");
  register_specs(module);
  using Graph = lstm::Graph;
  py::class_<Graph, std::shared_ptr<Graph>>(module, "Graph")
      .def(py::init([](const lstm::GraphSpec& spec) {
             return runtime::enter([&] { return std::make_shared<Graph>(spec); });
           }),
           py::arg("spec"))
      .def_property_readonly("output_shape",
                             [](const Graph& self) { return shape_tuple(self.output_shape()); })
      .def_property_readonly("vocabulary", &Graph::vocabulary)
      .def_property_readonly("is_language_model", &Graph::is_language_model)
      .def_property_readonly("is_causal", &Graph::is_causal)
      .def_property_readonly("state_slots", [](const Graph& self) {
        std::vector<std::tuple<std::string, std::size_t>> slots;
        for (const lstm::StateSlot& slot : self.state_slots()) {
          slots.emplace_back(slot.layer, slot.units);
        }
        return slots;
      });

  py::class_<lstm::Session>(module, "Session")
      .def(py::init([](std::shared_ptr<Graph> graph) {
             return std::make_unique<lstm::Session>(std::move(graph));
           }),
           py::arg("graph"))
      .def("run", &run, py::kw_only(), py::arg("ids"), py::arg("features"), py::arg("mask"),
           py::arg("lengths"), py::arg("batch_size"), py::arg("initial_state"))
      .def("token_losses", &token_losses, py::kw_only(), py::arg("ids"), py::arg("features"),
           py::arg("targets"), py::arg("ignore_index"), py::arg("mask"), py::arg("lengths"),
           py::arg("batch_size"), py::arg("initial_state"));
}

}  // namespace lstmetrics::border
