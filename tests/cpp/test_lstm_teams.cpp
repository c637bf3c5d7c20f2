// Models that are large enough for threads to share a step: the same bits from any number of them.
#include <atomic>
#include <thread>

#include "check.hpp"
#include "lstmetrics/lstm/stream.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "subprocess.hpp"
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

CASE("lstm: threads share the steps of a stream") {
  Chain model = Chain::of_features(300)
                    .add(random_lstm(300, 700, 10, true))
                    .add(random_dense(700, 40, 20, lstm::Activation::softmax));
  const auto graph = std::make_shared<const lstm::Graph>(model.spec);
  const lstm::Weight features = random_weight({2, 300}, 5);
  CHECK(same_on_all_threads([&] {
    lstm::Stream stream(graph, 2);
    std::vector<float> values(2 * 40);
    float* const places[] = {values.data()};
    std::vector<float> all;
    for (std::size_t step = 0; step < 5; ++step) {
      const lstm::Input input{.rows = 2, .features = features.values.data(), .feature_count = 300};
      stream.step({&input, 1}, places);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }));
}

CASE("lstm: callers at once share threads without a trace, and without waiting for ever") {
  const lstm::Session session = session_of(wide_language_model());
  const Batch batch(1, 50, 3);
  set_num_threads(1);
  const Losses expected = losses(session, batch.inputs, batch.targets);
  set_num_threads(3);
  std::atomic<std::size_t> right{0};
  std::vector<std::thread> callers;
  for (std::size_t caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (std::size_t turn = 0; turn < 10; ++turn) {
        if (losses(session, batch.inputs, batch.targets) == expected) ++right;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK_EQUAL(right.load(), 4 * 10);
}

// Not under ThreadSanitizer, which does not support threads that a forked child starts.
#if !defined(__SANITIZE_THREAD__)
CASE("lstm: a fork computes with helpers of its own") {
  const lstm::Session session = session_of(wide_language_model());
  const Batch batch(1, 50, 3);
  set_num_threads(2);
  const Losses expected = losses(session, batch.inputs, batch.targets);
  const auto child = [&] {
    for (std::size_t round = 0; round < kRounds; ++round) {
      CHECK(losses(session, batch.inputs, batch.targets) == expected);
    }
  };
  CHECK_EQUAL(check::run_in_fork(child), 0);
  CHECK(losses(session, batch.inputs, batch.targets) == expected);
}
#endif
