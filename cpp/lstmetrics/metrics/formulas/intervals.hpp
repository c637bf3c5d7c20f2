// Confidence intervals as pure functions. `level` is in (0, 1); z is the normal quantile of
// (1 + level) / 2. Bounds that are not defined are NaN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::metrics::formulas {

struct Bounds {
  double low = 0.0;
  double high = 0.0;
};

// The z of a level.
LSTMETRICS_API double critical_value(double level);

// E. B. Wilson's score interval of a proportion (JASA 22, 1927):
//   (s + z^2 / 2 -+ z sqrt(s (n - s) / n + z^2 / 4)) / (n + z^2),
// exactly 0 below when s is 0, and 1 above when s is n. NaN of no trials. The amounts need not be
// whole: of weights, n is (sum w)^2 / sum w^2 (L. Kish).
LSTMETRICS_API Bounds wilson(double successes, double trials, double level);

// estimate -+ z standard errors.
LSTMETRICS_API Bounds normal_bounds(double estimate, double standard_error, double level);

struct PercentileBounds {
  Bounds bounds;
  std::size_t used = 0;  // replicates that are not NaN
};

// The order statistics of ranks r and B + 1 - r among the B replicates that are not NaN, where
// r = max(1, floor((1 - level) / 2 * (B + 1) + 10^-9)): no interpolation. NaN when all are NaN.
LSTMETRICS_API PercentileBounds percentile_bounds(std::vector<double> replicates, double level);

// Of the mean, by its standard error from exact second moments.
LSTMETRICS_API Bounds mean_loss_bounds(const LossMoments& moments, double level);

// Of cross-entropy as a mean loss, tokens counting as independent; of what is computed from it,
// its bounds go through the same function.
LSTMETRICS_API Bounds cross_entropy_bounds(const TokenSums& sums, double level);
LSTMETRICS_API Bounds perplexity_bounds(const TokenSums& sums, double level);
LSTMETRICS_API Bounds bits_per_token_bounds(const TokenSums& sums, double level);
LSTMETRICS_API Bounds bits_per_character_bounds(const TokenSums& sums, double level);
LSTMETRICS_API Bounds bits_per_byte_bounds(const TokenSums& sums, double level);
// Wilson's. Of weights, the tokens judged (or ranked) must be all tokens, else NaN.
LSTMETRICS_API Bounds token_accuracy_bounds(const TokenSums& sums, double level);
LSTMETRICS_API Bounds top_k_accuracy_bounds(const TokenSums& sums, std::size_t index, double level);

}  // namespace lstmetrics::metrics::formulas
