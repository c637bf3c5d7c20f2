// Formulas on numbers that can be worked out by hand.
#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using namespace lstmetrics::metrics::formulas;
using inputs::integers;
using Counts = std::vector<std::int64_t>;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ConfusionCounts binary(std::int64_t tn, std::int64_t fp, std::int64_t fn, std::int64_t tp) {
  const Counts matrix = {tn, fp, fn, tp};
  return ConfusionCounts::from_matrix(integers({0, 1}), inputs::matrix(matrix, 2));
}

// Rows [[5, 1, 0], [2, 3, 1], [0, 0, 8]].
ConfusionCounts three() {
  const Counts matrix = {5, 1, 0, 2, 3, 1, 0, 0, 8};
  return ConfusionCounts::from_matrix(integers({0, 1, 2}), inputs::matrix(matrix, 3));
}

Prf positive(const ConfusionCounts& state, double beta = 1.0) {
  return precision_recall_fscore(state, {1}, {.beta = beta}).entries[0];
}

Prf average(const ConfusionCounts& state, Average kind) {
  return precision_recall_fscore(state, all_labels(state), {.average = kind}).average;
}

}  // namespace

CASE("formulas: a spam filter by hand") {
  const ConfusionCounts state = binary(90, 10, 20, 80);
  CHECK_EQUAL(positive(state).precision, 0.8888888888888888);
  CHECK_EQUAL(positive(state).recall, 0.8);
  CHECK_EQUAL(positive(state).f_score, 0.8421052631578947);
  CHECK_EQUAL(accuracy(state), 0.85);
  CHECK_EQUAL(correct(state), 170.0);
  CHECK_EQUAL(balanced_accuracy(state, false).value, (0.9 + 0.8) / 2);
  CHECK_EQUAL(balanced_accuracy(state, true).value, 0.9 + (0.8 - 1));  // (sum - 1) / (2 - 1)
}

CASE("formulas: F-beta of exact and of other betas") {
  const ConfusionCounts state = binary(90, 10, 20, 80);
  CHECK_EQUAL(positive(state, 2.0).f_score, 400.0 / 490.0);  // 5 tp / (5 tp + 4 fn + fp)
  CHECK_EQUAL(positive(state, 0.5).f_score, 100.0 / 115.0);  // 1.25 tp / (0.25 * 100 + 90)
  CHECK_EQUAL(positive(state, 0.0).f_score, positive(state).precision);
  CHECK_EQUAL(positive(state, std::numeric_limits<double>::infinity()).f_score, 0.8);
  const double b2 = 0.3 * 0.3;
  CHECK(std::abs(positive(state, 0.3).f_score - (1 + b2) * 80 / (b2 * 100 + 90)) < 1e-15);
  CHECK_THROWS_SAYING(positive(state, -1.0), InvalidValue, "beta");
  CHECK_THROWS(positive(state, kNan), InvalidValue);
}

CASE("formulas: averages over labels") {
  const ConfusionCounts state = three();
  CHECK_EQUAL(average(state, Average::micro).precision, 0.8);
  CHECK_EQUAL(average(state, Average::micro).f_score, 0.8);
  const double p0 = 5.0 / 7;
  const double p1 = 3.0 / 4;
  const double p2 = 8.0 / 9;
  CHECK(std::abs(average(state, Average::macro).precision - (p0 + p1 + p2) / 3) < 1e-15);
  CHECK(std::abs(average(state, Average::weighted).precision - (6 * p0 + 6 * p1 + 8 * p2) / 20) <
        1e-15);
  CHECK(std::abs(average(state, Average::macro).recall - (5.0 / 6 + 0.5 + 1) / 3) < 1e-15);
  const PrfResult each = precision_recall_fscore(state, {2, 0}, {});
  CHECK_EQUAL(each.entries[0].precision, p2);
  CHECK_EQUAL(each.entries[1].recall, 5.0 / 6);
  CHECK(each.support == std::vector<double>({8, 6}));
  CHECK(std::isnan(each.average.precision));
}

CASE("formulas: what is 0/0 is said, label by label") {
  const Counts matrix = {5, 0, 0, 0, 0, 0, 3, 0, 0};  // 1: never; 2: true, never predicted
  const ConfusionCounts state =
      ConfusionCounts::from_matrix(integers({0, 1, 2}), inputs::matrix(matrix, 3));
  PrfResult result = precision_recall_fscore(state, all_labels(state), {.average = Average::macro});
  CHECK(result.precision_undefined && result.recall_undefined && result.f_score_undefined);
  CHECK_EQUAL(result.entries[1].precision, 0.0);
  CHECK_EQUAL(result.average.recall, 1.0 / 3);
  result = precision_recall_fscore(state, all_labels(state),
                                   {.average = Average::macro, .zero_division = 1.0});
  CHECK_EQUAL(result.entries[1].f_score, 1.0);
  CHECK_EQUAL(result.entries[2].precision, 1.0);
  CHECK_EQUAL(result.entries[2].f_score, 0.0);  // 0 / 3 is defined
  result = precision_recall_fscore(state, all_labels(state),
                                   {.average = Average::macro, .zero_division = kNan});
  CHECK(std::isnan(result.entries[1].recall));
  CHECK_EQUAL(result.average.precision, 5.0 / 8);  // of the one label that has a precision
  CHECK_EQUAL(result.average.recall, 0.5);
  result = precision_recall_fscore(state, {0, 2}, {});
  CHECK(result.precision_undefined && !result.recall_undefined && !result.f_score_undefined);
  result =
      precision_recall_fscore(state, {1}, {.average = Average::weighted, .zero_division = kNan});
  CHECK(std::isnan(result.average.precision));
}

