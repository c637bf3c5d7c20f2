// Areas under ROC curves.
#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_pairs.hpp"
#include "lstmetrics/metrics/formulas/ranking_sums.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

template <class F>
uint128 sum_of_products(const Ranking& ranking, F f) {
  return sum_over_blocks<uint128>(ranking, f, [](uint128& to, const uint128& sum) { to += sum; });
}

// Twice the number of pairs in which the positive's score is above the negative's, equal ones once.
uint128 twice_ordered_pairs(const Ranking& ranking) {
  uint128 pairs = 0;
  if (with_lists(ranking, [&](const auto& lists) { pairs = detail::twice_ordered_pairs(lists); })) {
    return pairs;
  }
  return sum_of_products(ranking, [](uint128& sum, const CountBlock& block) {
    for (std::size_t i = 0; i < block.size; ++i) {
      const std::int64_t* const positives = block.positives + i;
      const std::int64_t* const negatives = block.negatives + i;
      sum += numeric::product(
          static_cast<std::uint64_t>(positives[0] - positives[-1]),
          static_cast<std::uint64_t>(negatives[0]) + static_cast<std::uint64_t>(negatives[-1]));
    }
  });
}

uint128 tied_pairs(const Ranking& ranking) {
  return sum_of_products(ranking, [](uint128& sum, const CountBlock& block) {
    for (std::size_t i = 0; i < block.size; ++i) {
      const std::int64_t* const positives = block.positives + i;
      const std::int64_t* const negatives = block.negatives + i;
      sum += numeric::product(static_cast<std::uint64_t>(positives[0] - positives[-1]),
                              static_cast<std::uint64_t>(negatives[0] - negatives[-1]));
    }
  });
}

uint128 twice_all_pairs(const Totals& totals) {
  return 2 * numeric::product(static_cast<std::uint64_t>(totals.positives),
                              static_cast<std::uint64_t>(totals.negatives));
}

// sum(p * other) / (2 P N), other(below, n) being what p is multiplied with.
template <class Other>
double weighted_area(const Ranking& ranking, Other other) {
  const double positives = ranking.positives().weight().value();
  const double negatives = ranking.negatives().weight().value();
  if (positives == 0 || negatives == 0) return kNan;
  const Scale positive(positives);
  const Scale negative(negatives);
  ExactSum below;
  ExactSum area;
  for_each_weight(ranking, [&](ScoreKey, const ExactSum& p, const ExactSum& n) {
    const double factor = other(below, n);
    area.add(positive(p.value()) * negative(factor));
  });
  const double value = area.value() / (2 * positive(positives) * negative(negatives));
  return value == value ? value : kNan;
}

}  // namespace

double roc_auc(const Ranking& ranking) {
  if (ranking.weighted()) {
    // `below` holds twice the negatives below, and half-way those at the score once.
    return weighted_area(ranking, [](ExactSum& below, const ExactSum& n) {
      below.merge(n);
      const double middle = below.value();
      below.merge(n);
      return middle;
    });
  }
  const Totals totals = totals_of(ranking);
  if (totals.positives == 0 || totals.negatives == 0) return kNan;
  return numeric::exact_ratio(twice_ordered_pairs(ranking), twice_all_pairs(totals));
}

double roc_auc_error(const Ranking& ranking) {
  if (!ranking.bounded()) return 0.0;
  if (ranking.weighted()) {
    return weighted_area(ranking, [](ExactSum&, const ExactSum& n) { return n.value(); });
  }
  const Totals totals = totals_of(ranking);
  if (totals.positives == 0 || totals.negatives == 0) return kNan;
  return numeric::exact_ratio(tied_pairs(ranking), twice_all_pairs(totals));
}

// ---- partial areas ------------------------------------------------------------------------------

namespace {

// The step of the curve on which max_fpr lies, as rates.
struct Crossing {
  double fpr = 0.0;
  double tpr = 0.0;
  double next_fpr = 1.0;
  double next_tpr = 1.0;
};

// The area from a corner on to max_fpr, along the straight line to the next one.
double area_beyond(const Crossing& at, double max_fpr) {
  const double slope = (at.next_tpr - at.tpr) / (at.next_fpr - at.fpr);
  const double end = at.tpr + slope * (max_fpr - at.fpr);
  return (max_fpr - at.fpr) * (at.tpr + end) / 2;
}

double area_up_to(const Ranking& ranking, double max_fpr) {
  const Totals totals = totals_of(ranking);
  const uint128 positives = amount(totals.positives);
  const uint128 negatives = amount(totals.negatives);
  if (positives == 0 || negatives == 0) return kNan;
  uint128 twice_pairs = 0;
  Crossing crossing;
  uint128 tp = positives;  // at the score or above
  uint128 fp = negatives;
  for_each_count(ranking, [&](ScoreKey, std::int64_t p, std::int64_t n) {
    const uint128 tp_above = tp - amount(p);
    const uint128 fp_above = fp - amount(n);
    const double fpr = numeric::exact_ratio(fp, negatives);
    if (fpr <= max_fpr) {
      twice_pairs += amount(n) * (tp + tp_above);
    } else {
      crossing = {numeric::exact_ratio(fp_above, negatives),
                  numeric::exact_ratio(tp_above, positives), fpr,
                  numeric::exact_ratio(tp, positives)};
    }
    tp = tp_above;
    fp = fp_above;
  });
  return numeric::exact_ratio(twice_pairs, twice_all_pairs(totals)) +
         area_beyond(crossing, max_fpr);
}

double weighted_area_up_to(const Ranking& ranking, double max_fpr) {
  ExactSum tp = ranking.positives().weight();  // at the score or above, with the sign turned
  ExactSum fp = ranking.negatives().weight();
  const double positives = tp.value();
  const double negatives = fp.value();
  if (positives == 0 || negatives == 0) return kNan;
  const Scale positive(positives);
  const Scale negative(negatives);
  tp.negate();
  fp.negate();
  ExactSum twice_area;
  Crossing crossing;
  for_each_weight(ranking, [&](ScoreKey, const ExactSum& p, const ExactSum& n) {
    const double fpr = -fp.value() / negatives;
    const double tpr = -tp.value() / positives;
    ExactSum height = tp;
    tp.merge(p);
    fp.merge(n);
    height.merge(tp);
    if (fpr <= max_fpr) {
      twice_area.add(negative(n.value()) * positive(-height.value()));
    } else {
      crossing = {-fp.value() / negatives, -tp.value() / positives, fpr, tpr};
    }
  });
  return twice_area.value() / (2 * positive(positives) * negative(negatives)) +
         area_beyond(crossing, max_fpr);
}

}  // namespace

double partial_roc_auc(const Ranking& ranking, double max_fpr) {
  if (max_fpr == 1) return roc_auc(ranking);
  const double area =
      ranking.weighted() ? weighted_area_up_to(ranking, max_fpr) : area_up_to(ranking, max_fpr);
  const double least = 0.5 * max_fpr * max_fpr;
  const double value = 0.5 * (1 + (area - least) / (max_fpr - least));
  return value == value ? value : kNan;
}

}  // namespace lstmetrics::metrics::formulas
