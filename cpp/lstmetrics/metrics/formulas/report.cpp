#include "lstmetrics/metrics/formulas/report.hpp"

#include <algorithm>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"

namespace lstmetrics::metrics::formulas {

ClassificationReport classification_report(const Marginals& marginals, const Selection& selection,
                                           double zero_division) {
  const auto scores = [&](Average average) {
    return precision_recall_fscore(marginals, selection,
                                   {.average = average, .zero_division = zero_division});
  };
  ClassificationReport report{scores(Average::per_label), scores(Average::micro),
                              scores(Average::macro), scores(Average::weighted)};
  detail::ExactSum support;
  for (const double one : report.per_label.support) support.add(one);
  report.support = support.value();
  return report;
}

ClassificationReport classification_report(const ConfusionCounts& state, const Selection& selection,
                                           double zero_division) {
  ClassificationReport report = classification_report(state.result(), selection, zero_division);
  const std::vector<std::ptrdiff_t> place = detail::places(state.labels().size(), selection);
  report.all_labels = std::ranges::find(place, kAbsent) == place.end();
  report.none_correct = none_correct(state);
  return report;
}

}  // namespace lstmetrics::metrics::formulas
