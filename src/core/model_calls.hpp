// The arrays of one call of a model: checked on the way in, made on the way out.
#pragma once

#include <string>
#include <tuple>

#include "core/model_arrays.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/stream.hpp"

namespace lstmetrics::border {

// Ids or features, mask, lengths.
using InputArrays =
    std::tuple<std::optional<Ids>, std::optional<Floats>, std::optional<Flags>, std::optional<Ids>>;
using States = std::vector<std::pair<Floats, Floats>>;  // (hidden, cell) per slot
using StateList = pybind11::typing::List<pybind11::typing::Tuple<Floats, Floats>>;

// Ids (batch, timesteps), which must outlive the input.
lstm::Input input_of_ids(const Ids& ids);

std::string shape_text(const std::vector<std::size_t>& shape);

template <class Array>
void expect_shape(const std::string& name, const Array& array,
                  const std::vector<std::size_t>& expected) {
  const std::vector<std::size_t> found(array.shape(), array.shape() + array.ndim());
  if (found == expected) return;
  throw ShapeError(name + " must have shape " + shape_text(expected) + " to fit the inputs, got " +
                   shape_text(found));
}

// Pointers to initial states, one pair for each slot, checked to be of so many rows.
void take_states(const lstm::Graph& graph, const States& states, std::size_t rows,
                 lstm::InitialStates& pointers);

// The inputs of one call. It keeps their arrays alive while the GIL is released.
class Call {
 public:
  Call(const lstm::Graph& graph, std::vector<InputArrays> inputs,
       std::optional<States> initial_states);

  std::size_t rows() const { return inputs.empty() ? 0 : inputs[0].rows; }

  std::vector<lstm::Input> inputs;
  lstm::InitialStates initial;

 private:
  std::vector<InputArrays> arrays_;
  std::optional<States> states_;
};

// Arrays for the outputs of a call, and the pointers the session writes to.
struct OutputArrays {
  OutputArrays(const lstm::Graph& graph, const std::vector<lstm::Input>& inputs,
               bool with_steps = true);
  pybind11::typing::List<Floats> arrays;
  std::vector<float*> pointers;
};

// Sequences end to end, ids (steps,) or features (steps, features), each as long as `lengths` says.
// The arrays must outlive it.
struct SequenceInput {
  SequenceInput(const std::optional<Ids>& ids, const std::optional<Floats>& features,
                const Ids& lengths, std::size_t first_row);
  lstm::Input input;

 private:
  std::vector<std::size_t> starts_;
};

// Outputs of sequences: (rows, features) and None, or (steps, features) end to end and the bounds
// of the rows, one more than there are.
struct SequenceOutputs {
  using Bounds = std::optional<pybind11::array_t<std::int64_t>>;

  SequenceOutputs(const lstm::Graph& graph, const lstm::Input& sequences);
  pybind11::typing::List<pybind11::typing::Tuple<Floats, Bounds>> arrays;
  std::vector<lstm::SequenceValues> values;

 private:
  std::vector<std::vector<std::size_t>> starts_;  // of each output
};

// The same for the final states.
struct FinalArrays {
  FinalArrays(const lstm::Graph& graph, std::size_t rows);
  StateList arrays;
  lstm::FinalStates pointers;
};

}  // namespace lstmetrics::border
