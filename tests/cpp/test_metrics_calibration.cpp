// CalibrationBins: edges, bins by hand, and the laws.
#include <cmath>
#include <limits>

#include "lstmetrics/metrics/calibration_bins.hpp"
#include "lstmetrics/metrics/formulas/calibration.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

LabelSet zero_and_one() { return LabelSet(inputs::integers({0, 1})); }

CalibrationBins two_bins() {
  return CalibrationBins(uniform_edges(2), zero_and_one(), Judged::greater_label);
}

void feed(CalibrationBins& state, const std::vector<std::int64_t>& y_true,
          const std::vector<double>& p, const std::vector<double>* weights = nullptr) {
  const Column column = weights != nullptr ? inputs::column(*weights) : Column{};
  state.update(inputs::labels(y_true, "y_true"),
               inputs::matrix(p, p.size() / std::max<std::size_t>(y_true.size(), 1)),
               weights != nullptr ? &column : nullptr);
}

// Bins by counting edges, one by one.
std::size_t counted(const std::vector<double>& edges, double p) {
  std::size_t below = 0;
  for (std::size_t i = 1; i + 1 < edges.size(); ++i) below += edges[i] < p ? 1 : 0;
  return below;
}

struct CalibrationLaws {
  using State = CalibrationBins;
  struct Batch {
    std::vector<std::int64_t> y_true;
    std::vector<double> probabilities, weights;
    std::size_t size() const { return y_true.size(); }
  };
  static Column slice(const std::vector<double>& values, std::size_t begin, std::size_t end) {
    return inputs::slice(inputs::column(values), begin, end);
  }
  static LabelColumn labels(const Batch& batch, std::size_t begin, std::size_t end) {
    return {inputs::slice(inputs::column(batch.y_true), begin, end), nullptr, "y_true"};
  }
  static void spoil(Batch& batch) { batch.probabilities.back() = 1.5; }
};

