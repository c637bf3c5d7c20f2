// Curves over thresholds: at each different score, what is predicted by "this score or above".
//
// Points are those of scikit-learn. Without weights every coordinate is the correctly rounded
// quotient of two integers; with weights numerator and denominator are exact sums, each rounded
// once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"

namespace lstmetrics::metrics::formulas {

enum class CurveKind : std::uint8_t {
  // False and true positive rates, thresholds descending from infinity. NaN where there are no
  // negatives (or positives).
  roc,
  // Precision and recall, thresholds ascending, then one point more: precision 1, recall 0. Recall
  // is 1 throughout without positives.
  precision_recall,
  // False positive and false negative rates, thresholds ascending from the greatest one that misses
  // no positive to the least one that accuses no negative, which may be infinity.
  det,
};

// With `drop_intermediate` points are left out that lie on a straight line between others: of a
// ROC curve those with as many positives and as many negatives at their score as the point before,
// of the others those with no positives at their score nor at the one before.
class LSTMETRICS_API Curve {
 public:
  Curve(Ranking ranking, CurveKind kind, bool drop_intermediate);

  std::size_t points() const noexcept { return points_; }          // of x and y
  std::size_t thresholds() const noexcept { return thresholds_; }  // at most as many
  void write(double* x, double* y, double* thresholds) const;

 private:
  template <class F>
  void for_each_kept(F&& f) const;

  Ranking ranking_;
  CurveKind kind_;
  bool drop_;
  std::size_t all_ = 0;    // different scores
  std::size_t first_ = 0;  // the part of them that belongs to the curve: [first, last)
  std::size_t last_ = 0;
  std::size_t points_ = 0;
  std::size_t thresholds_ = 0;
};

// The number of thresholds: different scores.
LSTMETRICS_API std::size_t thresholds_of(const Ranking& ranking);
// The weight (or number) of each outcome at each threshold, descending.
struct OutcomeColumns {
  double* true_negatives;
  double* false_positives;
  double* false_negatives;
  double* true_positives;
  double* thresholds;
};
LSTMETRICS_API void write_outcomes(const Ranking& ranking, std::size_t thresholds,
                                   const OutcomeColumns& columns);

}  // namespace lstmetrics::metrics::formulas
