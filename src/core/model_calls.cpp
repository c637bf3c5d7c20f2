#include "core/model_calls.hpp"

#include <algorithm>

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

lstm::Input input_of(const InputArrays& arrays) {
  const auto& [ids, features, mask, lengths] = arrays;
  lstm::Input input;
  if (ids) {
    input = input_of_ids(*ids);
  } else {
    if (!features || features->ndim() < 2 || features->ndim() > 3) {
      throw ShapeError(
          "inputs: features must have shape (batch, timesteps, features) or (batch, features)");
    }
    input.features = features->data();
    input.rows = static_cast<std::size_t>(features->shape(0));
    input.has_time = features->ndim() == 3;
    input.steps = input.has_time ? static_cast<std::size_t>(features->shape(1)) : 1;
    input.feature_count = static_cast<std::size_t>(features->shape(features->ndim() - 1));
  }
  if (!input.has_time && (mask || lengths)) {
    throw ShapeError("inputs without timesteps take neither a mask nor lengths");
  }
  if (mask) {
    expect_shape("mask", *mask, {input.rows, input.steps});
    input.mask = mask->data();
  }
  if (lengths) {
    expect_shape("lengths", *lengths, {input.rows});
    input.lengths = lengths->data();
  }
  return input;
}

}  // namespace

lstm::Input input_of_ids(const Ids& ids) {
  if (ids.ndim() != 2) {
    throw ShapeError("inputs: token ids must have shape (batch, timesteps), got " +
                     std::to_string(ids.ndim()) + " dimensions");
  }
  lstm::Input input;
  input.ids = ids.data();
  input.rows = static_cast<std::size_t>(ids.shape(0));
  input.steps = static_cast<std::size_t>(ids.shape(1));
  return input;
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  return py::str(py::tuple(py::cast(shape))).cast<std::string>();
}

void take_states(const lstm::Graph& graph, const States& states, std::size_t rows,
                 lstm::InitialStates& pointers) {
  const auto& slots = graph.state_slots();
  if (states.size() != slots.size()) {
    throw ShapeError("initial_state must hold one (hidden, cell) pair for each of the model's " +
                     std::to_string(slots.size()) + " recurrent directions, got " +
                     std::to_string(states.size()));
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto& [hidden, cell] = states[i];
    const std::string name = "initial_state of " + slots[i].layer;
    expect_shape(name, hidden, {rows, slots[i].outputs});
    expect_shape(name, cell, {rows, slots[i].units});
    pointers.hidden.push_back(hidden.data());
    pointers.cell.push_back(cell.data());
  }
}

Call::Call(const lstm::Graph& graph, std::vector<InputArrays> given,
           std::optional<States> initial_states)
    : arrays_(std::move(given)), states_(std::move(initial_states)) {
  for (const InputArrays& arrays : arrays_) inputs.push_back(input_of(arrays));
  if (states_) take_states(graph, *states_, rows(), initial);
}

OutputArrays::OutputArrays(const lstm::Graph& graph, const std::vector<lstm::Input>& inputs,
                           bool with_steps) {
  if (inputs.size() != graph.inputs().size()) return;  // refused by whoever runs them
  std::vector<std::size_t> given;
  for (const lstm::Input& input : inputs) given.push_back(input.steps);
  const std::vector<std::size_t> steps = graph.output_steps(given);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const lstm::Shape& shape = graph.output_shape(i);
    std::vector<std::size_t> dimensions{inputs[0].rows};
    if (shape.sequence && with_steps) dimensions.push_back(steps[i]);
    dimensions.push_back(shape.features);
    Floats array(dimensions);
    pointers.push_back(array.mutable_data());
    arrays.append(std::move(array));
  }
}

SequenceInput::SequenceInput(const std::optional<Ids>& ids, const std::optional<Floats>& features,
                             const Ids& lengths, std::size_t first_row) {
  if (lengths.ndim() != 1 || (ids ? ids->ndim() != 1 : !features || features->ndim() != 2)) {
    throw ShapeError("sequences end to end are ids (steps,) or features (steps, features)");
  }
  input.ids = ids ? ids->data() : nullptr;
  if (!ids) {
    input.features = features->data();
    input.feature_count = static_cast<std::size_t>(features->shape(1));
  }
  input.rows = static_cast<std::size_t>(lengths.size());
  input.first_row = first_row;
  input.lengths = lengths.data();
  input.steps = 0;
  std::size_t end = 0;
  starts_.reserve(input.rows);
  const auto total = static_cast<std::size_t>(ids ? ids->shape(0) : features->shape(0));
  for (std::size_t row = 0; row < input.rows; ++row) {
    const auto length = static_cast<std::uint64_t>(input.lengths[row]);  // negative: huge
    if (length > total - end) {
      throw ShapeError("lengths: " + std::to_string(input.lengths[row]) + " at row " +
                       std::to_string(row) + " does not fit the " + std::to_string(total) +
                       " steps that there are");
    }
    starts_.push_back(end);
    end += length;
    input.steps = std::max<std::size_t>(input.steps, length);
  }
  input.starts = starts_.data();
}

SequenceOutputs::SequenceOutputs(const lstm::Graph& graph, const lstm::Input& sequences) {
  if (graph.inputs().size() != 1) return;  // refused by whoever runs them
  const std::size_t rows = sequences.rows;
  starts_.resize(graph.output_count());
  for (std::size_t i = 0; i < graph.output_count(); ++i) {
    const lstm::Shape& shape = graph.output_shape(i);
    std::size_t height = rows;
    Bounds bounds;
    if (shape.sequence) {
      height = 0;
      starts_[i].push_back(0);
      for (std::size_t row = 0; row < rows; ++row) {
        const auto length = static_cast<std::size_t>(sequences.lengths[row]);
        height += graph.output_steps({&length, 1})[i];
        starts_[i].push_back(height);
      }
      bounds.emplace(static_cast<py::ssize_t>(rows + 1));
      std::copy(starts_[i].begin(), starts_[i].end(), bounds->mutable_data());
    }
    Floats array({height, shape.features});
    values.push_back({array.mutable_data(), shape.sequence ? starts_[i].data() : nullptr});
    arrays.append(py::make_tuple(std::move(array), std::move(bounds)));
  }
}

FinalArrays::FinalArrays(const lstm::Graph& graph, std::size_t rows) {
  for (const lstm::StateSlot& slot : graph.state_slots()) {
    Floats hidden({rows, slot.outputs});
    Floats cell({rows, slot.units});
    pointers.hidden.push_back(hidden.mutable_data());
    pointers.cell.push_back(cell.mutable_data());
    arrays.append(py::make_tuple(std::move(hidden), std::move(cell)));
  }
}

}  // namespace lstmetrics::border
