#include "lstmetrics/numeric/poisson.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::numeric {
namespace {

constexpr std::size_t kTables = 32;

double log(double x) {
  double y = 0;
  kernels::table().log_f64(&x, &y, 1);
  return y;
}

// ---- small means ----------------------------------------------------------------------------

// floor(a b / 2^127).
uint128 fixed_product(uint128 a, uint128 b) {
  const auto high = [](uint128 x) { return static_cast<std::uint64_t>(x >> 64); };
  const auto low = [](uint128 x) { return static_cast<std::uint64_t>(x); };
  const uint128 cross = product(high(a), low(b)) + high(product(low(a), low(b)));
  const uint128 other = product(low(a), high(b)) + low(cross);
  return (product(high(a), high(b)) + high(cross) + high(other)) << 1 | (low(other) >> 63);
}

// e^-1 in units of 2^-127: the alternating series of 1 / k!.
uint128 inverse_e() {
  uint128 sum = 0;
  uint128 term = uint128{1} << 127;
  for (unsigned k = 1; term != 0; ++k) {
    sum = k % 2 == 1 ? sum + term : sum - term;
    term /= k;
  }
  return sum;
}

// By k: floor(2^64 P(X <= k)), until what is left is below 2^-64.
using Thresholds = std::vector<std::uint64_t>;

Thresholds thresholds(unsigned mean) {
  constexpr uint128 kOne = uint128{1} << 127;
  const uint128 one_step = inverse_e();
  uint128 term = kOne;
  for (unsigned i = 0; i < mean; ++i) term = fixed_product(term, one_step);
  Thresholds table;
  uint128 sum = 0;
  for (unsigned k = 0; k <= mean || (term >> 63) != 0; ++k) {
    sum += term;
    table.push_back(static_cast<std::uint64_t>(sum >> 63));
    term = term / (k + 1) * mean;
  }
  return table;
}

const Thresholds& table_of(std::int64_t mean) {
  static const std::array<Thresholds, kTables> kAll = [] {
    std::array<Thresholds, kTables> all;
    for (unsigned i = 0; i < kTables; ++i) all[i] = thresholds(i + 1);
    return all;
  }();
  return kAll[static_cast<std::size_t>(mean - 1)];
}

std::int64_t by_inversion(std::int64_t mean, RandomStream& random) {
  const Thresholds& table = table_of(mean);
  const std::uint64_t bits = random.bits();
  auto at = table.begin();
  if (mean <= 4) {
    while (at != table.end() && *at <= bits) ++at;
  } else {
    at = std::upper_bound(at, table.end(), bits);
  }
  return at - table.begin();
}

// ---- large means ----------------------------------------------------------------------------

// k log(k / mean) + mean - k, without cancellation where k is near the mean.
double deviance(double k, double mean) {
  if (std::fabs(k - mean) >= 0.1 * (k + mean)) return k * log(k / mean) + mean - k;
  const double v = (k - mean) / (k + mean);
  double sum = (k - mean) * v;
  double power = 2 * k * v;
  for (double j = 3;; j += 2) {
    power *= v * v;
    const double next = sum + power / j;
    if (next == sum) return sum;
    sum = next;
  }
}

// log k! less Stirling's formula, for k >= 16; what is left out is below 2^-46.
double stirling_rest(double k) {
  const double inverse_square = 1 / (k * k);
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 * inverse_square) * inverse_square) *
                         inverse_square) /
         k;
}

// Whether scale * sqrt(2 pi k) <= P(X = k) sqrt(2 pi k).
bool below_density(double scale, double k, double mean) {
  constexpr double kTwoPi = 0x1.921fb54442d18p+2;
  if (k >= 16) {
    return log(scale * std::sqrt(kTwoPi * k)) <= -stirling_rest(k) - deviance(k, mean);
  }
  double factorial = 1;
  for (double i = 2; i <= k; ++i) factorial *= i;
  return log(scale * factorial) <= k * log(mean) - mean;
}

std::int64_t by_rejection(std::int64_t count, RandomStream& random) {
  const auto mean = static_cast<double>(count);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = random.uniform() - 0.5;
    const double v = random.uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_squeeze) return static_cast<std::int64_t>(k);
    if (!(k >= 0 && k < 0x1p63) || (us < 0.013 && v > us)) continue;
    if (below_density(v * inverse_alpha / (a / (us * us) + b), k, mean)) {
      return static_cast<std::int64_t>(k);
    }
  }
}

}  // namespace

std::int64_t poisson(std::int64_t mean, RandomStream& random) {
  if (mean == 0) return 0;
  if (mean <= static_cast<std::int64_t>(kTables)) return by_inversion(mean, random);
  return by_rejection(mean, random);
}

}  // namespace lstmetrics::numeric