struct OneColumn : CalibrationLaws {
  static constexpr const char* kName = "CalibrationBins, one column";
  static State make() { return {uniform_edges(7), zero_and_one(), Judged::greater_label}; }
  static State make_other() { return {uniform_edges(8), zero_and_one(), Judged::greater_label}; }
  static Batch random(Random& random, std::size_t n) {
    Batch batch;
    for (std::size_t i = 0; i < n; ++i) {
      batch.y_true.push_back(static_cast<std::int64_t>(random() % 2));
      batch.probabilities.push_back(
          std::ldexp(uniform(random), random() % 4 == 0 ? -static_cast<int>(random() % 1070) : 0));
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    state.update(labels(batch, begin, end),
                 inputs::rows(inputs::matrix(batch.probabilities, 1), begin, end));
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

template <Judged kJudged>
struct Tables : CalibrationLaws {
  static constexpr const char* kName = kJudged == Judged::top_label
                                           ? "CalibrationBins, the top label, weighted"
                                           : "CalibrationBins, each label, weighted";
  static State make() { return {{0.0, 0.5, 0.5, 1.0}, names({3, 5, 9}), kJudged}; }
  static State make_other() { return {{0.0, 0.5, 0.5, 1.0}, names({3, 5, 8}), kJudged}; }
  static LabelSet names(std::vector<std::int64_t> values) {
    return LabelSet(inputs::integers(std::move(values)));
  }
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
    const Column weights = slice(batch.weights, begin, end);
    state.update(labels(batch, begin, end),
                 inputs::rows(inputs::matrix(batch.probabilities, 3), begin, end), &weights);
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded =
    add_all_laws<OneColumn, Tables<Judged::top_label>, Tables<Judged::each_label>>();

}  // namespace

CASE("calibration: uniform edges are multiples of the width, and 1") {
  CHECK(uniform_edges(1) == std::vector<double>({0.0, 1.0}));
  const std::vector<double> edges = uniform_edges(10);
  for (std::size_t i = 0; i < 10; ++i) CHECK_EQUAL(edges[i], static_cast<double>(i) * 0.1);
  CHECK_EQUAL(edges[10], 1.0);
  CHECK_THROWS(uniform_edges(0), InvalidValue);
}

CASE("calibration: quantiles by linear interpolation") {
  const std::vector<double> p = {0.75, 0.25, 0.5, 0.0, 1.0};
  CHECK(quantile_edges(inputs::column(p), 4) == std::vector<double>({0, 0.25, 0.5, 0.75, 1}));
  CHECK(quantile_edges(inputs::column(p), 2) == std::vector<double>({0, 0.5, 1}));
  CHECK(quantile_edges(inputs::column(p), 8)[1] == 0.125);
  const std::vector<double> one = {0.3};
  CHECK(quantile_edges(inputs::column(one), 3) == std::vector<double>(4, 0.3));
  CHECK_THROWS(quantile_edges(inputs::column(std::vector<double>()), 3), InvalidValue);
  CHECK_THROWS_SAYING(quantile_edges(inputs::column(std::vector<double>({0.5, kNan})), 3),
                      InvalidValue, "y_prob[1] is NaN");
  const std::vector<double> table = {0.75, 0.25, 0.5, 0.5, 0.0, 1.0};
  CHECK(quantile_edges_of_largest(inputs::matrix(table, 2), 2) ==
        std::vector<double>({0.5, 0.75, 1}));
}

CASE("calibration: the bin of a probability is the number of inner edges below it") {
  Random random(3);
  std::vector<std::vector<double>> all = {{0, 1}, {0.5, 0.5}, {0, 0, 0, 1, 1, 1}};
  for (const std::size_t bins : {2u, 3u, 10u, 15u, 1000u, 5000u})
    all.push_back(uniform_edges(bins));
  std::vector<double> crowded(3000);
  for (double& edge : crowded) edge = 0.25 + uniform(random) * 0x1p-30;
  std::sort(crowded.begin(), crowded.end());
  all.push_back(crowded);
  for (const std::vector<double>& edges : all) {
    const BinEdges bins(edges);
    const auto check = [&](double p) { CHECK_EQUAL(bins.find(p), counted(edges, p)); };
    for (const double p : {0.0, -0.0, 5e-324, 0.5, 1.0}) check(p);
    for (int i = 0; i < 300; ++i) {
      const double edge = edges[random() % edges.size()];
      check(uniform(random));
      check(edge);
      check(std::nextafter(edge, 0.0));
      check(std::min(1.0, std::nextafter(edge, 1.0)));
    }
  }
}

CASE("calibration: edges out of order are refused") {
  for (const std::vector<double>& edges :
       std::vector<std::vector<double>>{{}, {0.5}, {0.5, 0.4}, {0, kNan, 1}, {0, 1.5}, {-0.1, 1}}) {
    CHECK_THROWS(BinEdges(std::vector<double>(edges)), InvalidValue);
  }
}

CASE("calibration: four samples by hand") {
  CalibrationBins state = two_bins();
  feed(state, {0, 1, 1, 1}, {0.125, 0.75, 0.75, 0.5});
  using formulas::CalibrationNorm;
  CHECK_EQUAL(formulas::calibration_error(state, CalibrationNorm::l1), 0.21875);
  CHECK_EQUAL(formulas::calibration_error(state, CalibrationNorm::max), 0.25);
  const auto curve = formulas::reliability_curve(state, 0);
  CHECK_EQUAL(curve.size(), 2);
  CHECK_EQUAL(curve[0].prob_true, 0.5);
  CHECK_EQUAL(curve[0].prob_pred, 0.3125);
  CHECK_EQUAL(curve[1].samples, 2);
  CHECK(std::isnan(formulas::calibration_error(two_bins(), CalibrationNorm::l1)));
}

CASE("calibration: sums of probabilities are exact, tiny ones included") {
  CalibrationBins state = two_bins();
  const std::vector<double> p = {5e-324, 0x1p-52, 0x1.8p-53, 0x1p-1022, 1.0, 0.0};
  feed(state, {0, 0, 0, 0, 0, 0}, p);
  numeric::ExactSum expected;
  for (const double value : p) {
    if (value <= 0.5) expected.add(value);
  }
  CHECK(state.table(0)[0].probability == expected);
  CHECK_EQUAL(state.table(0)[1].probability.value(), 1.0);
  // Weights of 1 are no weights, but for the mark.
  CalibrationBins weighted = two_bins();
  const std::vector<double> ones(p.size(), 1.0);
  feed(weighted, {0, 0, 0, 0, 0, 0}, p, &ones);
  CHECK(weighted.result() == state.result());
  CHECK(!(weighted == state));
}

CASE("calibration: pieces and threads never show") {
  Random random(11);
  const std::size_t n = 3 * (std::size_t{1} << 18) + 5;
  const auto batch = OneColumn::random(random, n);
  const std::size_t before = runtime::num_threads();
  runtime::set_num_threads(1);
  const auto alone = of<OneColumn>(batch, 0, n);
  runtime::set_num_threads(3);
  check_same(of<OneColumn>(batch, 0, n), alone);
  runtime::set_num_threads(before);
  check_same(merged(of<OneColumn>(batch, 0, 1000), of<OneColumn>(batch, 1000, n)), alone);
}

CASE("calibration: what does not fit is refused and named") {
  CalibrationBins state = two_bins();
  CHECK_THROWS_SAYING(feed(state, {0, 2}, {0.5, 0.5}), InvalidValue, "y_true[1]");
  CHECK_THROWS_SAYING(feed(state, {0, 1}, {0.5, kNan}), InvalidValue, "row 1");
  CHECK_THROWS_SAYING(feed(state, {0, 1}, {0.5, 0.5, 0.5, 0.5}), ShapeError, "1 column");
  CHECK_THROWS(CalibrationBins(uniform_edges(2), LabelSet(), Judged::top_label), InvalidValue);
  CHECK_EQUAL(state.samples(), 0);
}
