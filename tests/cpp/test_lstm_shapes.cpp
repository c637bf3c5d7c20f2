// Shapes and weights: what a graph takes, and in which words it refuses the rest.
#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/activation_names.hpp"
#include "test_lstm_models.hpp"

using lstmetrics::InvalidValue;
using lstmetrics::ShapeError;
using lstmetrics::UnsupportedError;
using namespace lstm_models;

namespace {

std::string shape_of(const Chain& chain) {
  return lstm::infer_shapes(chain.spec).back()[0].to_string();
}

lstm::Graph graph_of(const Chain& chain) { return lstm::Graph(chain.spec); }

}  // namespace

CASE("lstm: shapes are written as Keras writes them") {
  CHECK_EQUAL(shape_of(Chain::of_ids()), "(None, None)");
  CHECK_EQUAL(shape_of(language_model()), "(None, None, 11)");
  CHECK_EQUAL(shape_of(classifier()), "(None, 3)");
  CHECK_EQUAL((lstm::Shape{true, true, 10, 0}).to_string(), "(None, 10)");
  CHECK_EQUAL((lstm::Shape{false, true, 10, 8}).to_string(), "(None, 10, 8)");
  CHECK_EQUAL((lstm::Shape{false, false, std::nullopt, 8}).to_string(), "(None, 8)");
}

CASE("lstm: merge modes other than concat keep the size") {
  lstm::BidirectionalSpec both{random_lstm(4, 3, 1), random_lstm(4, 3, 2, false, true),
                               lstm::MergeMode::sum};
  CHECK_EQUAL(shape_of(Chain::of_features(4).add(both)), "(None, 3)");
  both.merge_mode = lstm::MergeMode::concat;
  CHECK_EQUAL(shape_of(Chain::of_features(4).add(both)), "(None, 6)");
}

CASE("lstm: layers that do not fit say what they expected") {
  CHECK_THROWS_SAYING(shape_of(Chain::of_ids().add(random_lstm(4, 3, 1))), ShapeError,
                      "expected ndim=3, (batch, timesteps, features), found shape (None, None)");
  CHECK_THROWS_SAYING(
      shape_of(Chain::of_features(4).add(random_lstm(4, 3, 1)).add(random_lstm(3, 3, 1))),
      ShapeError, "set return_sequences=True");
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(4).add(lstm::EmbeddingSpec{9, 4, false, {}})),
                      ShapeError, "comes first");
  CHECK_THROWS_SAYING(shape_of(Chain::of_ids().add(random_dense(4, 2, 1))), ShapeError,
                      "Embedding");
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(4).add(random_dense(4, 0, 1))), InvalidValue,
                      "units must be a positive integer");
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(std::size_t{1} << 31)), InvalidValue, "features");
}

CASE("lstm: a softmax inside an LSTM and two equal directions are refused") {
  lstm::LstmSpec layer = random_lstm(4, 3, 1);
  layer.recurrent_activation = {lstm::Activation::softmax};
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(4).add(layer)), UnsupportedError, "softmax");
  const lstm::BidirectionalSpec same{random_lstm(4, 3, 1), random_lstm(4, 3, 2), {}};
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(4).add(same)), InvalidValue, "go_backwards=True");
  const lstm::BidirectionalSpec uneven{random_lstm(4, 3, 1), random_lstm(4, 5, 2, false, true), {}};
  CHECK_THROWS_SAYING(shape_of(Chain::of_features(4).add(uneven)), ShapeError, "same units");
}

CASE("lstm: every layer takes values of layers before it") {
  lstm::GraphSpec spec;
  CHECK_THROWS_SAYING(lstm::infer_shapes(spec), ShapeError, "at least an input");
  spec = language_model().spec;
  spec.nodes[2].inputs = {{1, 0}, {1, 0}};
  CHECK_THROWS_SAYING(lstm::infer_shapes(spec), ShapeError, "two initial states, got 2 inputs");
  spec.nodes[2].inputs = {};
  CHECK_THROWS_SAYING(lstm::infer_shapes(spec), ShapeError, "has no input");
  spec.nodes[2].inputs = {{3, 0}};
  CHECK_THROWS_SAYING(lstm::infer_shapes(spec), ShapeError, "before it");
  spec.nodes[2].inputs = {{1, 1}};
  CHECK_THROWS_SAYING(lstm::infer_shapes(spec), ShapeError, "before it");
  CHECK_THROWS_SAYING(graph_of(Chain::of_ids()), ShapeError, "needs an Embedding");
}

CASE("lstm: weights that are missing or do not fit are named") {
  lstm::LstmSpec layer = random_lstm(4, 3, 1);
  layer.kernel = random_weight({12, 4}, 1);
  CHECK_THROWS_SAYING(graph_of(Chain::of_features(4).add(layer)), ShapeError,
                      "kernel must have shape (4, 12), got (12, 4)");
  layer.kernel = {};
  CHECK_THROWS_SAYING(graph_of(Chain::of_features(4).add(layer)), ShapeError, "no weights");
  layer = random_lstm(4, 3, 1);
  layer.bias = random_weight({3}, 1);
  CHECK_THROWS_SAYING(graph_of(Chain::of_features(4).add(layer)), ShapeError, "(12,), got (3,)");
  layer.bias = {};
  CHECK_EQUAL(graph_of(Chain::of_features(4).add(layer)).state_slots().size(), 1);
}

CASE("lstm: what kind of model it is") {
  CHECK(graph_of(language_model()).is_language_model());
  CHECK(graph_of(language_model()).is_causal());
  CHECK(!graph_of(classifier()).is_language_model());
  CHECK(!graph_of(classifier()).is_causal());
  CHECK_EQUAL(graph_of(classifier()).inputs()[0].vocabulary, kVocabulary);
  CHECK(!graph_of(Chain::of_features(4).add(random_lstm(4, 3, 1, true, true))).is_causal());
}

CASE("lstm: activations have names, and a wrong one is told which there are") {
  CHECK_EQUAL(lstm::activation_from_name("a", "tanh").kind, lstm::Activation::tanh);
  CHECK_THROWS_SAYING(lstm::activation_from_name("a", "swish"), UnsupportedError,
                      "linear, relu, sigmoid, tanh, exponential, hard_sigmoid, hard_sigmoid_02, ");
}
