// Losses per token: from the logits, in windows of time that leave no trace.
#include <cmath>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_lstm_models.hpp"

using lstmetrics::InvalidValue;
using lstmetrics::ShapeError;
using namespace lstm_models;

namespace {

double loss_of(const float* logits, std::size_t target) {
  double total = 0;
  for (std::size_t i = 0; i < kVocabulary; ++i) total += std::exp(double{logits[i]});
  return std::log(total) - logits[target];
}

}  // namespace

CASE("lstm: a loss is that of its logits; masked and ignored tokens have none") {
  const lstm::Session session = session_of(language_model());
  Batch batch(5, 8, 3);
  batch.targets[2] = -100;
  const Results logits = run(session, batch.inputs);
  const Losses found = losses(session, batch.inputs, batch.targets);
  for (std::size_t i = 0; i < batch.targets.size(); ++i) {
    const bool real = lstm::step_counts(batch.inputs, i / 8, i % 8) && batch.targets[i] != -100;
    CHECK_EQUAL(found.counted[i], real ? 1 : 0);
    if (!real) {
      CHECK(found.loss[i] == 0 && found.correct[i] == 0);
      continue;
    }
    const auto target = static_cast<std::size_t>(batch.targets[i]);
    const float* row = logits.values.data() + i * kVocabulary;
    CHECK(std::fabs(found.loss[i] - loss_of(row, target)) < 1e-6);
    bool best = true;
    for (std::size_t j = 0; j < kVocabulary; ++j) best = best && row[j] <= row[target];
    CHECK_EQUAL(found.correct[i], best ? 1 : 0);
  }
  CHECK(found.states == logits.states);
}

CASE("lstm: windows of time change no bit") {
  const lstm::Session session = session_of(language_model());
  for (const std::size_t steps : {511u, 512u, 513u, 1100u}) {
    Batch batch(3, steps, steps);
    const Losses whole = losses(session, batch.inputs, batch.targets);
    CHECK(whole.states == run(session, batch.inputs).states);
    // Row by row and cut at another place, with the state carried on.
    for (std::size_t row = 0; row < 3; ++row) {
      const std::size_t cut = steps / 3;
      lstm::Input part = batch.inputs;
      part.rows = 1;
      part.lengths = nullptr;
      States state(session.graph(), 1);
      std::vector<double> joined;
      for (const auto& [begin, end] : {std::pair{std::size_t{0}, cut}, std::pair{cut, steps}}) {
        const std::size_t place = row * steps + begin;
        std::vector<std::uint8_t> mask(end - begin);
        for (std::size_t t = 0; t < mask.size(); ++t) {
          mask[t] = lstm::step_counts(batch.inputs, row, begin + t) ? 1 : 0;
        }
        part.ids = batch.ids.data() + place;
        part.mask = mask.data();
        part.steps = end - begin;
        const std::vector<std::int64_t> targets(batch.targets.data() + place,
                                                batch.targets.data() + place + part.steps);
        const Losses piece = losses(session, part, targets, 1, state.initial());
        state.arrays = piece.states;
        joined.insert(joined.end(), piece.loss.begin(), piece.loss.end());
      }
      const double* expected = whole.loss.data() + row * steps;
      CHECK(joined == std::vector<double>(expected, expected + steps));
    }
  }
}

CASE("lstm: losses do not depend on batches and threads") {
  const lstm::Session session = session_of(language_model());
  const Batch batch(9, 600, 8);
  const Losses expected = losses(session, batch.inputs, batch.targets);
  for (const std::size_t threads : {1u, 3u}) {
    lstmetrics::runtime::set_num_threads(threads);
    for (const std::size_t batch_size : {1u, 4u}) {
      CHECK(losses(session, batch.inputs, batch.targets, batch_size) == expected);
    }
  }
}

CASE("lstm: a target outside the vocabulary is named, whichever thread finds it") {
  const lstm::Session session = session_of(language_model());
  Batch batch(4, 6, 3);
  batch.inputs.mask = nullptr;
  batch.inputs.lengths = nullptr;
  batch.targets[1 * 6 + 5] = 11;
  batch.targets[3 * 6 + 0] = -7;
  for (const std::size_t threads : {1u, 4u}) {
    lstmetrics::runtime::set_num_threads(threads);
    CHECK_THROWS_SAYING(losses(session, batch.inputs, batch.targets, 1), InvalidValue,
                        "id 11 at row 1, step 5 is outside the model's 11 outputs");
  }
}

CASE("lstm: a classifier has no losses per token") {
  const Batch batch(2, 3, 1);
  CHECK_THROWS_SAYING(losses(session_of(classifier()), batch.inputs, batch.targets), ShapeError,
                      "this one gives (None, 3)");
}
