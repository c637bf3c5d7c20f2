#include "lstmetrics/metrics/formulas/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/numeric/normal.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLn2 = 0x1.62e42fefa39efp-1;
constexpr Bounds kUndefined{kNan, kNan};

double canonical(double x) { return x == x ? x : kNan; }

// A function that does not fall, at both bounds.
template <class F>
Bounds mapped(Bounds bounds, F&& f) {
  return {canonical(f(bounds.low)), canonical(f(bounds.high))};
}

double exp(double x) {
  double y = 0;
  kernels::table().exp_f64(&x, &y, 1);
  return y;
}

Bounds bits_per_bounds(const TokenSums& sums, std::int64_t units, double level) {
  if (units == 0) return kUndefined;
  const double weight = sums.nll.total.weight.value();
  return mapped(cross_entropy_bounds(sums, level),
                [&](double nats) { return nats * weight / kLn2 / static_cast<double>(units); });
}

Bounds fraction_bounds(const WeightedCount& part, const WeightedCount& whole, const TokenSums& sums,
                       double level) {
  if (!sums.nll.weighted) {
    return wilson(static_cast<double>(part.samples), static_cast<double>(whole.samples), level);
  }
  if (whole.samples != sums.nll.total.samples) return kUndefined;
  const double weight = whole.weight.value();
  const double trials = weight * (weight / sums.nll.weight_squared.value());
  return wilson(part.weight.value() / weight * trials, trials, level);
}

}  // namespace

double critical_value(double level) { return -numeric::normal_quantile(0.5 - 0.5 * level); }

Bounds wilson(double successes, double trials, double level) {
  if (!(trials > 0)) return kUndefined;
  const double z = critical_value(level);
  const double half_square = z * z / 2;
  const double middle = successes + half_square;
  const double spread =
      z * std::sqrt(successes * ((trials - successes) / trials) + half_square / 2);
  const double below = trials + 2 * half_square;
  return {successes <= 0 ? 0.0 : std::max((middle - spread) / below, 0.0),
          successes >= trials ? 1.0 : std::min((middle + spread) / below, 1.0)};
}

Bounds normal_bounds(double estimate, double standard_error, double level) {
  const double reach = critical_value(level) * standard_error;
  return {canonical(estimate - reach), canonical(estimate + reach)};
}

PercentileBounds percentile_bounds(std::vector<double> replicates, double level) {
  std::erase_if(replicates, [](double x) { return x != x; });
  const std::size_t used = replicates.size();
  if (used == 0) return {kUndefined, 0};
  const double share = (0.5 - 0.5 * level) * static_cast<double>(used + 1) + 1e-9;
  const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(share));
  std::ranges::sort(replicates);
  return {{replicates[rank - 1], replicates[used - rank]}, used};
}

Bounds mean_loss_bounds(const LossMoments& moments, double level) {
  return normal_bounds(mean_loss(moments), mean_loss_standard_error(moments), level);
}

Bounds cross_entropy_bounds(const TokenSums& sums, double level) {
  return mean_loss_bounds(sums.nll, level);
}

Bounds perplexity_bounds(const TokenSums& sums, double level) {
  return mapped(cross_entropy_bounds(sums, level), exp);
}

Bounds bits_per_token_bounds(const TokenSums& sums, double level) {
  return mapped(cross_entropy_bounds(sums, level), [](double nats) { return nats / kLn2; });
}

Bounds bits_per_character_bounds(const TokenSums& sums, double level) {
  return bits_per_bounds(sums, sums.characters, level);
}

Bounds bits_per_byte_bounds(const TokenSums& sums, double level) {
  return bits_per_bounds(sums, sums.bytes, level);
}

Bounds token_accuracy_bounds(const TokenSums& sums, double level) {
  return fraction_bounds(sums.correct, sums.judged, sums, level);
}

Bounds top_k_accuracy_bounds(const TokenSums& sums, std::size_t index, double level) {
  return fraction_bounds(sums.top[index].hits, sums.ranked, sums, level);
}

}  // namespace lstmetrics::metrics::formulas
