// Poisson numbers whose mean is a count: a fixed algorithm, the same bits on every machine.
//
// - Means up to 32: inversion. One draw of 64 bits is compared with floor(2^64 P(X <= k)), computed
//   in integers: each probability is off by at most 2^-64.
// - Above: W. Hormann's transformed rejection with squeeze, PTRS ("The transformed rejection method
//   for generating Poisson random variables", Insurance: Mathematics and Economics 12, 1993). Where
//   the squeeze does not decide, log P(X = k) is taken in C. Loader's form ("Fast and accurate
//   computation of binomial probabilities", 2000), which loses no digits at large means. Its
//   logarithms are the core's own.
#pragma once

#include <cstdint>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/numeric/random.hpp"

namespace lstmetrics::numeric {

inline constexpr std::int64_t kMostPoissonMean = std::int64_t{1} << 62;

// 0 <= mean <= kMostPoissonMean. Zero gives zero.
LSTMETRICS_API std::int64_t poisson(std::int64_t mean, RandomStream& random);

}  // namespace lstmetrics::numeric
