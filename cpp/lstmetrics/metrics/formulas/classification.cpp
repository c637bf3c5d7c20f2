#include "lstmetrics/metrics/formulas/classification.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/scores.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

// ---- scores ---------------------------------------------------------------------------------

template <class Label>
PrfResult score(const std::vector<Label>& labels, const Selection& selection,
                const PrfOptions& options) {
  PrfResult result;
  const auto entries = entries_of(labels, selection, options.average == Average::micro);
  result.entries.reserve(entries.size());
  result.support.reserve(entries.size());
  for (const auto& entry : entries) {
    result.entries.push_back(prf_of(entry, options, result));
    result.support.push_back(rounded(entry.actual));
  }
  return result;
}

template <class Label>
JaccardResult jaccard_of(const std::vector<Label>& labels, const Selection& selection,
                         const JaccardOptions& options) {
  JaccardResult result;
  for (const auto& entry : entries_of(labels, selection, options.average == Average::micro)) {
    result.entries.push_back(jaccard_index(entry, options.zero_division, result.undefined));
    result.support.push_back(rounded(entry.actual));
  }
  return result;
}

void check_average(Average average) {
  if (average != Average::samples) return;
  throw InvalidValue("Samplewise metrics are not available outside of multilabel classification.");
}

// ---- the matrix -----------------------------------------------------------------------------

template <class Amount>
void fill_matrix(const ConfusionCounts& state, const Selection& selection, Normalize normalize,
                 double* out) {
  const std::size_t size = selection.size();
  const auto group = [&](std::size_t row, std::size_t column) {
    return normalize == Normalize::by_true        ? row
           : normalize == Normalize::by_predicted ? column
                                                  : 0;
  };
  std::vector<Amount> totals(normalize == Normalize::none     ? 0
                             : normalize == Normalize::by_all ? 1
                                                              : size);
  if (!totals.empty()) {
    for_each_selected(
        state, selection,
        [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
          add(totals[group(row, column)], cell_amount(count, weight, Amount{}));
        });
  }
  std::fill_n(out, size * size, 0.0);
  for_each_selected(
      state, selection,
      [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
        const auto& cell = cell_amount(count, weight, Amount{});
        out[row * size + column] =
            totals.empty() ? rounded(cell) : ratio(cell, totals[group(row, column)]).value_or(0.0);
      });
}

void put(std::int64_t& cell, uint128 count) { cell = static_cast<std::int64_t>(count); }
template <class Amount>
void put(double& cell, const Amount& amount) {
  cell = rounded(amount);
}

template <class Label, class Number>
void fill_against_rest(const std::vector<Label>& labels, const AmountOf<Label>& total,
                       const Selection& selection, Number* out) {
  for (const auto& entry : entries_of(labels, selection, false)) {
    auto tn = total;
    subtract(tn, entry.actual);
    subtract(tn, entry.predicted);
    add(tn, entry.tp);
    auto fp = entry.predicted;
    subtract(fp, entry.tp);
    auto fn = entry.actual;
    subtract(fn, entry.tp);
    put(*out++, tn);
    put(*out++, fp);
    put(*out++, fn);
    put(*out++, entry.tp);
  }
}

}  // namespace

namespace {

Selection first_labels(std::size_t count) {
  Selection selection(count);
  std::iota(selection.begin(), selection.end(), std::ptrdiff_t{0});
  return selection;
}

}  // namespace

Selection all_labels(const ConfusionCounts& state) { return first_labels(state.labels().size()); }

Selection all_labels(const Marginals& marginals) { return first_labels(marginals.counts.size()); }

void keep_last(Selection& selection) {
  std::unordered_set<std::ptrdiff_t> placed;
  for (auto label = selection.rbegin(); label != selection.rend(); ++label) {
    if (*label != kAbsent && !placed.insert(*label).second) *label = kAbsent;
  }
}

namespace {

struct Diagonal {
  std::int64_t correct = 0;
  ExactSum correct_weight;
  ExactSum weight;
};

Diagonal diagonal(const ConfusionCounts& state) {
  Diagonal sums;
  state.cells().for_each(
      [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
        if (row == column) sums.correct += count;
        if (weight == nullptr) return;
        sums.weight.merge(*weight);
        if (row == column) sums.correct_weight.merge(*weight);
      });
  return sums;
}

[[noreturn]] void refuse_sum_of_integers() {
  throw CountOverflow(
      "sample_weight: integers that add up to more than 64 bits hold; pass them as floats");
}

// A sum of integers, as it is. Of 64 bits and more a double holds the first 53, and another the
// rest.
std::int64_t whole_number(ExactSum sum) {
  const double first = sum.value();
  sum.add(-first);
  const double rest = sum.value();
  if (!(std::abs(first) <= 0x1p63)) refuse_sum_of_integers();
  const auto whole = static_cast<numeric::int128>(first) + static_cast<numeric::int128>(rest);
  if (whole != static_cast<std::int64_t>(whole)) refuse_sum_of_integers();
  return static_cast<std::int64_t>(whole);
}

}  // namespace

double accuracy(const ConfusionCounts& state) {
  const Diagonal sums = diagonal(state);
  if (!state.is_weighted()) return accuracy(sums.correct, state.samples());
  return ratio(sums.correct_weight, sums.weight).value_or(kNan);
}

