#include "lstmetrics/metrics/formulas/losses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/formulas/fractions.hpp"
#include "lstmetrics/metrics/formulas/products.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using detail::canonical;
using detail::fraction;
using detail::kNan;
using detail::quotient;

using Labels = std::vector<WeightedCount>;

constexpr double kLn2 = 0x1.62e42fefa39efp-1;

double bits_per(const TokenSums& sums, std::int64_t units) {
  return units == 0 ? kNan : quotient(sums.nll.loss.value() / kLn2, static_cast<double>(units));
}

// One label's share of the weight.
double share_of(const WeightedCount& label, const LossMoments& moments) {
  return fraction(label, moments.total, moments.weighted);
}

// sum(w * log loss) of predicting each label's share.
numeric::ExactSum log_loss_of_shares(const Labels& labels, const LossMoments& moments) {
  constexpr double kEps = std::numeric_limits<double>::epsilon();
  numeric::ExactSum total;
  for (const WeightedCount& label : labels) {
    const double weight = label.weight.value();
    if (weight == 0) continue;
    double loss = std::clamp(share_of(label, moments), kEps, 1 - kEps);
    kernels::table().log_f64(&loss, &loss, 1);
    loss = -loss;
    const double product = weight * loss;
    total.add(product);
    // What the product lost in rounding: forecasting the shares themselves must score 0.
    if (std::isfinite(product)) total.add(std::fma(weight, loss, -product));
  }
  return total;
}

double d2_log(const Labels& labels, const LossMoments& moments) {
  if (moments.total.samples < 2) return kNan;
  const numeric::ExactSum null = log_loss_of_shares(labels, moments);
  numeric::ExactSum gained = null;
  detail::subtract(gained, moments.loss);
  return quotient(gained.value(), null.value());
}

// With W the total weight, W_k a label's and S the sum of losses: (N - S W) / N where
// N = sum(W_k (W - W_k)).
double d2_square(const Labels& labels, const LossMoments& moments) {
  using Products = detail::WeightProducts;
  if (moments.total.samples < 2) return kNan;
  const Products products(moments.total.weight);
  numeric::ExactSum null;
  for (const WeightedCount& label : labels) {
    numeric::ExactSum others = moments.total.weight;
    detail::subtract(others, label.weight);
    Products::add(null, products.factor(label.weight), products.factor(others));
  }
  numeric::ExactSum gained = null;
  Products::subtract(gained, products.factor(moments.loss), products.factor(moments.total.weight));
  const double above = gained.value();
  const double below = null.value();
  if (below == 0 && above < 0) return -std::numeric_limits<double>::infinity();
  return quotient(above, below);
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

double brier_score(const LossMoments& moments, bool half) {
  return half ? mean_loss(moments) / 2 : mean_loss(moments);
}

double d2_log_loss(const LossSum& state) { return d2_log(state.classes(), state.result()); }
double d2_log_loss(const IndicatorLosses& state) { return d2_log(state.labels(), state.result()); }

double d2_brier(const LossSum& state) { return d2_square(state.classes(), state.result()); }
double d2_brier(const IndicatorLosses& state) { return d2_square(state.labels(), state.result()); }

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
