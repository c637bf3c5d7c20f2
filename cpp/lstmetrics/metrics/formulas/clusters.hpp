// Means of losses by cluster, as pure functions of their sums.
#pragma once

#include <cstddef>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/clustered_losses.hpp"

namespace lstmetrics::metrics::formulas {

// sum(w * loss) / sum(w) of a model; NaN when the weights add up to zero.
LSTMETRICS_API double cluster_mean(const ClusterSums& sums, std::size_t model);
// Of the first model less that of the second: the difference of the sums is exact.
LSTMETRICS_API double cluster_mean_difference(const ClusterSums& sums);

}  // namespace lstmetrics::metrics::formulas
