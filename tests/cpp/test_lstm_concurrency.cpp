// One session used by many threads at once, each with batches of its own.
#include <atomic>
#include <thread>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_lstm_models.hpp"

using namespace lstm_models;

namespace {

constexpr std::size_t kCallers = 6;
constexpr std::size_t kTurns = 8;

// Runs the same work on many threads; true when every turn of every thread passed.
template <class Work>
bool passes_on_all_threads(const Work& work) {
  std::atomic<std::size_t> passed{0};
  std::vector<std::thread> threads;
  for (std::size_t caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, caller] {
      for (std::size_t turn = 0; turn < kTurns; ++turn) {
        if (work(caller, turn)) ++passed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return passed == kCallers * kTurns;
}

}  // namespace

CASE("lstm: many threads run one session") {
  lstmetrics::runtime::set_num_threads(3);
  const lstm::Session session = session_of(classifier());
  std::vector<Results> expected;
  for (std::size_t i = 0; i < kCallers; ++i) {
    const Batch batch(2 + i, 3 + i, i);
    expected.push_back(run(session, batch.inputs));
  }
  CHECK(passes_on_all_threads([&](std::size_t caller, std::size_t turn) {
    const std::size_t i = (caller + turn) % kCallers;
    const Batch batch(2 + i, 3 + i, i);
    return run(session, batch.inputs, 1 + turn % 3) == expected[i];
  }));
}

CASE("lstm: many sessions share one graph, and losses and runs mix") {
  lstmetrics::runtime::set_num_threads(3);
  const auto graph = std::make_shared<const lstm::Graph>(language_model().spec);
  const lstm::Session shared(graph);
  const Batch batch(5, 20, 4);
  const Results values = run(shared, batch.inputs);
  const Losses token_losses = losses(shared, batch.inputs, batch.targets);
  CHECK(passes_on_all_threads([&](std::size_t caller, std::size_t turn) {
    const lstm::Session own(graph);
    const lstm::Session& session = caller % 2 == 0 ? own : shared;
    return turn % 2 == 0 ? run(session, batch.inputs, 2) == values
                         : losses(session, batch.inputs, batch.targets, 2) == token_losses;
  }));
}

CASE("lstm: a call that fails leaves the session fit for the others") {
  const lstm::Session session = session_of(language_model());
  const Batch good(3, 10, 4);
  Batch bad(3, 10, 4);
  bad.targets.assign(30, 99);
  bad.inputs.mask = nullptr;
  bad.inputs.lengths = nullptr;
  const Losses expected = losses(session, good.inputs, good.targets);
  CHECK(passes_on_all_threads([&](std::size_t caller, std::size_t) {
    if (caller % 2 == 0) return losses(session, good.inputs, good.targets) == expected;
    try {
      losses(session, bad.inputs, bad.targets);
    } catch (const lstmetrics::InvalidValue&) {
      return true;
    }
    return false;
  }));
}
