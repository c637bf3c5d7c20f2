// A metric of labels at every threshold of the scores: the confusion state of each, and the formula
// over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/formulas/agreement.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/threshold_states.hpp"

namespace lstmetrics::metrics::formulas {

enum class LabelMetric : std::uint8_t {
  accuracy,
  correct,
  error_rate,
  errors,
  balanced_accuracy,
  matthews_corrcoef,
  cohen_kappa,
  precision_recall_fscore,  // of averages: of each; else rows of each, and of the support
  jaccard,
  likelihood_ratios,
  confusion_matrix,
  one_against_rest,
};

struct LabelMetricOptions {
  LabelMetric metric = LabelMetric::accuracy;
  std::optional<LabelList> labels;  // selected; all of a state when there are none
  PrfOptions scores;                // of these and the Jaccard index
  Disagreement disagreement = Disagreement::nominal;
  Normalize normalize = Normalize::none;
  bool adjusted = false;  // balanced accuracy
};

// By threshold, descending.
struct ThresholdValues {
  std::size_t width = 0;       // numbers at each threshold
  bool widths_differ = false;  // then nothing more was computed
  std::vector<double> values;  // thresholds x width
  // What must be said of a value: equal ones have the same causes. Those that have something
  // undefined are marked in their lowest bits, in the order in which the results tell of it.
  std::vector<std::uint64_t> facts;
  std::vector<double> thresholds;
};

LSTMETRICS_API ThresholdValues at_thresholds(ThresholdStates& states,
                                             const LabelMetricOptions& options);

}  // namespace lstmetrics::metrics::formulas
