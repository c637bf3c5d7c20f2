// Running: against a plain loop in double, and the same bits however the work is split.
#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/isa.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_lstm_models.hpp"

using lstmetrics::InvalidValue;
using lstmetrics::ShapeError;
using namespace lstm_models;

namespace {

// One LSTM over one row, from its definition.
std::vector<double> lstm_in_double(const lstm::LstmSpec& layer, const lstm::SharedFloats& x,
                                   std::size_t steps) {
  const std::size_t units = layer.units;
  const std::size_t features = layer.kernel.shape[0];
  const auto sigmoid = [](double v) { return 1.0 / (1.0 + std::exp(-v)); };
  std::vector<double> hidden(units);
  std::vector<double> cell(units);
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<double> gates(4 * units);
    for (std::size_t j = 0; j < gates.size(); ++j) {
      gates[j] = layer.bias.values[j];
      for (std::size_t k = 0; k < features; ++k) {
        gates[j] += double{x[t * features + k]} * layer.kernel.values[k * 4 * units + j];
      }
      for (std::size_t k = 0; k < units; ++k) {
        gates[j] += hidden[k] * layer.recurrent_kernel.values[k * 4 * units + j];
      }
    }
    for (std::size_t j = 0; j < units; ++j) {
      cell[j] =
          sigmoid(gates[units + j]) * cell[j] + sigmoid(gates[j]) * std::tanh(gates[2 * units + j]);
      hidden[j] = sigmoid(gates[3 * units + j]) * std::tanh(cell[j]);
    }
  }
  return hidden;
}

Results run_with(const lstm::Session& session, const lstm::Input& inputs, std::size_t threads,
                 std::size_t batch_size) {
  lstmetrics::runtime::set_num_threads(threads);
  return run(session, inputs, batch_size);
}

}  // namespace

CASE("lstm: a layer gives what its definition gives") {
  for (const std::size_t units : {1u, 15u, 16u, 17u, 40u}) {
    constexpr std::size_t kSteps = 7;
    constexpr std::size_t kFeatures = 5;
    const lstm::LstmSpec layer = random_lstm(kFeatures, units, units);
    const lstm::Weight x = random_weight({kSteps, kFeatures}, 99);
    lstm::Input inputs;
    inputs.rows = 1;
    inputs.steps = kSteps;
    inputs.features = x.values.data();
    inputs.feature_count = kFeatures;
    const lstm::Session session = session_of(Chain::of_features(kFeatures).add(layer));
    const Results found = run(session, inputs);
    const std::vector<double> expected = lstm_in_double(layer, x.values, kSteps);
    CHECK_EQUAL(found.values.size(), units);
    CHECK(found.values == found.states[0]);
    for (std::size_t j = 0; j < units; ++j) CHECK(std::fabs(found.values[j] - expected[j]) < 2e-6);
  }
}

CASE("lstm: batch size, threads and instruction set change no bit") {
  const Batch batch(23, 9, 5);
  for (const Chain& chain : {classifier(), language_model()}) {
    const lstm::Session session = session_of(chain);
    const Results expected = run_with(session, batch.inputs, 1, 23);
    for (const auto& level : lstmetrics::runtime::isa_levels()) {
      if (!level.available) continue;
      lstmetrics::runtime::set_isa(level.name);
      for (const std::size_t threads : {1u, 2u, 5u}) {
        for (const std::size_t batch_size : {1u, 4u, 64u}) {
          CHECK(run_with(session, batch.inputs, threads, batch_size) == expected);
        }
      }
    }
    lstmetrics::runtime::set_isa("auto");
  }
}

CASE("lstm: a sequence cut in time is the whole sequence") {
  const lstm::Session session = session_of(language_model());
  Batch batch(1, 30, 6);
  batch.inputs.mask = nullptr;
  batch.inputs.lengths = nullptr;
  const Results whole = run(session, batch.inputs);
  for (std::size_t cut = 0; cut <= 30; cut += 7) {
    lstm::Input first = batch.inputs;
    first.steps = cut;
    lstm::Input second = batch.inputs;
    second.ids += cut;
    second.steps -= cut;
    const Results before = run(session, first);
    States carried(session.graph(), 1);
    carried.arrays = before.states;
    const Results after = run(session, second, 32, carried.initial());
    std::vector<float> joined = before.values;
    joined.insert(joined.end(), after.values.begin(), after.values.end());
    CHECK(joined == whole.values);
    CHECK(after.states == whole.states);
  }
}

CASE("lstm: no rows, no steps") {
  const lstm::Session session = session_of(classifier());
  const Batch none(0, 4, 1);
  CHECK(run(session, none.inputs).values.empty());
  const Batch empty(3, 0, 1);
  const Results found = run(session, empty.inputs);
  CHECK_EQUAL(found.values.size(), 9);
  CHECK(
      std::all_of(found.states[0].begin(), found.states[0].end(), [](float x) { return x == 0; }));
}

CASE("lstm: inputs that do not fit are refused by place") {
  const lstm::Session session = session_of(classifier());
  Batch batch(3, 4, 1);
  CHECK_THROWS_SAYING(run(session, batch.inputs, 0), InvalidValue, "batch_size");
  batch.ids[2 * 4 + 1] = 11;
  CHECK_THROWS_SAYING(run(session, batch.inputs), InvalidValue,
                      "id 11 at row 2, step 1 is outside the vocabulary of 11");
  batch.ids[2 * 4 + 1] = -5;
  CHECK_THROWS_SAYING(run(session, batch.inputs), InvalidValue, "id -5");
  batch.ids[2 * 4 + 1] = 1;
  batch.lengths[1] = 5;
  CHECK_THROWS_SAYING(run(session, batch.inputs), InvalidValue, "5 at row 1 is outside 0 to 4");
  const float value = 0;
  lstm::Input features;
  features.features = &value;
  features.rows = features.feature_count = 1;
  CHECK_THROWS_SAYING(run(session, features), ShapeError, "integer token ids");
}
