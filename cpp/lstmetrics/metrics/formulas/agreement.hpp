// How far two columns of labels agree beyond chance, as pure functions of a confusion state.
//
// Differences of products are exact (of weights: down to 2^-500 of their total), so nothing is lost
// where agreement is close to chance. Of unweighted states kappa and the likelihood ratios are
// correctly rounded quotients of integers; all others are within 3 units in the last place.
#pragma once

#include <cstdint>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"

namespace lstmetrics::metrics::formulas {

// The correlation of true and predicted labels: with n samples, c of them right, t true and p
// predicted ones by label, (c n - t.p) / sqrt((n^2 - t.t) (n^2 - p.p)). 0 when all samples have one
// true or one predicted label; NaN when empty.
LSTMETRICS_API double matthews_corrcoef(const ConfusionCounts& state);

// How much it weighs that the i-th selected label was predicted as the j-th: 1, |i - j| or its
// square; nothing when they are the same.
enum class Disagreement : std::uint8_t { nominal, linear, quadratic };

struct Kappa {
  double value = 0.0;       // NaN when undefined
  bool no_samples = false;  // none has both labels selected
  bool one_label = false;   // so chance could not disagree
};

// 1 - observed / expected disagreement, among the samples that have both labels selected.
LSTMETRICS_API Kappa cohen_kappa(const ConfusionCounts& state, const Selection& selection,
                                 Disagreement disagreement);

struct LikelihoodRatios {
  double positive = 0.0;  // recall / (1 - specificity); NaN when undefined
  double negative = 0.0;  // (1 - recall) / specificity; NaN when undefined
  bool no_positives = false;
  bool no_true_positives = false;
  bool no_false_positives = false;
  bool no_true_negatives = false;
};

// Of the labels at two places of the state, the second being the positive one.
LSTMETRICS_API LikelihoodRatios likelihood_ratios(const ConfusionCounts& state,
                                                  const Selection& negative_and_positive);

}  // namespace lstmetrics::metrics::formulas