CASE("formulas: labels the state never saw are all zeros") {
  const ConfusionCounts state = three();
  const PrfResult result =
      precision_recall_fscore(state, {kAbsent, 2}, {.average = Average::micro});
  CHECK_EQUAL(result.average.precision, 8.0 / 9);
  CHECK_EQUAL(result.entries.size(), 1u);
  CHECK(precision_recall_fscore(state, {kAbsent}, {}).recall_undefined);
}

CASE("formulas: no labels and no samples give NaN, or zero where it counts") {
  const ConfusionCounts state;
  CHECK(std::isnan(accuracy(state)));
  CHECK_EQUAL(correct(state), 0.0);
  CHECK(std::isnan(balanced_accuracy(state, false).value));
  CHECK(std::isnan(average(state, Average::macro).precision));
}

CASE("formulas: the confusion matrix, normalised or of selected labels") {
  const ConfusionCounts state = three();
  std::vector<double> out(9);
  confusion_matrix(state, all_labels(state), Normalize::by_true, out.data());
  CHECK(out == std::vector<double>({5.0 / 6, 1.0 / 6, 0, 2.0 / 6, 0.5, 1.0 / 6, 0, 0, 1}));
  confusion_matrix(state, all_labels(state), Normalize::by_predicted, out.data());
  CHECK_EQUAL(out[3], 2.0 / 7);
  confusion_matrix(state, all_labels(state), Normalize::by_all, out.data());
  CHECK_EQUAL(out[8], 0.4);
  std::vector<double> two(4);
  confusion_matrix(state, {2, 0}, Normalize::none, two.data());
  CHECK(two == std::vector<double>({8, 0, 0, 5}));
  confusion_matrix(state, {kAbsent, 0}, Normalize::by_true, two.data());
  CHECK(two == std::vector<double>({0, 0, 0, 1}));  // 0/0 is 0
  Counts counts(4);
  confusion_matrix(state, {0, 1}, counts.data());
  CHECK(counts == Counts({5, 1, 2, 3}));
}

CASE("formulas: balanced accuracy leaves out labels that are never true") {
  const Counts matrix = {3, 1, 0, 0};
  const ConfusionCounts state =
      ConfusionCounts::from_matrix(integers({0, 1}), inputs::matrix(matrix, 2));
  CHECK_EQUAL(balanced_accuracy(state, false).value, 0.75);
  CHECK(balanced_accuracy(state, false).labels_dropped);
  CHECK_EQUAL(balanced_accuracy(state, true).value, -std::numeric_limits<double>::infinity());
  // A declared label that never came is no reason to warn.
  const ConfusionCounts declared = [] {
    ConfusionCounts counts(LabelSet(integers({0, 1, 2})));
    const Counts labels = {0, 1};
    counts.update(inputs::labels(labels, "t"), inputs::labels(labels, "p"));
    return counts;
  }();
  CHECK(!balanced_accuracy(declared, false).labels_dropped);
  CHECK_EQUAL(balanced_accuracy(declared, false).value, 1.0);
}

CASE("formulas: counts beyond 2^53 are divided exactly") {
  const std::int64_t big = (std::int64_t{1} << 60) + 1;
  const ConfusionCounts state = binary(0, 0, 129, big - 129);
  CHECK_EQUAL(positive(state).recall, 1 - 0x1p-53);
  CHECK_EQUAL(accuracy(state), 1 - 0x1p-53);
  CHECK_EQUAL(positive(binary(0, 0, 0, std::numeric_limits<std::int64_t>::max())).f_score, 1.0);
}

CASE("formulas: weights") {
  const Counts y_true = {1, 1, 0, 0};
  const Counts y_pred = {1, 0, 1, 0};
  const std::vector<double> weights = {0.1, 0.2, 0.3, 0.4};
  const Column w = inputs::column(weights);
  ConfusionCounts state;
  state.update(inputs::labels(y_true, "t"), inputs::labels(y_pred, "p"), &w);
  CHECK_EQUAL(accuracy(state), 0.5 / 1.0);
  CHECK_EQUAL(correct(state), 0.5);
  CHECK_EQUAL(positive(state).precision, 0.1 / (0.1 + 0.3));
  CHECK_EQUAL(positive(state).recall, 0.1 / 0.30000000000000004);
  CHECK_EQUAL(positive(state).f_score, 0.2 / 0.7);
  std::vector<double> out(4);
  confusion_matrix(state, all_labels(state), Normalize::none, out.data());
  CHECK(out == std::vector<double>({0.4, 0.3, 0.2, 0.1}));
}
