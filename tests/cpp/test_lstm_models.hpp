// Small random models and batches for the tests of the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "lstmetrics/lstm/graph.hpp"
#include "lstmetrics/lstm/session.hpp"
#include "lstmetrics/lstm/spec.hpp"

namespace lstm_models {

namespace lstm = lstmetrics::lstm;

// Numbers in [-1, 1), the same on every platform.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t integer() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33);
  }
  float operator()() { return static_cast<float>(integer()) / 1073741824.0F - 1.0F; }

 private:
  std::uint64_t state_;
};

inline lstm::Weight random_weight(std::vector<std::size_t> shape, std::uint64_t seed) {
  Numbers next(seed);
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(next() / 2.0F);
  return {std::move(shape), std::move(values)};
}

inline lstm::LstmSpec random_lstm(std::size_t features, std::size_t units, std::uint64_t seed,
                                  bool return_sequences = false, bool go_backwards = false) {
  lstm::LstmSpec spec;
  spec.units = units;
  spec.return_sequences = return_sequences;
  spec.go_backwards = go_backwards;
  spec.kernel = random_weight({features, 4 * units}, seed);
  spec.recurrent_kernel = random_weight({units, 4 * units}, seed + 1);
  spec.bias = random_weight({4 * units}, seed + 2);
  return spec;
}

inline lstm::DenseSpec random_dense(std::size_t features, std::size_t units, std::uint64_t seed,
                                    lstm::Activation activation = lstm::Activation::linear) {
  return {units,
          {activation},
          random_weight({features, units}, seed),
          random_weight({units}, seed + 1)};
}

// A chain of layers on an input.
class Chain {
 public:
  static Chain of_ids() { return Chain({true, true, std::nullopt, 0}); }
  static Chain of_features(std::size_t features) {
    return Chain({false, true, std::nullopt, features});
  }

  Chain add(lstm::LayerSpec layer) && {
    const std::size_t last = spec.nodes.size() - 1;
    spec.nodes.push_back({"layer_" + std::to_string(last), {{last}}, std::move(layer)});
    return std::move(*this);
  }

  lstm::GraphSpec spec;

 private:
  explicit Chain(lstm::Shape shape) { spec.nodes.push_back({"input", {}, lstm::InputSpec{shape}}); }
};

inline lstm::Session session_of(const Chain& chain) {
  return lstm::Session(std::make_shared<const lstm::Graph>(chain.spec));
}

inline constexpr std::size_t kVocabulary = 11;

// Embedding, LSTM, LSTM, Dense over the vocabulary.
inline Chain language_model() {
  return Chain::of_ids()
      .add(lstm::EmbeddingSpec{kVocabulary, 5, false, random_weight({kVocabulary, 5}, 1)})
      .add(random_lstm(5, 19, 10, true))
      .add(random_lstm(19, 6, 20, true))
      .add(random_dense(6, kVocabulary, 30));
}

// Embedding with padding, a bidirectional LSTM, softmax.
inline Chain classifier() {
  return Chain::of_ids()
      .add(lstm::EmbeddingSpec{kVocabulary, 5, true, random_weight({kVocabulary, 5}, 1)})
      .add(lstm::BidirectionalSpec{random_lstm(5, 17, 10), random_lstm(5, 17, 20, false, true),
                                   lstm::MergeMode::concat})
      .add(random_dense(34, 3, 30, lstm::Activation::softmax));
}

// Ids, a mask and lengths, kept alive beside the inputs that point at them.
struct Batch {
  Batch(std::size_t rows, std::size_t steps, std::uint64_t seed) {
    ids.reserve(1);  // an empty batch has a place too: no ids at all would mean features
    Numbers next(seed);
    for (std::size_t i = 0; i < rows * steps; ++i) {
      ids.push_back(next.integer() % kVocabulary);
      targets.push_back(next.integer() % kVocabulary);
      mask.push_back(next.integer() % 5 == 0 ? 0 : 1);
    }
    for (std::size_t row = 0; row < rows; ++row) lengths.push_back(next.integer() % (steps + 1));
    inputs.rows = rows;
    inputs.steps = steps;
    inputs.ids = ids.data();
    inputs.mask = mask.data();
    inputs.lengths = lengths.data();
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> targets;
  std::vector<std::uint8_t> mask;
  std::vector<std::int64_t> lengths;
  lstm::Input inputs;
};

// All that a run gives.
struct Results {
  std::vector<float> values;
  std::vector<std::vector<float>> states;
  bool operator==(const Results&) const = default;
};

// Room for the final states of a graph, and the pointers to it.
class States {
 public:
  States(const lstm::Graph& graph, std::size_t rows) {
    for (const lstm::StateSlot& slot : graph.state_slots()) {
      arrays.emplace_back(rows * slot.outputs);
      arrays.emplace_back(rows * slot.units);
    }
  }
  lstm::FinalStates final_states() {
    lstm::FinalStates pointers;
    for (std::size_t i = 0; i < arrays.size(); i += 2) {
      pointers.hidden.push_back(arrays[i].data());
      pointers.cell.push_back(arrays[i + 1].data());
    }
    return pointers;
  }
  lstm::InitialStates initial() const {
    lstm::InitialStates pointers;
    for (std::size_t i = 0; i < arrays.size(); i += 2) {
      pointers.hidden.push_back(arrays[i].data());
      pointers.cell.push_back(arrays[i + 1].data());
    }
    return pointers;
  }
  std::vector<std::vector<float>> arrays;
};

inline Results run(const lstm::Session& session, const lstm::Input& inputs,
                   std::size_t batch_size = 32, const lstm::InitialStates& initial = {}) {
  const lstm::Graph& graph = session.graph();
  const std::size_t positions = inputs.rows * graph.output_steps({&inputs.steps, 1})[0];
  Results results;
  results.values.resize(positions * graph.output_shape().features);
  float* const values[] = {results.values.data()};
  States states(graph, inputs.rows);
  session.run({&inputs, 1}, batch_size, initial, values, states.final_states());
  results.states = std::move(states.arrays);
  return results;
}

struct Losses {
  std::vector<double> loss;
  std::vector<std::uint8_t> counted;
  std::vector<std::uint8_t> correct;
  std::vector<std::vector<float>> states;
  bool operator==(const Losses&) const = default;
};

inline Losses losses(const lstm::Session& session, const lstm::Input& inputs,
                     const std::vector<std::int64_t>& targets, std::size_t batch_size = 32,
                     const lstm::InitialStates& initial = {}) {
  const std::size_t positions = inputs.rows * inputs.steps;
  Losses out;
  out.loss.resize(positions, -1.0);
  out.counted.resize(positions, 9);
  out.correct.resize(positions, 9);
  States states(session.graph(), inputs.rows);
  session.token_losses(inputs, targets.data(), -100, batch_size, initial,
                       {out.loss.data(), out.counted.data(), out.correct.data()},
                       states.final_states());
  out.states = std::move(states.arrays);
  return out;
}

}  // namespace lstm_models
