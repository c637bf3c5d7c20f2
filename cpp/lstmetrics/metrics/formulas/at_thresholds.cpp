#include "lstmetrics/metrics/formulas/at_thresholds.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace lstmetrics::metrics::formulas {
namespace {

using Facts = std::uint64_t;

Facts bits(std::initializer_list<bool> flags) {
  Facts facts = 0;
  unsigned place = 0;
  for (const bool flag : flags) facts |= static_cast<Facts>(flag) << place++;
  return facts;
}

// The formula of a metric over one state after the other.
class Formula {
 public:
  explicit Formula(const LabelMetricOptions& options) : options_(options) {}

  void select(const ConfusionCounts& state);
  // Appends the value; gives what is undefined.
  Facts apply(const ConfusionCounts& state, std::vector<double>& values) const;
  // What else of the labels may have to be said.
  Facts of_labels() const noexcept { return of_labels_; }

 private:
  Facts scores(const ConfusionCounts& state, std::vector<double>& values) const;
  Facts jaccard_scores(const ConfusionCounts& state, std::vector<double>& values) const;
  std::size_t room(std::vector<double>& values, std::size_t size) const {
    values.resize(values.size() + size);
    return values.size() - size;
  }

  const LabelMetricOptions& options_;
  Selection selection_;
  Facts of_labels_ = 0;
};

void Formula::select(const ConfusionCounts& state) {
  selection_ = options_.labels ? state.labels().select(*options_.labels) : all_labels(state);
  switch (options_.metric) {
    case LabelMetric::cohen_kappa:
    case LabelMetric::likelihood_ratios:
    case LabelMetric::confusion_matrix:
      keep_last(selection_);
      break;
    default:
      break;
  }
  constexpr unsigned kLabels = 32;
  constexpr Facts kAbsentLabel = Facts{1} << 31;
  of_labels_ = static_cast<Facts>(state.labels().size()) << kLabels;
  if (std::ranges::find(selection_, kAbsent) != selection_.end()) of_labels_ |= kAbsentLabel;
}

Facts Formula::scores(const ConfusionCounts& state, std::vector<double>& values) const {
  const PrfResult result = precision_recall_fscore(state, selection_, options_.scores);
  if (options_.scores.average == Average::per_label) {
    for (double Prf::* score : {&Prf::precision, &Prf::recall, &Prf::f_score}) {
      for (const Prf& entry : result.entries) values.push_back(entry.*score);
    }
    values.insert(values.end(), result.support.begin(), result.support.end());
  } else {
    const Prf& average = result.average;
    values.insert(values.end(), {average.precision, average.recall, average.f_score});
  }
  return bits({result.precision_undefined, result.recall_undefined, result.f_score_undefined,
               none_correct(state)});
}

Facts Formula::jaccard_scores(const ConfusionCounts& state, std::vector<double>& values) const {
  const auto [average, zero_division] =
      std::pair(options_.scores.average, options_.scores.zero_division);
  const JaccardResult result = jaccard(state, selection_, {average, zero_division});
  if (average == Average::per_label)
    values.insert(values.end(), result.entries.begin(), result.entries.end());
  else
    values.push_back(result.average);
  return bits({result.undefined});
}

Facts Formula::apply(const ConfusionCounts& state, std::vector<double>& values) const {
  const std::size_t labels = selection_.size();
  switch (options_.metric) {
    case LabelMetric::accuracy:
      values.push_back(accuracy(state));
      return 0;
    case LabelMetric::correct:
      values.push_back(correct(state));
      return 0;
    case LabelMetric::error_rate:
      values.push_back(error_rate(state));
      return 0;
    case LabelMetric::errors:
      values.push_back(errors(state));
      return 0;
    case LabelMetric::balanced_accuracy: {
      const BalancedAccuracy result = balanced_accuracy(state, options_.adjusted);
      values.push_back(result.value);
      return bits({result.labels_dropped});
    }
    case LabelMetric::matthews_corrcoef:
      values.push_back(matthews_corrcoef(state));
      return 0;
    case LabelMetric::cohen_kappa: {
      const Kappa kappa = cohen_kappa(state, selection_, options_.disagreement);
      values.push_back(kappa.value);
      return bits({kappa.no_samples, kappa.one_label});
    }
    case LabelMetric::precision_recall_fscore:
      return scores(state, values);
    case LabelMetric::jaccard:
      return jaccard_scores(state, values);
    case LabelMetric::likelihood_ratios: {
      if (labels != 2) return 0;  // the width tells of it
      const LikelihoodRatios ratios = likelihood_ratios(state, selection_);
      values.insert(values.end(), {ratios.positive, ratios.negative});
      return bits({ratios.no_false_positives, ratios.no_true_negatives, ratios.no_positives,
                   ratios.no_true_positives});
    }
    case LabelMetric::confusion_matrix: {
      const std::size_t at = room(values, labels * labels);
      confusion_matrix(state, selection_, options_.normalize, values.data() + at);
      return 0;
    }
    case LabelMetric::one_against_rest: {
      const std::size_t at = room(values, 4 * labels);
      one_against_rest(state.result(), selection_, values.data() + at);
      return bits({none_correct(state)});
    }
  }
  return 0;
}

// The last row first.
void turn(ThresholdValues& result) {
  std::ranges::reverse(result.facts);
  std::ranges::reverse(result.thresholds);
  std::ranges::reverse(result.values);
  for (auto row = result.values.begin(); row != result.values.end();) {
    const auto end = row + static_cast<std::ptrdiff_t>(result.width);
    std::reverse(row, end);
    row = end;
  }
}

}  // namespace

ThresholdValues at_thresholds(ThresholdStates& states, const LabelMetricOptions& options) {
  ThresholdValues result;
  Formula formula(options);
  while (states.next()) {
    const ConfusionCounts& state = states.state();
    if (states.labels_changed()) formula.select(state);
    const std::size_t before = result.values.size();
    const Facts undefined = formula.apply(state, result.values);
    const std::size_t width = result.values.size() - before;
    if (result.facts.empty()) result.width = width;
    result.widths_differ = width != result.width;
    if (result.widths_differ) return result;
    result.facts.push_back(undefined | formula.of_labels());
    result.thresholds.push_back(states.threshold());
  }
  turn(result);
  return result;
}

}  // namespace lstmetrics::metrics::formulas
