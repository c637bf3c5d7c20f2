// Precision, recall, F-beta and the Jaccard index of one set of amounts, be it of a label or of a
// sample. Internal to formulas/.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"

namespace lstmetrics::metrics::formulas::detail {

inline void check_beta(double beta) {
  if (beta >= 0) return;
  throw InvalidValue("beta must be in the range [0, inf], got " + std::to_string(beta));
}

// b2 = numerator / denominator, both small; nothing when it is no such fraction.
struct SmallFraction {
  std::uint64_t numerator;
  std::uint64_t denominator;
};

inline std::optional<SmallFraction> small_fraction(double b2) {
  constexpr double kScale = 0x1p24;
  if (!(b2 < kScale) || b2 * kScale != std::trunc(b2 * kScale)) return std::nullopt;
  const auto numerator = static_cast<std::uint64_t>(b2 * kScale);
  const auto denominator = static_cast<std::uint64_t>(kScale);
  const int common = std::countr_zero(numerator | denominator);
  return SmallFraction{numerator >> common, denominator >> common};
}

// amount + b2 * scaled.
inline ExactSum plus_scaled(const ExactSum& amount, double b2, const ExactSum& scaled) {
  ExactSum sum = amount;
  if (b2 == 1)
    sum.merge(scaled);
  else
    sum.add(b2 * scaled.value());
  return sum;
}

inline std::optional<double> f_beta(const Entry<ExactSum>& entry, double b2) {
  const ExactSum above = plus_scaled(entry.tp, b2, entry.tp);
  const ExactSum below = plus_scaled(entry.predicted, b2, entry.actual);
  if (std::isfinite(above.value()) && std::isfinite(below.value())) return ratio(above, below);
  // b2 times a weight is beyond the largest double: both terms are divided by b2.
  const double part = 1 / b2;
  return ratio(plus_scaled(entry.tp, part, entry.tp),
               plus_scaled(entry.actual, part, entry.predicted));
}

inline std::optional<double> f_beta(const Entry<uint128>& entry, double b2) {
  if (const auto fraction = small_fraction(b2)) {
    const auto [n, d] = *fraction;
    return ratio((d + n) * entry.tp, n * entry.actual + d * entry.predicted);
  }
  return f_beta(Entry<ExactSum>{as_sum(entry.tp), as_sum(entry.predicted), as_sum(entry.actual)},
                b2);
}

template <class Amount>
Prf prf_of(const Entry<Amount>& entry, const PrfOptions& options, PrfResult& facts) {
  const auto value_or = [&](std::optional<double> value, bool& undefined) {
    undefined |= !value.has_value();
    return value.value_or(options.zero_division);
  };
  Prf prf;
  prf.precision = value_or(ratio(entry.tp, entry.predicted), facts.precision_undefined);
  prf.recall = value_or(ratio(entry.tp, entry.actual), facts.recall_undefined);
  if (std::isinf(options.beta))
    prf.f_score = prf.recall;
  else if (options.beta == 0)
    prf.f_score = prf.precision;
  else
    prf.f_score = value_or(f_beta(entry, options.beta * options.beta), facts.f_score_undefined);
  return prf;
}

template <class Amount>
double jaccard_index(const Entry<Amount>& entry, double zero_division, bool& undefined) {
  Amount either = entry.actual;
  add(either, entry.predicted);
  subtract(either, entry.tp);
  const std::optional<double> value = ratio(entry.tp, either);
  undefined |= !value.has_value();
  return value.value_or(zero_division);
}

}  // namespace lstmetrics::metrics::formulas::detail
