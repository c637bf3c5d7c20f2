// A batch of tagged sequences, counted. Internal to metrics/.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/metrics/entity_counts.hpp"

namespace lstmetrics::metrics {

struct EntityBatch {
  LabelList types;                  // in order of arrival
  std::vector<LabelCounts> counts;  // by type; all zero where tags of a type made no entity
  std::int64_t tokens = 0;
  std::int64_t right_tokens = 0;
};

// Errors as of EntityCounts::update.
EntityBatch count_entities(const TaggedSequences& y_true, const TaggedSequences& y_pred,
                           TagScheme scheme, bool suffix);

}  // namespace lstmetrics::metrics
