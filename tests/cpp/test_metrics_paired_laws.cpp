// The laws of the states of two models.
#include <cmath>
#include <limits>

#include "lstmetrics/metrics/paired_outcomes.hpp"
#include "lstmetrics/metrics/paired_scores.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

struct OutcomeLaws {
  using State = PairedOutcomes;
  struct Batch {
    std::vector<std::int64_t> y_true, a, b;
    std::size_t size() const { return y_true.size(); }
  };
  static Batch random_of(Random& random, std::size_t n, std::size_t labels) {
    Batch batch;
    for (std::size_t i = 0; i < n; ++i) {
      for (auto* column : {&batch.y_true, &batch.a, &batch.b}) {
        column->push_back(static_cast<std::int64_t>(random() % labels) * 7 - 1);
      }
    }
    return batch;
  }
  static LabelColumn part(const std::vector<std::int64_t>& values, std::size_t begin,
                          std::size_t end, std::string_view name) {
    return {inputs::slice(inputs::column(values), begin, end), nullptr, name};
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    state.update(part(batch.y_true, begin, end, "t"), part(batch.a, begin, end, "a"),
                 part(batch.b, begin, end, "b"));
  }
};

// A table of all triples while labels are few.
struct DeclaredOutcomes : OutcomeLaws {
  static constexpr const char* kName = "PairedOutcomes, declared";
  static State make() { return State(LabelSet(inputs::integers({-1, 6, 13, 20}))); }
  static State make_other() { return State(LabelSet(inputs::integers({-1, 6, 13}))); }
  static Batch random(Random& random, std::size_t n) { return random_of(random, n, 3); }
  static void spoil(Batch& batch) { batch.b.back() = 21; }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

// So many labels that triples are sorted.
struct DiscoveredOutcomes : OutcomeLaws {
  static constexpr const char* kName = "PairedOutcomes, discovered";
  static State make() { return {}; }
  static State make_other() { return State(LabelSet(inputs::integers({-1, 6}))); }
  static Batch random(Random& random, std::size_t n) { return random_of(random, n, 90); }
  static void spoil(Batch& batch) { batch.b.pop_back(); }
  static void update_spoiled(State& state, const Batch& batch) {
    state.update(inputs::labels(batch.y_true, "t"), inputs::labels(batch.a, "a"),
                 inputs::labels(batch.b, "b"));
  }
};

struct ScoreLaws {
  static constexpr const char* kName = "PairedScores";
  using State = PairedScores;
  struct Batch {
    std::vector<std::int64_t> y_true;
    std::vector<double> a;
    std::vector<float> b;
    std::size_t size() const { return y_true.size(); }
  };
  static State make() { return {}; }
  static State make_other() { return State(LabelSet(inputs::integers({0, 1})), 0); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch;
    const double special[] = {0.0, -0.0, 1e-310, std::numeric_limits<double>::infinity(), -1e300};
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(static_cast<std::int64_t>(random() % 2));
      batch.a.push_back(random() % 3 == 0 ? special[random() % 5] : uniform(random));
      batch.b.push_back(static_cast<float>(random() % 4) / 4 - 0.5f);
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    state.update({inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "y_true"},
                 inputs::slice(inputs::column(batch.a), begin, end),
                 inputs::slice(inputs::column(batch.b), begin, end));
  }
  static void spoil(Batch& batch) { batch.b.back() = std::numeric_limits<float>::quiet_NaN(); }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded =
    add_all_laws<DeclaredOutcomes, DiscoveredOutcomes, ScoreLaws>();

}  // namespace
