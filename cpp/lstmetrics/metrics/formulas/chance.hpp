// Whether predictions have anything to do with the truth.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/paired.hpp"

namespace lstmetrics::metrics::formulas {

// Of all ways to hand out the same predictions to the same samples, by how many standard deviations
// more are right than on average: with n samples, shares t and p of true and predicted labels,
// a = sum t p and the accuracy c,
//   z = (c - a) sqrt(n - 1) / sqrt(a (1 + a) - sum t p (t + p)),
// of two labels their correlation times sqrt(n - 1). The p-value is two-sided, by the normal
// distribution. 0 and 1 when all samples have one true or one predicted label, or there are fewer
// than two; weights are not looked at.
LSTMETRICS_API TestResult chance_test(const ConfusionCounts& state);

}  // namespace lstmetrics::metrics::formulas
