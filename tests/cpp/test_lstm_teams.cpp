// Models that are large enough for threads to share a step: the same bits from any number of them.
#include "check.hpp"
#include "lstmetrics/lstm/stream.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_lstm_models.hpp"

using namespace lstm_models;
using lstmetrics::runtime::set_num_threads;

namespace {

// Odd numbers of panels, so that shares differ.
constexpr std::size_t kUnits = 140;
constexpr std::size_t kRounds = 6;  // helpers are not there in every one
constexpr std::size_t kThreads[] = {2, 3, 5};

Chain wide_classifier(lstm::MergeMode merge_mode) {
  const std::size_t features = merge_mode == lstm::MergeMode::concat ? 2 * kUnits : kUnits;
  return Chain::of_ids()
      .add(lstm::EmbeddingSpec{kVocabulary, 40, true, random_weight({kVocabulary, 40}, 1)})
      .add(lstm::BidirectionalSpec{random_lstm(40, kUnits, 10, true),
                                   random_lstm(40, kUnits, 20, true, true), merge_mode})
      .add(random_lstm(features, kUnits, 30))
      .add(random_dense(kUnits, 3, 40, lstm::Activation::softmax));
}

Chain wide_language_model() {
  lstm::LstmSpec projecting = random_lstm(40, kUnits, 10, true);
  projecting.proj_size = 75;
  projecting.recurrent_kernel = random_weight({75, 4 * kUnits}, 11);
  projecting.projection = random_weight({kUnits, 75}, 12);
  return Chain::of_ids()
      .add(lstm::EmbeddingSpec{kVocabulary, 40, false, random_weight({kVocabulary, 40}, 1)})
      .add(std::move(projecting))
      .add(random_lstm(75, kUnits, 20, true))
      .add(random_dense(kUnits, kVocabulary, 30));
}

// `work()` gives on any number of threads what it gives on one.
template <class Work>
bool same_on_all_threads(const Work& work) {
  set_num_threads(1);
  const auto expected = work();
  for (const std::size_t threads : kThreads) {
    set_num_threads(threads);
    for (std::size_t round = 0; round < kRounds; ++round) {
      if (!(work() == expected)) return false;
    }
  }
  return true;
}

}  // namespace

CASE("lstm: threads share the steps of one row, or of a few, without a trace") {
  for (const lstm::MergeMode mode : {lstm::MergeMode::concat, lstm::MergeMode::sum}) {
    const lstm::Session session = session_of(wide_classifier(mode));
    for (const std::size_t rows : {1u, 2u, 4u}) {
      const Batch batch(rows, 50, rows);
      CHECK(same_on_all_threads([&] { return run(session, batch.inputs); }));
    }
  }
}

CASE("lstm: threads share the steps of a projected state, and losses") {
  const lstm::Session session = session_of(wide_language_model());
  for (const std::size_t rows : {1u, 2u, 4u}) {
    const Batch batch(rows, 50, rows);
    CHECK(same_on_all_threads([&] { return losses(session, batch.inputs, batch.targets); }));
    CHECK(same_on_all_threads([&] { return run(session, batch.inputs); }));
  }
}
