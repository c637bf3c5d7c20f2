// Precision, recall and F1 of each label and averaged, with the support: all that a report shows.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"

namespace lstmetrics::metrics::formulas {

struct ClassificationReport {
  PrfResult per_label;
  PrfResult micro;
  PrfResult macro;
  PrfResult weighted;
  double support = 0.0;     // of the selected labels together
  bool all_labels = false;  // no label of the state is left out, so micro is accuracy
  bool none_correct = false;
};

// Of the labels alone: the last two are not told.
LSTMETRICS_API ClassificationReport classification_report(const Marginals& marginals,
                                                          const Selection& selection,
                                                          double zero_division);
LSTMETRICS_API ClassificationReport classification_report(const ConfusionCounts& state,
                                                          const Selection& selection,
                                                          double zero_division);

}  // namespace lstmetrics::metrics::formulas
