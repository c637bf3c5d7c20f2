// Graphs and sessions, seen from Python by lstmetrics.models.
#include <memory>
#include <string>
#include <tuple>

#include "core/model_arrays.hpp"
#include "core/model_calls.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

// What Python gets, with the types that its stub shows.
using RunResult = py::typing::Tuple<py::typing::List<Floats>, StateList>;
using LossResult = py::typing::Tuple<py::array_t<double>, Flags, Flags, StateList>;

// Rounds other types to float in the known environment, whatever the caller's.
Floats float32_array(const py::array& array) {
  return runtime::enter([&] { return Floats(array); });
}

RunResult run(const lstm::Session& self, std::vector<InputArrays> inputs, std::size_t batch_size,
              std::optional<States> initial_state) {
  const lstm::Graph& graph = self.graph();
  const Call call(graph, std::move(inputs), std::move(initial_state));
  OutputArrays outputs(graph, call.inputs);
  FinalArrays states(graph, call.rows());
  {
    const py::gil_scoped_release released;
    self.run(call.inputs, batch_size, call.initial, outputs.pointers, states.pointers);
  }
  return py::make_tuple(std::move(outputs.arrays), std::move(states.arrays));
}

// The most usual calls, ids alone to values alone: what else a call may take costs a small model as
// much time as its work.
py::typing::List<Floats> run_ids(const lstm::Session& self, const Ids& ids,
                                 std::size_t batch_size) {
  const std::vector<lstm::Input> inputs{input_of_ids(ids)};
  OutputArrays outputs(self.graph(), inputs);
  {
    const py::gil_scoped_release released;
    self.run(inputs, batch_size, {}, outputs.pointers, {});
  }
  return std::move(outputs.arrays);
}

decltype(SequenceOutputs::arrays) run_sequences(const lstm::Session& self,
                                                const std::optional<Ids>& ids,
                                                const std::optional<Floats>& features,
                                                const Ids& lengths, std::size_t batch_size,
                                                std::size_t first_row) {
  const SequenceInput input(ids, features, lengths, first_row);
  SequenceOutputs outputs(self.graph(), input.input);
  {
    const py::gil_scoped_release released;
    self.run_sequences(input.input, batch_size, outputs.values);
  }
  return std::move(outputs.arrays);
}

py::typing::List<Floats> step_ids(lstm::Stream& self, const Ids& ids) {
  const std::vector<lstm::Input> inputs{input_of_ids(ids)};
  OutputArrays outputs(self.graph(), inputs, /*with_steps=*/false);
  {
    const py::gil_scoped_release released;
    self.step(inputs, outputs.pointers);
  }
  return std::move(outputs.arrays);
}

LossResult token_losses(const lstm::Session& self, InputArrays input, const Ids& targets,
                        std::optional<std::int64_t> ignore_index, std::size_t batch_size,
                        std::optional<States> initial_state) {
  const lstm::Graph& graph = self.graph();
  graph.expect_language_model();
  std::vector<InputArrays> inputs;
  inputs.push_back(std::move(input));
  const Call call(graph, std::move(inputs), std::move(initial_state));
  const std::vector<std::size_t> shape{call.rows(), call.inputs[0].steps};
  expect_shape("targets", targets, shape);
  py::array_t<double> loss(shape);
  Flags counted(shape);
  Flags correct(shape);
  FinalArrays states(graph, call.rows());
  const lstm::TokenLosses out{loss.mutable_data(), counted.mutable_data(), correct.mutable_data()};
  const std::int64_t* target_data = targets.data();
  {
    const py::gil_scoped_release released;
    self.token_losses(call.inputs[0], target_data, ignore_index, batch_size, call.initial, out,
                      states.pointers);
  }
  return py::make_tuple(std::move(loss), std::move(counted), std::move(correct),
                        std::move(states.arrays));
}

