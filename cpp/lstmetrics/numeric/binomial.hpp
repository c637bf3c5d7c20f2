// The exact test of a fair coin.
#pragma once

#include <cstdint>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::numeric {

// Up to so many tosses every digit of sign_test is right.
inline constexpr std::uint64_t kExactTosses = std::uint64_t{1} << 20;

// How likely n = a + b tosses of a fair coin are to be at least as uneven: min(1, 2 P(X <= least)).
//
// Up to kExactTosses the sum of binomial coefficients is taken in integers of 104 significant bits,
// which leaves the double next to it no doubt but in one case of 2^20. Above, the normal
// distribution with the correction for continuity, z = (|a - b| - 1) / sqrt(n), and those for the
// cumulants from the fourth to the eighth:
//   2 P(Z >= z) exp(-hazard(z) (z^3 - z) / (12 n) - z^6 / (30 n^2) - z^8 / (56 n^3)),
// within 10^-8 of the exact value, relative to it.
LSTMETRICS_API double sign_test(std::uint64_t a, std::uint64_t b);

}  // namespace lstmetrics::numeric
