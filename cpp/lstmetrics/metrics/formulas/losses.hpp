// Losses as pure functions of exact sums. Every sum is rounded once before it enters a formula.
// An empty state gives NaN throughout.
#pragma once

#include <cstddef>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/indicator_losses.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::metrics::formulas {

// sum(w * loss) / sum(w).
LSTMETRICS_API double mean_loss(const LossMoments& moments);
// sum(w * loss); 0 when empty.
LSTMETRICS_API double total_loss(const LossMoments& moments);
// Of the mean, m: sqrt(sum(w^2 (loss - m)^2) * n / (n - 1)) / sum(w), by the exact moments (the
// linearised ratio estimator; without weights the sample standard deviation over sqrt(n)).
// NaN for fewer than two samples.
LSTMETRICS_API double mean_loss_standard_error(const LossMoments& moments);

// The mean Brier loss, or half of it, which of two labels is (1 - p)^2.
LSTMETRICS_API double brier_score(const LossMoments& moments, bool half);

// 1 - loss / loss of always predicting each label's share of the weight, over the same samples: 1
// is perfect, 0 no better. Of two or more samples, else NaN.
//
// The log loss of the shares is that of their doubles, clipped to [eps, 1 - eps] as predictions
// are.
LSTMETRICS_API double d2_log_loss(const LossSum& state);
LSTMETRICS_API double d2_log_loss(const IndicatorLosses& state);
// The Brier loss of the shares is exact, and so is its difference from the loss. With a single
// label it is x/0: NaN when the loss is 0, else -inf.
LSTMETRICS_API double d2_brier(const LossSum& state);
LSTMETRICS_API double d2_brier(const IndicatorLosses& state);

// Nats per token.
LSTMETRICS_API double cross_entropy(const TokenSums& sums);
// exp(cross_entropy).
LSTMETRICS_API double perplexity(const TokenSums& sums);
LSTMETRICS_API double bits_per_token(const TokenSums& sums);
// NaN when no characters (or bytes) were told.
LSTMETRICS_API double bits_per_character(const TokenSums& sums);
LSTMETRICS_API double bits_per_byte(const TokenSums& sums);
// Of the tokens known to be right or wrong.
LSTMETRICS_API double token_accuracy(const TokenSums& sums);
// Of the tokens whose rank is known; `index` into TokenSums::top.
LSTMETRICS_API double top_k_accuracy(const TokenSums& sums, std::size_t index);

}  // namespace lstmetrics::metrics::formulas
