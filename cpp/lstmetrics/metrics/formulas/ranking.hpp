// One ranking problem: the scores of positives and of negatives, and what follows from them alone.
//
// A sample is predicted positive at a threshold when its score is not below it. Of unweighted
// states every count is an exact integer; of weighted ones an exact sum, rounded once where it
// enters a formula. Of a bounded state the scores of a point count as equal, and the threshold is
// the least score of the point: each of its curves' points lies on the exact curve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/score_counts.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics::formulas {

// Keeps the bags alive, which states share: it is good whatever becomes of the state.
class LSTMETRICS_API Ranking {
 public:
  // A column's own class (or label) against the rest.
  static Ranking of_column(const ScoreCounts& state, std::size_t column);
  // A state with true classes: by the scores of a column, one class against one other.
  static Ranking of_pair(const ScoreCounts& state, std::size_t column, std::size_t positive,
                         std::size_t negative);
  // The scores of all columns as if they were one's.
  static Ranking of_all(const ScoreCounts& state);

  const ScoreBag& positives() const noexcept { return *positives_; }
  const ScoreBag& negatives() const noexcept { return *negatives_; }
  bool weighted() const noexcept { return positives_->weighted(); }
  bool bounded() const noexcept { return shift_ > 0; }
  double threshold(ScoreKey key) const noexcept { return score_of(key << shift_, map_); }

 private:
  Ranking(SharedBag positives, SharedBag negatives, unsigned shift, KeyMap map)
      : positives_(std::move(positives)),
        negatives_(std::move(negatives)),
        shift_(shift),
        map_(map) {}

  SharedBag positives_;
  SharedBag negatives_;
  unsigned shift_;
  KeyMap map_;
};

// What keeps a number from being what it says.
struct RankingFacts {
  bool no_positives = false;  // or no weight of them
  bool no_negatives = false;
  bool not_monotonic = false;  // negative weights: the curve runs back
};
LSTMETRICS_API RankingFacts facts_of(const Ranking& ranking);

// The area under the ROC curve: the chance that a positive's score is above a negative's, equal
// scores counting half. NaN without both.
//
// Unweighted it is the correctly rounded quotient of two integers. Weighted it is
// sum(p (2 below + n)) / (2 P N) over the scores, p and n being the weights of positives and
// negatives at a score and `below` that of the negatives below it; each factor is an exact sum
// rounded once, each product is rounded once, and the products add up exactly.
LSTMETRICS_API double roc_auc(const Ranking& ranking);

// The area from a false positive rate of 0 to `max_fpr`, between corners of the curve along a
// straight line, as McClish standardises it: 1/2 is chance and 1 perfect. The area up to the last
// corner is exact and rounded once; after it about ten operations round: within 2^-50.
LSTMETRICS_API double partial_roc_auc(const Ranking& ranking, double max_fpr);

// The most that the area of the exact scores can differ from roc_auc: sum(p n) / (2 P N) over the
// points of a bounded state; 0 of an exact one.
LSTMETRICS_API double roc_auc_error(const Ranking& ranking);

// The standard error of roc_auc as E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson have it
// (Biometrics 44, 1988): from the variances of the positives' and the negatives' placements, each
// squared deviation rounded, their sum exact. NaN below two samples of each class; UnsupportedError
// for weights.
LSTMETRICS_API double roc_auc_standard_error(const Ranking& ranking);

// The mean over positives of the precision at their own score: precisions are rounded once, their
// sum (weighted: of products rounded once) is exact. 0 without positives.
LSTMETRICS_API double average_precision(const Ranking& ranking);

// The weight of the positives, rounded once.
LSTMETRICS_API double support(const Ranking& ranking);

}  // namespace lstmetrics::metrics::formulas
