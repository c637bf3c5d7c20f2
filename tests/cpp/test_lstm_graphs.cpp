// Graphs that are no chains, windows, and streams.
#include <algorithm>
#include <cmath>
#include <limits>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/stream.hpp"
#include "lstmetrics/lstm/windows.hpp"
#include "lstmetrics/runtime/isa.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_lstm_models.hpp"

using lstmetrics::ShapeError;
using lstmetrics::UnsupportedError;
using namespace lstm_models;

namespace {

constexpr std::size_t kFeatures = 4;

// Two sequences; their LSTMs, the second from the first's states; both outputs side by side, and a
// convolution's largest values.
lstm::GraphSpec two_branches() {
  const lstm::Shape sequence{false, true, std::nullopt, kFeatures};
  lstm::LstmSpec first = random_lstm(kFeatures, 5, 1, true);
  first.return_state = true;
  lstm::GraphSpec spec;
  spec.nodes = {
      {"a", {}, lstm::InputSpec{sequence}},
      {"b", {}, lstm::InputSpec{sequence}},
      {"first", {{0}}, first},
      {"second", {{1}, {2, 1}, {2, 2}}, random_lstm(kFeatures, 5, 2, true)},
      {"both", {{2}, {3}}, lstm::MergeSpec{lstm::Merge::concatenate_features, {}}},
      {"filters",
       {{4}},
       lstm::Conv1dSpec{3,
                        {3, 1, 1, lstm::Padding::same},
                        1,
                        {},
                        random_weight({3, 10, 3}, 3),
                        random_weight({3}, 4)}},
      {"largest", {{5}}, lstm::GlobalPoolingSpec{}},
  };
  spec.outputs = {{6}, {4}, {2, 2}};
  return spec;
}

struct TwoInputs {
  TwoInputs(std::size_t rows, std::size_t steps)
      : a(random_weight({rows, steps, kFeatures}, 5)),
        b(random_weight({rows, steps, kFeatures}, 6)) {
    for (const lstm::Weight* values : {&a, &b}) {
      lstm::Input input;
      input.rows = rows;
      input.steps = steps;
      input.features = values->values.data();
      input.feature_count = kFeatures;
      inputs.push_back(input);
    }
  }
  lstm::Weight a;
  lstm::Weight b;
  std::vector<lstm::Input> inputs;
};

std::vector<std::vector<float>> outputs_of(const lstm::Session& session,
                                           const std::vector<lstm::Input>& inputs,
                                           std::size_t batch_size) {
  const lstm::Graph& graph = session.graph();
  const std::size_t given[] = {inputs[0].steps, inputs[1].steps};
  const std::vector<std::size_t> steps = graph.output_steps(given);
  std::vector<std::vector<float>> values;
  std::vector<float*> pointers;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    values.emplace_back(inputs[0].rows * steps[i] * graph.output_shape(i).features);
    pointers.push_back(values.back().data());
  }
  session.run(inputs, batch_size, {}, pointers, {});
  return values;
}

}  // namespace

CASE("lstm graphs: several inputs and outputs, the same bits however they are run") {
  const lstm::Session session(std::make_shared<const lstm::Graph>(two_branches()));
  const lstm::Graph& graph = session.graph();
  CHECK_EQUAL(graph.inputs().size(), 2);
  CHECK_EQUAL(graph.inputs()[1].name, "b");
  CHECK_EQUAL(graph.output_shape(0).to_string(), "(None, 3)");
  CHECK_EQUAL(graph.output_shape(1).to_string(), "(None, None, 10)");
  CHECK_EQUAL(graph.output_shape(2).to_string(), "(None, 5)");
  CHECK_EQUAL(graph.state_slots().size(), 2);
  const TwoInputs given(7, 6);
  const auto expected = outputs_of(session, given.inputs, 7);
  for (const auto& level : lstmetrics::runtime::isa_levels()) {
    if (!level.available) continue;
    lstmetrics::runtime::set_isa(level.name);
    for (const std::size_t threads : {1u, 2u}) {
      lstmetrics::runtime::set_num_threads(threads);
      CHECK(outputs_of(session, given.inputs, 1) == expected);
      CHECK(outputs_of(session, given.inputs, 3) == expected);
    }
  }
  lstmetrics::runtime::set_isa("auto");
}

CASE("lstm graphs: a row of its own length is what it would be alone") {
  const lstm::Session session(std::make_shared<const lstm::Graph>(two_branches()));
  TwoInputs given(3, 6);
  const std::vector<std::int64_t> lengths = {6, 2, 4};
  for (lstm::Input& input : given.inputs) input.lengths = lengths.data();
  const auto together = outputs_of(session, given.inputs, 3);
  for (std::size_t row = 0; row < 3; ++row) {
    const auto steps = static_cast<std::size_t>(lengths[row]);
    std::vector<lstm::Input> alone = given.inputs;
    for (lstm::Input& input : alone) {
      input.rows = 1;
      input.features += row * input.steps * kFeatures;
      input.steps = steps;
      input.lengths = nullptr;
    }
    const auto found = outputs_of(session, alone, 1);
    const std::size_t places[] = {3, 6 * 10, 5};
    const std::size_t sizes[] = {3, steps * 10, 5};
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(std::equal(found[i].begin(), found[i].end(),
                       together[i].begin() + static_cast<std::ptrdiff_t>(row * places[i])));
      CHECK_EQUAL(found[i].size(), sizes[i]);
    }
  }
}

