// The laws of all states over labels, losses and tokens.
#include "test_metrics_laws.hpp"

#include <cmath>
#include <limits>

#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/token_loss.hpp"
#include "test_metrics_inputs.hpp"

using namespace laws;

namespace {

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

[[maybe_unused]] const bool kAdded =
    add_all_laws<DiscoveredConfusion, WeightedConfusion, SparseConfusion,
                 ProbabilityLaws<Loss::log_loss>, ProbabilityLaws<Loss::brier>, UserLoss,
                 Logits<false>, Logits<true>>();

}  // namespace