// The rows a stream runs, with arrays in and out of one step.
py::typing::List<Floats> step(lstm::Stream& self, std::vector<InputArrays> inputs) {
  const Call call(self.graph(), std::move(inputs), std::nullopt);
  OutputArrays outputs(self.graph(), call.inputs, /*with_steps=*/false);
  {
    const py::gil_scoped_release released;
    self.step(call.inputs, outputs.pointers);
  }
  return std::move(outputs.arrays);
}

StateList stream_states(const lstm::Stream& self) {
  FinalArrays states(self.graph(), self.rows());
  self.get_states(states.pointers);
  return std::move(states.arrays);
}

void set_stream_states(lstm::Stream& self, const States& states) {
  lstm::InitialStates pointers;
  take_states(self.graph(), states, self.rows(), pointers);
  self.set_states(pointers);
}

void register_graph(py::module_& module) {
  using Graph = lstm::Graph;
  py::class_<Graph, std::shared_ptr<Graph>>(module, "Graph")
      .def(py::init([](const lstm::GraphSpec& spec) {
             return runtime::enter([&] { return std::make_shared<Graph>(spec); });
           }),
           py::arg("spec"))
      .def_property_readonly("input_shapes",
                             [](const Graph& self) {
                               py::typing::List<ShapeTuple> shapes;
                               for (const Graph::InputPort& port : self.inputs()) {
                                 shapes.append(shape_tuple(port.shape));
                               }
                               return shapes;
                             })
      .def_property_readonly("output_shapes",
                             [](const Graph& self) {
                               py::typing::List<ShapeTuple> shapes;
                               for (std::size_t i = 0; i < self.output_count(); ++i) {
                                 shapes.append(shape_tuple(self.output_shape(i)));
                               }
                               return shapes;
                             })
      .def_property_readonly("is_language_model", &Graph::is_language_model)
      .def("expect_language_model", &Graph::expect_language_model)
      .def_property_readonly("is_causal", &Graph::is_causal)
      .def_property_readonly("obstacle", &Graph::obstacle)
      .def_property_readonly("state_slots", [](const Graph& self) {
        std::vector<std::tuple<std::string, std::size_t, std::size_t>> slots;
        for (const lstm::StateSlot& slot : self.state_slots()) {
          slots.emplace_back(slot.layer, slot.outputs, slot.units);
        }
        return slots;
      });
}

}  // namespace

void register_models(py::module_& module) {
  module.def("float32_array", &float32_array, py::arg("array"),
             "A contiguous array of float32; numpy alone would round as the caller's mode says.");
  register_model_specs(module);
  register_graph(module);
  using Graph = lstm::Graph;
  py::class_<lstm::Session>(module, "Session")
      .def(py::init([](std::shared_ptr<Graph> graph) {
             return std::make_unique<lstm::Session>(std::move(graph));
           }),
           py::arg("graph"))
      .def("run", &run, py::kw_only(), py::arg("inputs"), py::arg("batch_size"),
           py::arg("initial_state"))
      .def("run_ids", &run_ids, py::arg("ids"), py::arg("batch_size"))
      .def("run_sequences", &run_sequences, py::kw_only(), py::arg("ids"), py::arg("features"),
           py::arg("lengths"), py::arg("batch_size"), py::arg("first_row"))
      .def("token_losses", &token_losses, py::kw_only(), py::arg("input"), py::arg("targets"),
           py::arg("ignore_index"), py::arg("batch_size"), py::arg("initial_state"));

  py::class_<lstm::Stream>(module, "Stream")
      .def(py::init([](std::shared_ptr<Graph> graph, std::size_t rows) {
             return std::make_unique<lstm::Stream>(std::move(graph), rows);
           }),
           py::arg("graph"), py::arg("rows"))
      .def("step", &step, py::arg("inputs"))
      .def("step_ids", &step_ids, py::arg("ids"))
      .def("reset", py::overload_cast<>(&lstm::Stream::reset))
      .def(
          "reset_rows",
          [](lstm::Stream& self, const std::vector<std::int64_t>& rows) { self.reset(rows); },
          py::arg("rows"))
      .def_property("states", &stream_states, &set_stream_states);
}

}  // namespace lstmetrics::border
