// The error function and the normal distribution: fixed operations over the core's own exp and log,
// so that bounds and p-values are the same bits on every machine.
//
// Errors are in units in the last place of a normal (not subnormal) result.
#pragma once

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::numeric {

// 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. At most 2 units off.
LSTMETRICS_API double erf(double x);
// 1 - erf(x), without cancellation: at most 6 units off.
LSTMETRICS_API double erfc(double x);

// P(Z <= x) of the standard normal distribution: at most 7 units off, in both tails.
LSTMETRICS_API double normal_cdf(double x);

// The x with P(Z <= x) = p: at most 4 units off. -inf at 0, inf at 1, NaN outside [0, 1].
LSTMETRICS_API double normal_quantile(double p);

// The density over the upper tail, P(Z >= x), for x in [0, 39]: at most 7 units off.
LSTMETRICS_API double normal_hazard(double x);

// P(|Z| >= |z|): the p-value of a two-sided test.
LSTMETRICS_API double two_sided_p(double z);

}  // namespace lstmetrics::numeric
