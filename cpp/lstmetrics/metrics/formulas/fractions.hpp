// Quotients with a stated answer for 0/0. Internal to formulas/.
#pragma once

#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"

namespace lstmetrics::metrics::formulas::detail {

// NaN results are canonical: which NaN 0/0 gives differs between processors.
inline double canonical(double x) { return x == x ? x : kNan; }

inline double quotient(double numerator, double denominator) {
  return denominator == 0 ? kNan : canonical(numerator / denominator);
}

// Correctly rounded where there are no weights.
inline double fraction(const WeightedCount& part, const WeightedCount& whole, bool weighted) {
  if (weighted) return quotient(part.weight.value(), whole.weight.value());
  if (whole.samples == 0) return kNan;
  return numeric::exact_ratio(static_cast<uint128>(part.samples),
                              static_cast<uint128>(whole.samples));
}

}  // namespace lstmetrics::metrics::formulas::detail