double accuracy(std::int64_t correct, std::int64_t samples) {
  return ratio(amount(correct), amount(samples)).value_or(kNan);
}

double correct(const ConfusionCounts& state) {
  const Diagonal sums = diagonal(state);
  return state.is_weighted() ? sums.correct_weight.value() : rounded(amount(sums.correct));
}

bool none_correct(const ConfusionCounts& state) {
  bool none = true;
  state.cells().for_each([&](std::size_t row, std::size_t column, std::int64_t, const ExactSum*) {
    none &= row != column;
  });
  return none;
}

double error_rate(const ConfusionCounts& state) {
  Diagonal sums = diagonal(state);
  if (!state.is_weighted()) {
    return accuracy(state.samples() - sums.correct, state.samples());
  }
  ExactSum wrong = sums.weight;
  subtract(wrong, std::move(sums.correct_weight));
  return ratio(wrong, sums.weight).value_or(kNan);
}

double errors(const ConfusionCounts& state) {
  Diagonal sums = diagonal(state);
  if (!state.is_weighted()) return rounded(amount(state.samples() - sums.correct));
  subtract(sums.weight, std::move(sums.correct_weight));
  return sums.weight.value();
}

PrfResult precision_recall_fscore(const ConfusionCounts& state, const Selection& selection,
                                  const PrfOptions& options) {
  return precision_recall_fscore(state.result(), selection, options);
}

PrfResult precision_recall_fscore(const Marginals& marginals, const Selection& selection,
                                  const PrfOptions& options) {
  check_beta(options.beta);
  check_average(options.average);
  PrfResult result = marginals.weighted ? score(marginals.weights, selection, options)
                                        : score(marginals.counts, selection, options);
  result.average = {kNan, kNan, kNan};
  if (options.average == Average::per_label) return result;
  if (options.average == Average::micro) {
    result.average = result.entries[0];
    return result;
  }
  const bool by_support = options.average == Average::weighted;
  for (double Prf::* score : {&Prf::precision, &Prf::recall, &Prf::f_score}) {
    const auto value = [&](std::size_t i) { return result.entries[i].*score; };
    result.average.*score = average_of(value, result.support, by_support);
  }
  return result;
}

JaccardResult jaccard(const ConfusionCounts& state, const Selection& selection,
                      const JaccardOptions& options) {
  return jaccard(state.result(), selection, options);
}

JaccardResult jaccard(const Marginals& marginals, const Selection& selection,
                      const JaccardOptions& options) {
  check_average(options.average);
  JaccardResult result = marginals.weighted ? jaccard_of(marginals.weights, selection, options)
                                            : jaccard_of(marginals.counts, selection, options);
  const auto value = [&](std::size_t i) { return result.entries[i]; };
  result.average = kNan;
  if (options.average == Average::micro)
    result.average = result.entries[0];
  else if (options.average != Average::per_label)
    result.average = average_of(value, result.support, options.average == Average::weighted);
  return result;
}

void confusion_matrix(const ConfusionCounts& state, const Selection& selection, Normalize normalize,
                      double* out) {
  if (state.is_weighted())
    fill_matrix<ExactSum>(state, selection, normalize, out);
  else
    fill_matrix<uint128>(state, selection, normalize, out);
}

void confusion_matrix(const ConfusionCounts& state, const Selection& selection, std::int64_t* out) {
  const std::int64_t* const counts = state.cells().dense_counts();
  if (counts != nullptr && selection == all_labels(state)) {
    std::copy_n(counts, selection.size() * selection.size(), out);
    return;
  }
  std::fill_n(out, selection.size() * selection.size(), std::int64_t{0});
  for_each_selected(
      state, selection,
      [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
        out[row * selection.size() + column] = weight == nullptr ? count : whole_number(*weight);
      });
}

void one_against_rest(const Marginals& marginals, const Selection& selection, double* out) {
  if (marginals.weighted)
    fill_against_rest(marginals.weights, marginals.weight, selection, out);
  else
    fill_against_rest(marginals.counts, amount(marginals.samples), selection, out);
}

void one_against_rest(const Marginals& marginals, const Selection& selection, std::int64_t* out) {
  fill_against_rest(marginals.counts, amount(marginals.samples), selection, out);
}

BalancedAccuracy balanced_accuracy(const ConfusionCounts& state, bool adjusted) {
  const Marginals marginals = state.result();
  BalancedAccuracy result;
  ExactSum sum;
  double labels = 0;
  for (std::size_t i = 0; i < marginals.counts.size(); ++i) {
    const LabelCounts& counts = marginals.counts[i];
    const std::optional<double> recall =
        marginals.weighted ? ratio(marginals.weights[i].tp, marginals.weights[i].actual)
                           : ratio(amount(counts.tp), amount(counts.actual));
    if (recall) {
      sum.add(*recall);
      labels += 1;
    } else if (counts.actual != 0 || counts.predicted != 0) {
      result.labels_dropped = true;
    }
  }
  if (labels == 0) {
    result.value = kNan;
    return result;
  }
  if (!adjusted) {
    result.value = sum.value() / labels;
    return result;
  }
  // (sum / n - 1 / n) / (1 - 1 / n), with one rounding before the division.
  sum.add(-1.0);
  const double above = sum.value();
  result.value = labels == 1 && above == 0 ? kNan : above / (labels - 1);
  return result;
}

}  // namespace lstmetrics::metrics::formulas
