#include "lstmetrics/metrics/formulas/multilabel.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/products.hpp"
#include "lstmetrics/metrics/formulas/scores.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

struct Matches {
  std::int64_t count = 0;
  ExactSum weight;
  ExactSum total;
};

Matches matches_of(const MultilabelCounts& state) {
  Matches matches;
  state.rows().for_each([&](const RowCounts& row, std::int64_t count, const ExactSum* weight) {
    const bool is_match = row.tp == row.predicted && row.tp == row.actual;
    if (is_match) matches.count += count;
    if (weight == nullptr) return;
    matches.total.merge(*weight);
    if (is_match) matches.weight.merge(*weight);
  });
  return matches;
}

// ---- averages over samples ------------------------------------------------------------------

void check_all_selected(const MultilabelCounts& state, const Selection& selection) {
  const std::vector<std::ptrdiff_t> place = places(state.labels(), selection);
  if (selection.size() != place.size() || std::ranges::find(place, kAbsent) != place.end()) {
    throw UnsupportedError(
        "an average over samples is kept for all labels together: leave out `labels`, or count "
        "the columns of those labels alone");
  }
}

Entry<uint128> entry_of(const RowCounts& row) { return {row.tp, row.predicted, row.actual}; }

// The mean over samples of the value of their row, NaN ones left out: value(i) is that of cell i.
template <class Value>
double mean_by_count(const MultilabelCounts& state, Value value) {
  ExactSum sum;
  uint128 samples = 0;
  std::size_t i = 0;
  state.rows().for_each([&](const RowCounts&, std::int64_t count, const ExactSum*) {
    const double x = value(i++);
    if (x != x) return;
    sum.add_multiple(x, static_cast<std::uint64_t>(count));
    samples += amount(count);
  });
  return samples == 0 ? kNan : sum.value() / rounded(samples);
}

template <class Value>
double mean_by_weight(const MultilabelCounts& state, Value value) {
  const WeightProducts products(state.result().weight);
  ExactSum sum;
  ExactSum total;
  bool is_any = false;
  std::size_t i = 0;
  state.rows().for_each([&](const RowCounts&, std::int64_t, const ExactSum* weight) {
    const double x = value(i++);
    if (x != x || weight->is_zero()) return;
    const auto parts = products.factor(*weight);
    WeightProducts::add(sum, parts, {x});
    WeightProducts::add(total, parts, {1.0});
    is_any = true;
  });
  if (!is_any) return kNan;
  const std::optional<double> mean = WeightProducts::ratio(sum, total);
  return mean ? *mean : mean_by_count(state, value);
}

template <class Value>
double mean_over_samples(const MultilabelCounts& state, Value value) {
  return state.is_weighted() ? mean_by_weight(state, value) : mean_by_count(state, value);
}

PrfResult scores_over_samples(const MultilabelCounts& state, const PrfOptions& options) {
  PrfResult result;
  std::vector<Prf> scores;
  scores.reserve(state.rows().size());
  state.rows().for_each([&](const RowCounts& row, std::int64_t, const ExactSum*) {
    scores.push_back(prf_of(entry_of(row), options, result));
  });
  for (double Prf::* score : {&Prf::precision, &Prf::recall, &Prf::f_score}) {
    result.average.*score =
        mean_over_samples(state, [&](std::size_t i) { return scores[i].*score; });
  }
  return result;
}

JaccardResult jaccard_over_samples(const MultilabelCounts& state, double zero_division) {
  JaccardResult result;
  std::vector<double> scores;
  scores.reserve(state.rows().size());
  state.rows().for_each([&](const RowCounts& row, std::int64_t, const ExactSum*) {
    scores.push_back(jaccard_index(entry_of(row), zero_division, result.undefined));
  });
  result.average = mean_over_samples(state, [&](std::size_t i) { return scores[i]; });
  return result;
}

}  // namespace

double accuracy(const MultilabelCounts& state) {
  const Matches matches = matches_of(state);
  return (state.is_weighted() ? ratio(matches.weight, matches.total)
                              : ratio(amount(matches.count), amount(state.samples())))
      .value_or(kNan);
}

double correct(const MultilabelCounts& state) {
  const Matches matches = matches_of(state);
  return state.is_weighted() ? matches.weight.value() : rounded(amount(matches.count));
}

