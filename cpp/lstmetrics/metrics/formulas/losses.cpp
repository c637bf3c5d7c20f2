#include "lstmetrics/metrics/formulas/losses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLn2 = 0x1.62e42fefa39efp-1;

// NaN results are canonical: which NaN 0/0 gives differs between processors.
double canonical(double x) { return x == x ? x : kNan; }

double quotient(double numerator, double denominator) {
  return denominator == 0 ? kNan : canonical(numerator / denominator);
}

double fraction(const WeightedCount& part, const WeightedCount& whole, bool weighted) {
  if (weighted) return quotient(part.weight.value(), whole.weight.value());
  if (whole.samples == 0) return kNan;
  return numeric::exact_ratio(static_cast<numeric::uint128>(part.samples),
                              static_cast<numeric::uint128>(whole.samples));
}

double bits_per(const TokenSums& sums, std::int64_t units) {
  return units == 0 ? kNan : quotient(sums.nll.loss.value() / kLn2, static_cast<double>(units));
}

}  // namespace

double mean_loss(const LossMoments& moments) {
  return quotient(moments.loss.value(), moments.total.weight.value());
}

double total_loss(const LossMoments& moments) { return moments.loss.value(); }

double mean_loss_standard_error(const LossMoments& moments) {
  const auto n = static_cast<double>(moments.total.samples);
  const double weight = moments.total.weight.value();
  if (n < 2 || weight == 0) return kNan;
  const double mean = mean_loss(moments);
  const double squares = moments.loss_squared.value() - 2 * mean * moments.weight_loss.value() +
                         mean * mean * moments.weight_squared.value();
  if (squares != squares) return kNan;
  return canonical(std::sqrt(std::max(squares, 0.0) * (n / (n - 1))) / std::abs(weight));
}

double cross_entropy(const TokenSums& sums) { return mean_loss(sums.nll); }

double perplexity(const TokenSums& sums) {
  const double entropy = cross_entropy(sums);
  double result = 0;
  kernels::table().exp_f64(&entropy, &result, 1);
  return canonical(result);
}

double bits_per_token(const TokenSums& sums) { return canonical(cross_entropy(sums) / kLn2); }
double bits_per_character(const TokenSums& sums) { return bits_per(sums, sums.characters); }
double bits_per_byte(const TokenSums& sums) { return bits_per(sums, sums.bytes); }

double token_accuracy(const TokenSums& sums) {
  return fraction(sums.correct, sums.judged, sums.nll.weighted);
}

double top_k_accuracy(const TokenSums& sums, std::size_t index) {
  return fraction(sums.top[index].hits, sums.ranked, sums.nll.weighted);
}

}  // namespace lstmetrics::metrics::formulas
