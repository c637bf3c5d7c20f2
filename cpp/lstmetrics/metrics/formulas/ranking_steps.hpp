// A threshold at each different score, from the least up: what is predicted right and wrong there.
// Internal to formulas/.
#pragma once

#include <cstdint>
#include <utility>

#include "lstmetrics/metrics/formulas/ranking_sums.hpp"

namespace lstmetrics::metrics::formulas::detail {

// Of an unweighted ranking.
struct CountStep {
  ScoreKey key;
  std::int64_t p, n;    // positives and negatives at the score
  std::int64_t tp, fp;  // and from it on
  const Totals& totals;

  double true_positives() const { return rounded(amount(tp)); }
  double false_positives() const { return rounded(amount(fp)); }
  double false_negatives() const { return rounded(amount(totals.positives - tp)); }
  double true_negatives() const { return rounded(amount(totals.negatives - fp)); }
  // NaN without positives (or negatives).
  double tpr() const { return ratio(amount(tp), amount(totals.positives)).value_or(kNan); }
  double fpr() const { return ratio(amount(fp), amount(totals.negatives)).value_or(kNan); }
  double fnr() const { return miss(totals.positives, tp); }
  double tnr() const { return miss(totals.negatives, fp); }
  // 0 where nothing is predicted positive.
  double precision() const { return ratio(amount(tp), amount(tp) + amount(fp)).value_or(0.0); }
  bool has_positives() const { return p != 0; }
  bool misses_none() const { return tp == totals.positives; }
  bool accuses_none() const { return fp == 0; }

 private:
  static double miss(std::int64_t all, std::int64_t found) {
    return ratio(amount(all - found), amount(all)).value_or(kNan);
  }
};

// Of a weighted one. Sums stand with their sign turned, as they come about from below.
struct WeightTotals {
  ExactSum positives, negatives;
  double positives_value, negatives_value;

  explicit WeightTotals(const Ranking& ranking)
      : positives(ranking.positives().weight()),
        negatives(ranking.negatives().weight()),
        positives_value(positives.value()),
        negatives_value(negatives.value()) {}
};

struct WeightStep {
  ScoreKey key;
  const ExactSum& p;
  const ExactSum& n;
  const ExactSum& minus_tp;
  const ExactSum& minus_fp;
  const WeightTotals& totals;

  double true_positives() const { return 0.0 - minus_tp.value(); }
  double false_positives() const { return 0.0 - minus_fp.value(); }
  double false_negatives() const { return sum(totals.positives, minus_tp).value(); }
  double true_negatives() const { return sum(totals.negatives, minus_fp).value(); }
  double tpr() const { return over(true_positives(), totals.positives_value); }
  double fpr() const { return over(false_positives(), totals.negatives_value); }
  double fnr() const { return over(false_negatives(), totals.positives_value); }
  double tnr() const { return over(true_negatives(), totals.negatives_value); }
  double precision() const {
    const double predicted = 0.0 - sum(minus_tp, minus_fp).value();
    return predicted == 0 ? 0.0 : true_positives() / predicted;
  }
  bool has_positives() const { return !p.is_zero(); }
  bool misses_none() const { return false_negatives() == 0; }
  bool accuses_none() const { return minus_fp.is_zero(); }

 private:
  static double over(double part, double all) { return all == 0 ? kNan : part / all; }
  static ExactSum sum(ExactSum a, const ExactSum& b) {
    a.merge(b);
    return a;
  }
};

// f(step) for each threshold, ascending.
template <class F>
void for_each_step(const Ranking& ranking, F&& f) {
  if (!ranking.weighted()) {
    const Totals totals = totals_of(ranking);
    CountStep step{0, 0, 0, totals.positives, totals.negatives, totals};
    for_each_count(ranking, [&](ScoreKey key, std::int64_t p, std::int64_t n) {
      step.key = key;
      step.p = p;
      step.n = n;
      f(std::as_const(step));
      step.tp -= p;
      step.fp -= n;
    });
    return;
  }
  const WeightTotals totals(ranking);
  ExactSum minus_tp = totals.positives;
  ExactSum minus_fp = totals.negatives;
  minus_tp.negate();
  minus_fp.negate();
  for_each_weight(ranking, [&](ScoreKey key, const ExactSum& p, const ExactSum& n) {
    f(WeightStep{key, p, n, minus_tp, minus_fp, totals});
    minus_tp.merge(p);
    minus_fp.merge(n);
  });
}

}  // namespace lstmetrics::metrics::formulas::detail
