#include "lstmetrics/metrics/formulas/report.hpp"

#include <algorithm>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"

namespace lstmetrics::metrics::formulas {

ClassificationReport classification_report(const ConfusionCounts& state, const Selection& selection,
                                           double zero_division) {
  const auto scores = [&](Average average) {
    return precision_recall_fscore(state, selection,
                                   {.average = average, .zero_division = zero_division});
  };
  ClassificationReport report{scores(Average::per_label), scores(Average::micro),
                              scores(Average::macro), scores(Average::weighted)};
  detail::ExactSum support;
  for (const double one : report.per_label.support) support.add(one);
  report.support = support.value();
  const std::vector<std::ptrdiff_t> place = detail::places(state.labels().size(), selection);
  report.all_labels = std::ranges::find(place, kAbsent) == place.end();
  report.none_correct = true;
  state.cells().for_each([&](std::size_t row, std::size_t column, std::int64_t, const auto*) {
    if (row == column) report.none_correct = false;
  });
  return report;
}

}  // namespace lstmetrics::metrics::formulas
