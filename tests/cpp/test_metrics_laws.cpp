// The laws that every state obeys, bit by bit, over a list of all states: a new state adds one
// description below and gets every case.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/guarded.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/token_loss.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;

namespace {

using Random = std::mt19937_64;

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

std::vector<double> random_weights(Random& random, std::size_t n) {
  std::vector<double> weights(n);
  for (double& w : weights) w = random() % 8 == 0 ? 0.0 : uniform(random) * 10;
  return weights;
}

// A description of a state: kName; State; Batch, with size(); make(), make_other() with other
// parameters; random(random, n); update(state, batch, begin, end); and spoil(batch), after which an
// update of the whole batch must fail at its very end.

struct ConfusionLaws {
  using State = ConfusionCounts;
  struct Batch {
    std::vector<std::int64_t> y_true, y_pred;
    std::vector<double> weights;
    std::size_t size() const { return y_true.size(); }
  };
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, random_weights(random, n)};
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(static_cast<std::int64_t>(random() % kLabels) - 1);
      batch.y_pred.push_back(static_cast<std::int64_t>(random() % kLabels) - 1);
    }
    return batch;
  }
  static void spoil(Batch& batch) { batch.weights.back() = -1; }
  static constexpr std::size_t kLabels = 4;
};

struct DiscoveredConfusion : ConfusionLaws {
  static constexpr const char* kName = "ConfusionCounts, discovered";
  static State make() { return {}; }
  static State make_other() { return State(LabelSet(inputs::integers({-1, 0, 1, 2}))); }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const LabelColumn y_true{inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "t"};
    const LabelColumn y_pred{inputs::slice(inputs::column(batch.y_pred), begin, end), nullptr, "p"};
    state.update(y_true, y_pred);
  }
  // Without weights: a column that is too short.
  static void update_spoiled(State& state, const Batch& batch) {
    state.update(inputs::labels(batch.y_true, "t"),
                 {inputs::slice(inputs::column(batch.y_pred), 1, batch.size()), nullptr, "p"});
  }
};

