// Metrics of entities, by seqeval's definitions: formulas over their counts by type.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/entity_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/report.hpp"

namespace lstmetrics::metrics::formulas {

// By type: entities that are right, only predicted (false positives) and only true (false
// negatives).
struct EntityOutcomes {
  std::int64_t tp = 0;
  std::int64_t fp = 0;
  std::int64_t fn = 0;
};
LSTMETRICS_API std::vector<EntityOutcomes> entity_outcomes(const EntityCounts& state);

// The fraction of tokens with the very tag that is true; NaN when there are none.
LSTMETRICS_API double token_accuracy(const EntityCounts& state);

// Of every type. Where there is no entity at all, a weighted average is 0/0, as the micro average
// is, and a macro average NaN.
LSTMETRICS_API PrfResult precision_recall_fscore(const EntityCounts& state,
                                                 const PrfOptions& options);
LSTMETRICS_API ClassificationReport entity_report(const EntityCounts& state, double zero_division);

}  // namespace lstmetrics::metrics::formulas
