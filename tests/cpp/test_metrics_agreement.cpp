// Agreement beyond chance on numbers that can be worked out by hand, and where 64 bits are too few.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "check.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/agreement.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/report.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using namespace lstmetrics::metrics::formulas;
using inputs::integers;
using Counts = std::vector<std::int64_t>;

namespace {

ConfusionCounts binary(std::int64_t tn, std::int64_t fp, std::int64_t fn, std::int64_t tp) {
  const Counts matrix = {tn, fp, fn, tp};
  return ConfusionCounts::from_matrix(integers({0, 1}), inputs::matrix(matrix, 2));
}

double kappa(const ConfusionCounts& state, Disagreement how = Disagreement::nominal) {
  return cohen_kappa(state, all_labels(state), how).value;
}

}  // namespace

CASE("agreement: a spam filter by hand") {
  const ConfusionCounts state = binary(90, 10, 20, 80);
  CHECK_EQUAL(error_rate(state), 30.0 / 200.0);
  CHECK_EQUAL(errors(state), 30.0);
  // (90 * 80 - 10 * 20) / sqrt(110 * 90 * 100 * 100)
  CHECK(std::abs(matthews_corrcoef(state) - 7000 / std::sqrt(99000000.0)) < 1e-15);
  CHECK_EQUAL(kappa(state), 0.7);  // (0.85 - 0.5) / (1 - 0.5)
  const LikelihoodRatios ratios = likelihood_ratios(state, {0, 1});
  CHECK_EQUAL(ratios.positive, 8.0);
  CHECK_EQUAL(ratios.negative, 20.0 / 90.0);
  CHECK_EQUAL(jaccard(state, {1}, {}).entries[0], 80.0 / 110.0);
}

CASE("agreement: perfect is exactly one, and its opposite minus one") {
  for (const std::int64_t n : {1, 3, 1000003}) {
    CHECK_EQUAL(matthews_corrcoef(binary(7 * n, 0, 0, 5 * n + 1)), 1.0);
    CHECK_EQUAL(matthews_corrcoef(binary(0, 7 * n, 5 * n + 1, 0)), -1.0);
    CHECK_EQUAL(kappa(binary(7 * n, 0, 0, 5 * n + 1)), 1.0);
  }
}

CASE("agreement: distances of labels weigh disagreement") {
  const Counts matrix = {4, 1, 1, 0, 3, 2, 1, 0, 4};
  const ConfusionCounts state =
      ConfusionCounts::from_matrix(integers({0, 1, 2}), inputs::matrix(matrix, 3));
  // Rows 6, 5, 5; columns 5, 4, 7; 16 samples.
  CHECK_EQUAL(kappa(state, Disagreement::nominal), (256 - 85 - 16 * 5) / (256.0 - 85));
  CHECK_EQUAL(kappa(state, Disagreement::linear), (238 - 16 * 7) / 238.0);
  CHECK_EQUAL(kappa(state, Disagreement::quadratic), (372 - 16 * 11) / 372.0);
}

CASE("agreement: products beyond 64 bits") {
  constexpr std::int64_t kMany = std::int64_t{1} << 60;
  const ConfusionCounts state = binary(kMany + 1, kMany, kMany, kMany + 3);
  // The correlation is all but nothing, and still exact: 4 * 2^60 + 3 over n^2 / 4.
  CHECK(matthews_corrcoef(state) > 0);
  CHECK(std::abs(matthews_corrcoef(state) * std::ldexp(1.0, 60) - 1) < 1e-15);
  CHECK(std::abs(kappa(state) * std::ldexp(1.0, 60) - 1) < 1e-15);
  CHECK_EQUAL(kappa(state, Disagreement::quadratic), kappa(state));  // two labels: the same
}

CASE("agreement: what is undefined") {
  const ConfusionCounts one = binary(5, 0, 0, 0);
  CHECK_EQUAL(matthews_corrcoef(one), 0.0);
  CHECK(cohen_kappa(one, all_labels(one), Disagreement::nominal).one_label);
  CHECK(std::isnan(kappa(one)));
  CHECK(likelihood_ratios(one, {0, 1}).no_positives);
  const ConfusionCounts none;
  CHECK(std::isnan(matthews_corrcoef(none)));
  CHECK(std::isnan(error_rate(none)));
  CHECK(cohen_kappa(none, {}, Disagreement::linear).no_samples);
}

CASE("agreement: one label against the rest") {
  const ConfusionCounts state = binary(9, 1, 2, 8);
  Counts counts(12);
  one_against_rest(state.result(), {1, kAbsent, 0}, counts.data());
  CHECK(counts == (Counts{9, 1, 2, 8, 20, 0, 0, 0, 8, 2, 1, 9}));
}

CASE("agreement: a report tells whether micro is accuracy") {
  const ConfusionCounts state = binary(9, 1, 2, 8);
  CHECK(classification_report(state, {1, 0}, 0.0).all_labels);
  CHECK(!classification_report(state, {1}, 0.0).all_labels);
  CHECK_EQUAL(classification_report(state, {1, 0}, 0.0).micro.average.f_score, accuracy(state));
  CHECK_EQUAL(classification_report(state, {1}, 0.0).support, 10.0);
}
