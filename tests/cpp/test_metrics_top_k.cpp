// TopKCounts: ranks by hand and by sorting, and the laws.
#include <cmath>
#include <limits>
#include <numeric>

#include "lstmetrics/metrics/formulas/top_k.hpp"
#include "lstmetrics/metrics/top_k_counts.hpp"
#include "lstmetrics/runtime/isa.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

// The place of a column once they are sorted; of equal scores the higher column is first.
template <class T>
std::size_t sorted_place(const T* row, std::size_t columns, std::size_t target) {
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return row[a] != row[b] ? row[a] > row[b] : a > b;
  });
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), target) - order.begin());
}

std::vector<double> hits_of(const TopKCounts& state) {
  std::vector<double> hits;
  for (std::size_t i = 0; i < state.result().top.size(); ++i) {
    hits.push_back(formulas::top_k_hits(state.result(), i));
  }
  return hits;
}

template <class T>
void check_against_sorting() {
  Random random(17);
  for (const std::size_t columns : {2u, 3u, 15u, 16u, 17u, 64u, 130u}) {
    const std::size_t rows = 40;
    std::vector<T> scores(rows * columns);
    for (T& score : scores) score = static_cast<T>(random() % 5);
    std::vector<std::int64_t> y_true(rows);
    std::vector<double> expected(columns);
    std::vector<std::int64_t> ks(columns);
    std::iota(ks.begin(), ks.end(), 1);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t target = random() % columns;
      y_true[i] = static_cast<std::int64_t>(target);
      const std::size_t place = sorted_place(scores.data() + i * columns, columns, target);
      for (std::size_t k = place; k < columns; ++k) expected[k] += 1;
    }
    for (const auto& level : runtime::isa_levels()) {
      if (!level.available) continue;
      runtime::set_isa(level.name);
      TopKCounts state(ks);
      state.update(inputs::labels(y_true, "y_true"), inputs::matrix(scores, columns));
      CHECK(hits_of(state) == expected);
    }
    runtime::set_isa("auto");
  }
}

struct TopKLaws {
  using State = TopKCounts;
  static constexpr std::size_t kColumns = 5;
  struct Batch {
    std::vector<std::int64_t> y_true;
    std::vector<float> scores;
    std::vector<double> weights;
    std::size_t size() const { return y_true.size(); }
  };
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, random_weights(random, n)};
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(static_cast<std::int64_t>(random() % kColumns));
      for (std::size_t j = 0; j < kColumns; ++j) {
        batch.scores.push_back(static_cast<float>(random() % 4));
      }
    }
    return batch;
  }
  static void spoil(Batch& batch) { batch.scores.back() = std::numeric_limits<float>::quiet_NaN(); }
  static void feed(State& state, const Batch& batch, std::size_t begin, std::size_t end,
                   bool weighted) {
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update({inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "y_true"},
                 inputs::rows(inputs::matrix(batch.scores, kColumns), begin, end),
                 weighted ? &weights : nullptr);
  }
};

template <bool kWeighted>
struct Ranked : TopKLaws {
  static constexpr const char* kName =
      kWeighted ? "TopKCounts, labels, weighted" : "TopKCounts, numbers of columns";
  static State make() {
    return kWeighted ? State({3, 1}, LabelSet(inputs::integers({0, 1, 2, 3, 4}))) : State({1, 3});
  }
  static State make_other() { return State({1, 4}); }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    feed(state, batch, begin, end, kWeighted);
  }
  static void update_spoiled(State& state, const Batch& batch) {
    feed(state, batch, 0, batch.size(), kWeighted);
  }
};

[[maybe_unused]] const bool kAdded = add_all_laws<Ranked<false>, Ranked<true>>();

}  // namespace

CASE("top k: float rows against sorting") { check_against_sorting<float>(); }
CASE("top k: double rows against sorting") { check_against_sorting<double>(); }
CASE("top k: integer rows against sorting") { check_against_sorting<std::int64_t>(); }

CASE("top k: integers that no double tells apart") {
  const std::int64_t large = std::int64_t{1} << 60;
  const std::vector<std::int64_t> scores = {large, large + 1, large - 1};
  TopKCounts state({1, 2});
  state.update(inputs::labels(std::vector<std::int64_t>{1}, "y_true"), inputs::matrix(scores, 3));
  state.update(inputs::labels(std::vector<std::int64_t>{0}, "y_true"), inputs::matrix(scores, 3));
  CHECK(hits_of(state) == std::vector<double>({1, 2}));
}

CASE("top k: scores of two labels part at a threshold") {
  const std::vector<double> chances = {0.0, 0.5, 0.75, 1.0};
  const std::vector<double> decisions = {-3.0, 0.25, 0.75, 1.0};
  CHECK_EQUAL(decision_threshold(inputs::column(chances)), 0.5);
  CHECK_EQUAL(decision_threshold(inputs::column(decisions)), 0.0);
  const std::vector<std::int64_t> y_true = {0, 1, 1, 0};
  TopKCounts state({1, 2}, LabelSet(inputs::integers({0, 1})));
  state.update_decisions(inputs::labels(y_true, "y_true"), inputs::column(chances), 0.5);
  CHECK(hits_of(state) == std::vector<double>({2, 4}));
  CHECK_THROWS_SAYING(decision_threshold(inputs::column(std::vector<double>{1, std::nan("")})),
                      InvalidValue, "y_score[1] is NaN");
  TopKCounts numbers({1});
  CHECK_THROWS(
      numbers.update_decisions(inputs::labels(y_true, "y_true"), inputs::column(chances), 0),
      InvalidValue);
}

CASE("top k: what does not fit is refused and named") {
  CHECK_THROWS(TopKCounts({}), InvalidValue);
  CHECK_THROWS(TopKCounts({0}), InvalidValue);
  CHECK_THROWS(TopKCounts({2, 2}), InvalidValue);
  CHECK_THROWS(TopKCounts({1}, LabelSet(inputs::integers({7}))), InvalidValue);
  TopKCounts state({1});
  const std::vector<std::int64_t> y_true = {0, 2};
  const std::vector<double> narrow = {1, 2, 3, 4};
  CHECK_THROWS_SAYING(state.update(inputs::labels(y_true, "y_true"), inputs::matrix(narrow, 2)),
                      InvalidValue, "y_true[1] is 2");
  CHECK_THROWS(state.update(inputs::labels(y_true, "y_true"), inputs::matrix(narrow, 4)),
               ShapeError);
  const std::vector<double> infinite = {1, 2, 3, 1, 2, std::numeric_limits<double>::infinity()};
  CHECK_THROWS_SAYING(state.update(inputs::labels(y_true, "y_true"), inputs::matrix(infinite, 3),
                                   nullptr, {.allow_infinite_scores = false}),
                      InvalidValue, "infinity (row 1, column 2)");
  CHECK_EQUAL(state.samples(), 0);
  CHECK(std::isnan(formulas::top_k_accuracy(state.result(), 0)));
}
