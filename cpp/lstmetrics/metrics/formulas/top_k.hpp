// Top-k accuracy.
#pragma once

#include <cstddef>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/top_k_counts.hpp"

namespace lstmetrics::metrics::formulas {

// The share of samples that are hits for the k at this place, the correctly rounded quotient where
// there are no weights; NaN when there is nothing to divide by.
LSTMETRICS_API double top_k_accuracy(const TopKTally& tally, std::size_t index);
// How many hits there are, or what they weigh.
LSTMETRICS_API double top_k_hits(const TopKTally& tally, std::size_t index);

}  // namespace lstmetrics::metrics::formulas
