#include "lstmetrics/metrics/formulas/clusters.hpp"

#include "lstmetrics/metrics/formulas/fractions.hpp"

namespace lstmetrics::metrics::formulas {

double cluster_mean(const ClusterSums& sums, std::size_t model) {
  return detail::quotient(sums.loss[model].value(), sums.total.weight.value());
}

double cluster_mean_difference(const ClusterSums& sums) {
  numeric::ExactSum difference = sums.loss[0];
  detail::subtract(difference, sums.loss[1]);
  return detail::quotient(difference.value(), sums.total.weight.value());
}

}  // namespace lstmetrics::metrics::formulas