CASE("lstm graphs: inputs that do not go together") {
  const lstm::Session session(std::make_shared<const lstm::Graph>(two_branches()));
  TwoInputs given(3, 6);
  std::vector<lstm::Input> one = {given.inputs[0]};
  CHECK_THROWS_SAYING(session.run(one, 1, {}, {}, {}), ShapeError, "takes 2 inputs, got 1");
  given.inputs[1].rows = 2;
  CHECK_THROWS_SAYING(session.run(given.inputs, 1, {}, {}, {}), ShapeError,
                      "inputs: b has 2 rows, a has 3");
  given.inputs[1].rows = 3;
  given.inputs[1].steps = 5;
  const std::size_t steps[] = {6, 5};
  CHECK_THROWS_SAYING(session.graph().output_steps(steps), ShapeError, "got 6 and 5");
}

CASE("lstm graphs: values that no layer gives") {
  lstm::GraphSpec spec = two_branches();
  spec.outputs = {{6, 1}};
  CHECK_THROWS_SAYING(lstm::Graph(spec), ShapeError, "no value of any layer");
  spec.outputs = {{7}};
  CHECK_THROWS_SAYING(lstm::Graph(spec), ShapeError, "no value of any layer");
  spec.outputs = {};
  CHECK_EQUAL(lstm::Graph(spec).output_count(), 1);
}

CASE("lstm graphs: windows are counted as TensorFlow counts them") {
  using lstm::Padding;
  const auto counted = [](std::size_t size, std::size_t stride, std::size_t dilation,
                          Padding padding, std::size_t steps) {
    const lstm::WindowSpec window{size, stride, dilation, padding};
    return std::pair{lstm::windows_over(window, steps), lstm::padding_before(window, steps)};
  };
  using Pair = std::pair<std::size_t, std::size_t>;
  CHECK(counted(3, 1, 1, Padding::valid, 5) == Pair(3, 0));
  CHECK(counted(3, 2, 1, Padding::valid, 6) == Pair(2, 0));
  CHECK(counted(3, 1, 2, Padding::valid, 4) == Pair(0, 0));
  CHECK(counted(3, 1, 1, Padding::same, 5) == Pair(5, 1));
  CHECK(counted(4, 1, 1, Padding::same, 5) == Pair(5, 1));
  CHECK(counted(3, 2, 1, Padding::same, 6) == Pair(3, 0));
  CHECK(counted(3, 2, 1, Padding::same, 5) == Pair(3, 1));
  CHECK(counted(2, 5, 1, Padding::same, 6) == Pair(2, 0));
  CHECK(counted(3, 1, 2, Padding::causal, 5) == Pair(5, 4));
  CHECK(counted(3, 2, 1, Padding::causal, 5) == Pair(3, 2));
  CHECK(counted(3, 1, 1, Padding::same, 0) == Pair(0, 0));
}

CASE("lstm streams: a step is the next of a run") {
  const auto graph = std::make_shared<const lstm::Graph>(language_model().spec);
  const lstm::Session session(graph);
  const Batch batch(2, 9, 8);
  lstm::Input whole = batch.inputs;
  whole.mask = nullptr;
  whole.lengths = nullptr;
  const Results expected = run(session, whole);
  lstm::Stream stream(graph, 2);
  for (std::size_t t = 0; t < 9; ++t) {
    const std::vector<std::int64_t> ids = {batch.ids[t], batch.ids[9 + t]};
    lstm::Input step;
    step.rows = 2;
    step.ids = ids.data();
    std::vector<float> found(2 * kVocabulary);
    float* const values[] = {found.data()};
    stream.step({&step, 1}, values);
    for (std::size_t row = 0; row < 2; ++row) {
      const auto begin =
          expected.values.begin() + static_cast<std::ptrdiff_t>((row * 9 + t) * kVocabulary);
      CHECK(std::equal(begin, begin + kVocabulary,
                       found.begin() + static_cast<std::ptrdiff_t>(row * kVocabulary)));
    }
  }
  States states(*graph, 2);
  stream.get_states(states.final_states());
  CHECK(states.arrays == expected.states);
}

CASE("lstm streams: refused steps, and models that look ahead") {
  CHECK_THROWS_SAYING(lstm::Stream(std::make_shared<const lstm::Graph>(classifier().spec), 1),
                      UnsupportedError, "layer \"layer_1\" needs the whole sequence");
  lstm::Stream stream(std::make_shared<const lstm::Graph>(language_model().spec), 1);
  const std::vector<std::int64_t> ids = {1, 2};
  lstm::Input input;
  input.ids = ids.data();
  input.rows = 1;
  input.steps = 2;
  CHECK_THROWS_SAYING(stream.step({&input, 1}, {}), ShapeError, "one step of each row, got 2");
  input.rows = 2;
  input.steps = 1;
  CHECK_THROWS_SAYING(stream.step({&input, 1}, {}), ShapeError, "takes 1 rows, got 2");
}

CASE("lstm layers: the largest of zeros and NaN") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x = {-0.0F, 0.0F, nan, -1.0F, 0.0F, -0.0F, 2.0F, -2.0F};
  lstm::Input input;
  input.rows = 1;
  input.steps = 2;
  input.features = x.data();
  input.feature_count = 4;
  const Results found =
      run(session_of(Chain::of_features(4).add(lstm::GlobalPoolingSpec{})), input);
  CHECK(!std::signbit(found.values[0]));
  CHECK(!std::signbit(found.values[1]));
  CHECK(found.values[2] != found.values[2]);
  CHECK_EQUAL(found.values[3], -1.0F);
}
