#include "lstmetrics/metrics/formulas/entities.hpp"

#include "lstmetrics/metrics/formulas/amounts.hpp"

namespace lstmetrics::metrics::formulas {

std::vector<EntityOutcomes> entity_outcomes(const EntityCounts& state) {
  std::vector<EntityOutcomes> outcomes;
  for (const auto& [tp, predicted, actual] : state.result().counts) {
    outcomes.push_back({tp, predicted - tp, actual - tp});
  }
  return outcomes;
}

double token_accuracy(const EntityCounts& state) {
  return detail::ratio(detail::amount(state.right_tokens()), detail::amount(state.tokens()))
      .value_or(detail::kNan);
}

PrfResult precision_recall_fscore(const EntityCounts& state, const PrfOptions& options) {
  PrfOptions used = options;
  if (used.average == Average::weighted && state.types().empty()) used.average = Average::micro;
  const Marginals marginals = state.result();
  return precision_recall_fscore(marginals, all_labels(marginals), used);
}

ClassificationReport entity_report(const EntityCounts& state, double zero_division) {
  const Marginals marginals = state.result();
  ClassificationReport report =
      classification_report(marginals, all_labels(marginals), zero_division);
  report.weighted = precision_recall_fscore(
      state, {.average = Average::weighted, .zero_division = zero_division});
  return report;
}

}  // namespace lstmetrics::metrics::formulas
