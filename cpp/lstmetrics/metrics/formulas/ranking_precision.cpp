// Average precision.
#include <algorithm>
#include <array>

#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_sums.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

double weighted_average_precision(const Ranking& ranking) {
  ExactSum positives = ranking.positives().weight();  // at the score or above
  ExactSum predicted = ranking.negatives().weight();
  const double total = positives.value();
  predicted.merge(positives);
  if (total == 0) return 0.0;
  const Scale scale(total);
  // Towards zero from below: what is left is the amount with its sign turned.
  positives.negate();
  predicted.negate();
  ExactSum sum;
  for_each_weight(ranking, [&](ScoreKey, const ExactSum& p, const ExactSum& n) {
    const double above = predicted.value();
    if (above != 0) sum.add(scale(p.value()) * (positives.value() / above));
    positives.merge(p);
    predicted.merge(p);
    predicted.merge(n);
  });
  return std::max(sum.value() / scale(total), 0.0);
}

// Adds each positive's precision at its score.
void add_precisions(ExactSum& sum, const CountBlock& block, const Totals& totals) {
  std::array<std::uint16_t, CountBlock::kMost> places;  // of scores that positives have
  std::array<double, CountBlock::kMost> terms;
  std::size_t n = 0;
  for (std::size_t i = 0; i < block.size; ++i) {
    places[n] = static_cast<std::uint16_t>(i);
    n += block.positives[i] != (block.positives + i)[-1] ? 1 : 0;
  }
  const bool exact = totals.positives + totals.negatives <= std::int64_t{1} << 53;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t* const positives = block.positives + places[i];
    const std::int64_t right = totals.positives - positives[-1];
    const std::int64_t predicted = right + (totals.negatives - (block.negatives + places[i])[-1]);
    terms[i] = exact ? static_cast<double>(right) / static_cast<double>(predicted)
                     : numeric::exact_ratio(amount(right), amount(predicted));
    const std::int64_t more = positives[0] - positives[-1] - 1;
    if (more > 0) sum.add_multiple(terms[i], static_cast<std::uint64_t>(more));
  }
  sum.add_all(terms.data(), n);
}

}  // namespace

double average_precision(const Ranking& ranking) {
  if (ranking.weighted()) return weighted_average_precision(ranking);
  const Totals totals = totals_of(ranking);
  if (totals.positives == 0) return 0.0;
  const ExactSum sum = sum_over_blocks<ExactSum>(
      ranking,
      [&](ExactSum& part, const CountBlock& block) { add_precisions(part, block, totals); },
      [](ExactSum& to, const ExactSum& part) { to.merge(part); });
  return sum.value() / static_cast<double>(totals.positives);
}

}  // namespace lstmetrics::metrics::formulas
