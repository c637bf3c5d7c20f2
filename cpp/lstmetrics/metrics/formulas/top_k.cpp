#include "lstmetrics/metrics/formulas/top_k.hpp"

#include "lstmetrics/metrics/formulas/fractions.hpp"

namespace lstmetrics::metrics::formulas {

double top_k_accuracy(const TopKTally& tally, std::size_t index) {
  return detail::fraction(tally.top[index].hits, tally.total, tally.weighted);
}

double top_k_hits(const TopKTally& tally, std::size_t index) {
  return tally.top[index].hits.weight.value();
}

}  // namespace lstmetrics::metrics::formulas
