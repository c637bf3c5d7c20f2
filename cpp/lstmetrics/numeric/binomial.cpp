#include "lstmetrics/numeric/binomial.hpp"

#include <algorithm>
#include <cmath>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"
#include "lstmetrics/numeric/int128.hpp"
#include "lstmetrics/numeric/normal.hpp"

namespace lstmetrics::numeric {
namespace {

// 2 (C(n, 0) + ... + C(n, least)) / 2^n, least < n / 2. Term and sum are integers times one power
// of two; the terms grow, and are kept at 104 or 105 bits.
double sum_of_coefficients(std::uint64_t n, std::uint64_t least) {
  constexpr unsigned kBits = 105;
  uint128 term = uint128{1} << (kBits - 1);
  uint128 sum = term;
  int exponent = 1 - static_cast<int>(kBits);
  for (std::uint64_t k = 0; k < least; ++k) {
    term = term * (n - k) / (k + 1);
    while (term >> kBits != 0) {
      term >>= 1;
      sum >>= 1;
      ++exponent;
    }
    sum += term;
  }
  return std::ldexp(exact_ratio(sum, 1), exponent + 1 - static_cast<int>(n));
}

double nearly_normal(double n, double apart) {
  const double z = (apart - 1) / std::sqrt(n);
  if (z > 39) return 0;
  const double square = z * z;
  const double cube = square * square * square;
  double correction = -normal_hazard(z) * (square - 1) * z / (12 * n) - cube / (30 * n * n) -
                      cube * square / (56 * n * n * n);
  kernels::table().exp_f64(&correction, &correction, 1);
  return two_sided_p(z) * correction;
}

}  // namespace

double sign_test(std::uint64_t a, std::uint64_t b) {
  if (a == b) return 1;
  const std::uint64_t n = a + b;
  const double p = n <= kExactTosses ? sum_of_coefficients(n, std::min(a, b))
                                     : nearly_normal(static_cast<double>(n),
                                                     static_cast<double>(std::max(a, b)) -
                                                         static_cast<double>(std::min(a, b)));
  return std::min(p, 1.0);
}

}  // namespace lstmetrics::numeric
