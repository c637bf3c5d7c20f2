// How uncertain an area under a ROC curve is.
#include <cmath>
#include <cstdint>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_walk.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics::formulas {

double roc_auc_standard_error(const Ranking& ranking) {
  if (ranking.weighted()) {
    throw UnsupportedError("the standard error of an area is that of samples without weights");
  }
  const auto positives = static_cast<double>(ranking.positives().samples());
  const auto negatives = static_cast<double>(ranking.negatives().samples());
  if (positives < 2 || negatives < 2) return std::nan("");
  const double area = roc_auc(ranking);
  numeric::ExactSum of_positives;
  numeric::ExactSum of_negatives;
  std::int64_t positives_below = 0;
  std::int64_t negatives_below = 0;
  detail::for_each_count(ranking, [&](ScoreKey, std::int64_t p, std::int64_t n) {
    // The share of negatives below these positives, and of positives above these negatives; equal
    // ones count half.
    const auto below = 2 * static_cast<double>(negatives_below) + static_cast<double>(n);
    const auto above =
        2 * (positives - static_cast<double>(positives_below)) - static_cast<double>(p);
    const double from_positives = below / (2 * negatives) - area;
    const double from_negatives = above / (2 * positives) - area;
    of_positives.add_multiple(from_positives * from_positives, static_cast<std::uint64_t>(p));
    of_negatives.add_multiple(from_negatives * from_negatives, static_cast<std::uint64_t>(n));
    positives_below += p;
    negatives_below += n;
  });
  return std::sqrt(of_positives.value() / (positives - 1) / positives +
                   of_negatives.value() / (negatives - 1) / negatives);
}

}  // namespace lstmetrics::metrics::formulas