struct WeightedConfusion : ConfusionLaws {
  static constexpr const char* kName = "ConfusionCounts, declared and weighted";
  static State make() { return State(LabelSet(inputs::integers({-1, 0, 1, 2, 7}))); }
  static State make_other() { return State(LabelSet(inputs::integers({-1, 0, 1, 2, 8}))); }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const LabelColumn y_true{inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "t"};
    const LabelColumn y_pred{inputs::slice(inputs::column(batch.y_pred), begin, end), nullptr, "p"};
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update(y_true, y_pred, &weights);
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

// Many labels: the hash table, and its way to a matrix.
struct SparseConfusion {
  static constexpr const char* kName = "ConfusionCounts, many text labels";
  using State = ConfusionCounts;
  struct Batch {
    std::vector<std::int32_t> y_true, y_pred;
    std::size_t size() const { return y_true.size(); }
  };
  static const LabelList& names() {
    static const LabelList list = [] {
      LabelList names = inputs::texts({});
      for (int i = 0; i < 300; ++i)
        names.texts.push_back("label " + std::to_string(i * 7919 % 300));
      return names;
    }();
    return list;
  }
  static State make() { return {}; }
  static State make_other() { return State(LabelSet(inputs::texts({"a"}))); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch;
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(static_cast<std::int32_t>(random() % 300));
      batch.y_pred.push_back(static_cast<std::int32_t>(random() % 300));
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Column y_true = inputs::slice(inputs::column(batch.y_true), begin, end);
    const Column y_pred = inputs::slice(inputs::column(batch.y_pred), begin, end);
    state.update({y_true, &names(), "t"}, {y_pred, &names(), "p"});
  }
  static void spoil(Batch& batch) { batch.y_pred.back() = -1; }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

template <Loss kLoss>
struct ProbabilityLaws {
  static constexpr const char* kName =
      kLoss == Loss::log_loss ? "LossSum, log loss" : "LossSum, Brier, weighted";
  using State = LossSum;
  struct Batch {
    std::vector<std::int64_t> y_true;
    std::vector<double> probabilities, weights;
    std::size_t size() const { return y_true.size(); }
  };
  static State make() { return State(kLoss, LabelSet(inputs::integers({3, 5, 9}))); }
  static State make_other() { return State(kLoss, LabelSet(inputs::integers({3, 5, 8}))); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, random_weights(random, n)};
    const std::int64_t labels[] = {3, 5, 9};
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(labels[random() % 3]);
      const double a = uniform(random);
      const double b = uniform(random) * (1 - a);
      batch.probabilities.insert(batch.probabilities.end(), {a, b, 1 - a - b < 0 ? 0 : 1 - a - b});
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update({inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "y_true"},
                 inputs::rows(inputs::matrix(batch.probabilities, 3), begin, end),
                 kLoss == Loss::brier ? &weights : nullptr);
  }
  static void spoil(Batch& batch) { batch.probabilities.back() = 1.5; }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

struct UserLoss {
  static constexpr const char* kName = "LossSum, losses of the caller's, weighted";
  using State = LossSum;
  struct Batch {
    std::vector<double> losses, weights;
    std::size_t size() const { return losses.size(); }
  };
  static State make() { return {}; }
  static State make_other() { return State(Loss::log_loss); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, random_weights(random, n)};
    for (std::size_t i = 0; i < n; ++i) {
      batch.losses.push_back(
          std::ldexp(uniform(random) - 0.5, static_cast<int>(random() % 200) - 100));
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update_losses(inputs::slice(inputs::column(batch.losses), begin, end), &weights);
  }
  static void spoil(Batch& batch) {
    batch.losses.back() = std::numeric_limits<double>::quiet_NaN();
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

template <bool kWeighted>
struct Logits {
  static constexpr const char* kName =
      kWeighted ? "TokenLoss, top k, weighted and masked" : "TokenLoss, logits";
  using State = TokenLoss;
  static constexpr std::size_t kVocabulary = 300;
  struct Batch {
    std::vector<float> logits;
    std::vector<std::int32_t> targets;
    std::vector<std::int8_t> mask;
    std::vector<double> weights;
    std::size_t size() const { return targets.size(); }
  };
  static State make() { return kWeighted ? State({1, 5}) : State(); }
  static State make_other() { return State({1, 4}); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, {}, random_weights(random, n)};
    for (std::size_t i = 0; i < n; ++i) {
      batch.targets.push_back(static_cast<std::int32_t>(random() % kVocabulary));
      batch.mask.push_back(static_cast<std::int8_t>(random() % 4 != 0));
      for (std::size_t j = 0; j < kVocabulary; ++j) {
        batch.logits.push_back(static_cast<float>(20 * uniform(random) - 10));
      }
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Column mask = inputs::slice(inputs::column(batch.mask), begin, end);
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    TokenOptions options;
    options.characters = static_cast<std::int64_t>(3 * (end - begin));
    if (kWeighted) options.mask = &mask;
    if (kWeighted) options.weights = &weights;
    state.update_logits(inputs::rows(inputs::matrix(batch.logits, kVocabulary), begin, end),
                        inputs::slice(inputs::column(batch.targets), begin, end), options);
  }
  static void spoil(Batch& batch) {
    batch.targets.back() = kVocabulary;
    batch.mask.back() = 1;
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

// ---- the laws -------------------------------------------------------------------------------

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
bool add_laws() {
  const std::string name = std::string("laws: ") + Laws::kName + ": ";
  check::add(name + "the blank state is the identity", identity<Laws>);
  check::add(name + "merge is associative and commutative", associativity_and_commutativity<Laws>);
  check::add(name + "an update of parts is a merge of their states", updates_are_merges<Laws>);
  check::add(name + "bytes come back as the same state", bytes_come_back<Laws>);
  check::add(name + "merging with itself doubles", merging_with_itself_doubles<Laws>);
  check::add(name + "other parameters do not merge", other_parameters_do_not_merge<Laws>);
  check::add(name + "a failed update changes nothing", failed_updates_change_nothing<Laws>);
  check::add(name + "damaged bytes are refused", damaged_bytes_are_refused<Laws>);
  check::add(name + "every payload is canonical", every_payload_is_canonical<Laws>);
  return true;
}

template <class... Laws>
bool add_all_laws() {
  return (add_laws<Laws>() && ...);
}

[[maybe_unused]] const bool kAdded =
    add_all_laws<DiscoveredConfusion, WeightedConfusion, SparseConfusion,
                 ProbabilityLaws<Loss::log_loss>, ProbabilityLaws<Loss::brier>, UserLoss,
                 Logits<false>, Logits<true>>();

}  // namespace
