// The laws that every state obeys, bit by bit. A new state writes one description and hands it to
// add_laws, and gets every case.
//
// A description has kName; State; Batch, with size(); make(), make_other() with other parameters;
// random(random, n); update(state, batch, begin, end); spoil(batch) and update_spoiled(state,
// batch), which must fail at the very end of the batch.
#pragma once

#include <algorithm>
#include <random>
#include <source_location>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/guarded.hpp"

namespace laws {

using namespace lstmetrics;
using namespace lstmetrics::metrics;

using Random = std::mt19937_64;

inline double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

inline std::vector<double> random_weights(Random& random, std::size_t n) {
  std::vector<double> weights(n);
  for (double& w : weights) w = random() % 8 == 0 ? 0.0 : uniform(random) * 10;
  return weights;
}

template <class Laws>
typename Laws::State of(const typename Laws::Batch& batch, std::size_t begin, std::size_t end) {
  typename Laws::State state = Laws::make();
  Laws::update(state, batch, begin, end);
  return state;
}

// Equal, and of equal bytes.
template <class State>
void check_same(const State& a, const State& b) {
  CHECK(a == b);
  CHECK(to_bytes(a) == to_bytes(b));
  CHECK(digest_payload(a) == digest_payload(b));
}

template <class State>
State merged(State a, const State& b) {
  a.merge(b);
  return a;
}

template <class Laws>
void identity() {
  Random random(1);
  const auto batch = Laws::random(random, 50);
  const auto state = of<Laws>(batch, 0, 50);
  check_same(merged(state, Laws::make()), state);
  check_same(merged(Laws::make(), state), state);
  check_same(state.blank(), Laws::make());
}

template <class Laws>
void associativity_and_commutativity() {
  Random random(2);
  for (int round = 0; round < 5; ++round) {
    const auto batch = Laws::random(random, 90);
    const auto a = of<Laws>(batch, 0, 10);
    const auto b = of<Laws>(batch, 10, 40);
    const auto c = of<Laws>(batch, 40, 90);
    check_same(merged(merged(a, b), c), merged(a, merged(b, c)));
    check_same(merged(a, b), merged(b, a));
  }
}

template <class Laws>
void updates_are_merges() {
  Random random(3);
  // Beyond two blocks, so that their borders fall elsewhere in the parts.
  const std::size_t n = 4500;
  const auto batch = Laws::random(random, n);
  const auto whole = of<Laws>(batch, 0, n);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{2047}, n - 1, n}) {
    check_same(merged(of<Laws>(batch, 0, cut), of<Laws>(batch, cut, n)), whole);
  }
  auto streamed = Laws::make();
  for (std::size_t begin = 0; begin < n; begin += 333) {
    Laws::update(streamed, batch, begin, std::min(n, begin + 333));
  }
  check_same(streamed, whole);
}

template <class Laws>
void bytes_come_back() {
  Random random(4);
  for (const std::size_t n : {0u, 1u, 60u, 3000u}) {
    const auto batch = Laws::random(random, n);
    const auto state = of<Laws>(batch, 0, n);
    check_same(from_bytes<typename Laws::State>(to_bytes(state)), state);
    CHECK_EQUAL(peek_tag(to_bytes(state)), Laws::State::kTag);
  }
  check_same(from_bytes<typename Laws::State>(to_bytes(Laws::make())), Laws::make());
}

template <class Laws>
void merging_with_itself_doubles() {
  Random random(5);
  const auto batch = Laws::random(random, 70);
  auto state = of<Laws>(batch, 0, 70);
  const auto twice = merged(state, of<Laws>(batch, 0, 70));
  Guarded<typename Laws::State> guarded(state);
  guarded.merge(guarded);
  check_same(guarded.copy(), twice);
  guarded.reset();
  check_same(guarded.copy(), Laws::make());
}

template <class Laws>
void other_parameters_do_not_merge() {
  Random random(6);
  const auto batch = Laws::random(random, 30);
  auto state = of<Laws>(batch, 0, 30);
  auto other = Laws::make_other();
  const std::string before = to_bytes(state);
  const std::string other_before = to_bytes(other);
  CHECK_THROWS(state.merge(other), MergeError);
  CHECK_THROWS(other.merge(state), MergeError);
  CHECK(to_bytes(state) == before);
  CHECK(to_bytes(other) == other_before);
}

template <class Laws>
void failed_updates_change_nothing() {
  Random random(7);
  auto state = of<Laws>(Laws::random(random, 40), 0, 40);
  const std::string before = to_bytes(state);
  auto bad = Laws::random(random, 5000);
  Laws::spoil(bad);
  CHECK_THROWS(Laws::update_spoiled(state, bad), Error);
  CHECK(to_bytes(state) == before);
}

template <class Laws>
void damaged_bytes_are_refused() {
  Random random(8);
  const auto batch = Laws::random(random, 12);
  const std::string bytes = to_bytes(of<Laws>(batch, 0, 12));
  using State = typename Laws::State;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS(from_bytes<State>(std::string_view(bytes).substr(0, size)), FormatError);
  }
  CHECK_THROWS_SAYING(from_bytes<State>(bytes + '\0'), FormatError, "too many");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      CHECK_THROWS(from_bytes<State>(flipped), FormatError);
    }
  }
}

// With the checksum out of the way: a flipped bit of the payload is either refused, or it is the
// canonical payload of another state. It never crashes and never has two spellings.
template <class Laws>
void every_payload_is_canonical() {
  Random random(9);
  const auto batch = Laws::random(random, 12);
  const auto state = of<Laws>(batch, 0, 12);
  Writer writer;
  state.save(writer);
  const std::string payload = writer.take();
  using State = typename Laws::State;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = payload;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      try {
        Reader reader(flipped);
        const State loaded = State::load(reader, State::kVersion);
        reader.expect_end();
        Writer again;
        loaded.save(again);
        CHECK(again.bytes() == flipped);
        CHECK(!(loaded == state));
      } catch (const FormatError&) {
      }
    }
  }
}

template <class Laws>
bool add_laws(std::source_location where) {
  const auto add = [&](const char* law, void (*run)()) {
    return check::add(std::string("laws: ") + Laws::kName + ": " + law, run, where);
  };
  add("the blank state is the identity", identity<Laws>);
  add("merge is associative and commutative", associativity_and_commutativity<Laws>);
  add("an update of parts is a merge of their states", updates_are_merges<Laws>);
  add("bytes come back as the same state", bytes_come_back<Laws>);
  add("merging with itself doubles", merging_with_itself_doubles<Laws>);
  add("other parameters do not merge", other_parameters_do_not_merge<Laws>);
  add("a failed update changes nothing", failed_updates_change_nothing<Laws>);
  add("damaged bytes are refused", damaged_bytes_are_refused<Laws>);
  return add("every payload is canonical", every_payload_is_canonical<Laws>);
}

// The cases belong to the file that calls this: whoever lists cases by their source finds them.
template <class... Laws>
bool add_all_laws(std::source_location where = std::source_location::current()) {
  return (add_laws<Laws>(where) && ...);
}

}  // namespace laws