double error_rate(const MultilabelCounts& state) {
  Matches matches = matches_of(state);
  if (!state.is_weighted()) {
    return ratio(amount(state.samples() - matches.count), amount(state.samples())).value_or(kNan);
  }
  ExactSum wrong = matches.total;
  subtract(wrong, std::move(matches.weight));
  return ratio(wrong, matches.total).value_or(kNan);
}

double errors(const MultilabelCounts& state) {
  Matches matches = matches_of(state);
  if (!state.is_weighted()) return rounded(amount(state.samples() - matches.count));
  subtract(matches.total, std::move(matches.weight));
  return matches.total.value();
}

namespace {

std::uint64_t wrong_labels(const RowCounts& row) {
  return std::uint64_t{row.predicted} + row.actual - 2 * std::uint64_t{row.tp};
}

double weighted_hamming_loss(const MultilabelCounts& state) {
  const WeightProducts products(state.result().weight);
  const auto labels = static_cast<double>(state.labels());
  ExactSum wrong;
  ExactSum all;
  state.rows().for_each([&](const RowCounts& row, std::int64_t, const ExactSum* weight) {
    const auto parts = products.factor(*weight);
    WeightProducts::add(wrong, parts, {static_cast<double>(wrong_labels(row))});
    WeightProducts::add(all, parts, {labels});
  });
  const double loss = wrong.value() / all.value();
  return loss == loss ? loss : kNan;
}

}  // namespace

double hamming_loss(const MultilabelCounts& state) {
  if (state.is_weighted()) return weighted_hamming_loss(state);
  uint128 wrong = 0;
  state.rows().for_each([&](const RowCounts& row, std::int64_t count, const ExactSum*) {
    wrong += wrong_labels(row) * amount(count);
  });
  return ratio(wrong, state.labels() * amount(state.samples())).value_or(kNan);
}

PrfResult precision_recall_fscore(const MultilabelCounts& state, const Selection& selection,
                                  const PrfOptions& options) {
  if (options.average != Average::samples) {
    return precision_recall_fscore(state.result(), selection, options);
  }
  check_beta(options.beta);
  check_all_selected(state, selection);
  return scores_over_samples(state, options);
}

JaccardResult jaccard(const MultilabelCounts& state, const Selection& selection,
                      const JaccardOptions& options) {
  if (options.average != Average::samples) return jaccard(state.result(), selection, options);
  check_all_selected(state, selection);
  return jaccard_over_samples(state, options.zero_division);
}

namespace {

std::int64_t trials_of(const LabelCounts& label, LabelRate rate) {
  if (rate == LabelRate::precision) return label.predicted;
  if (rate == LabelRate::recall) return label.actual;
  return label.predicted + label.actual - label.tp;
}

Bounds label_bounds(const LabelCounts& label, LabelRate rate, double zero_division, double level) {
  const std::int64_t trials = trials_of(label, rate);
  if (trials == 0) return {zero_division, zero_division};
  const Bounds bounds = wilson(static_cast<double>(label.tp), static_cast<double>(trials), level);
  if (rate != LabelRate::f1) return bounds;
  return {2 * bounds.low / (1 + bounds.low), 2 * bounds.high / (1 + bounds.high)};
}

}  // namespace

Bounds bounds_by_label(const MultilabelCounts& state, const Selection& selection, LabelRate rate,
                       const JaccardOptions& options, double level) {
  if (state.is_weighted()) return {kNan, kNan};
  const std::vector<LabelCounts> counts = state.result().counts;
  std::vector<Bounds> bounds;
  std::vector<double> supports;
  for (const std::ptrdiff_t label : selection) {
    const LabelCounts& found = counts[static_cast<std::size_t>(label)];
    bounds.push_back(label_bounds(found, rate, options.zero_division, level));
    supports.push_back(static_cast<double>(found.actual));
  }
  const auto average = [&](double Bounds::* side) {
    return average_of([&](std::size_t i) { return bounds[i].*side; }, supports,
                      options.average == Average::weighted);
  };
  return {average(&Bounds::low), average(&Bounds::high)};
}

MultilabelReport classification_report(const MultilabelCounts& state, const Selection& selection,
                                       double zero_division) {
  check_all_selected(state, selection);
  return {classification_report(state.result(), selection, zero_division),
          scores_over_samples(state, {.zero_division = zero_division})};
}

}  // namespace lstmetrics::metrics::formulas
