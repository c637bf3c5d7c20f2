// Poisson numbers: their distribution, by chi-square with fixed seeds, and their bits.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/numeric/normal.hpp"
#include "lstmetrics/numeric/poisson.hpp"
#include "lstmetrics/numeric/random.hpp"
#include "lstmetrics/runtime/isa.hpp"

using namespace lstmetrics;
using namespace lstmetrics::numeric;

namespace {

constexpr int kDraws = 200000;

// As a bootstrap draws: every number from a stream of its own.
std::int64_t draw(std::int64_t mean, std::uint64_t index) {
  RandomStream random(hash_with(hash_with(7, static_cast<std::uint64_t>(mean)), index));
  return poisson(mean, random);
}

// Five standard deviations above what chance gives.
void check_chi_square(const std::vector<double>& expected, const std::vector<double>& observed) {
  double chi_square = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    chi_square += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  }
  const auto freedom = static_cast<double>(expected.size() - 1);
  CHECK(chi_square < freedom + 5 * std::sqrt(2 * freedom));
  CHECK(chi_square > freedom - 5 * std::sqrt(2 * freedom));
}

double log_pmf(double k, double mean) { return k * std::log(mean) - mean - std::lgamma(k + 1); }

// Bins of single values, those at the ends taken together so that none is expected under 20 times.
void check_distribution(std::int64_t mean) {
  const auto centre = static_cast<double>(mean);
  std::vector<double> pmf;
  for (double k = 0; k <= centre + 12 * std::sqrt(centre) + 20; ++k) {
    pmf.push_back(std::exp(log_pmf(k, centre)));
  }
  std::vector<double> counts(pmf.size());
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto k = static_cast<std::size_t>(draw(mean, i));
    counts[std::min(k, counts.size() - 1)] += 1;
  }
  std::vector<double> expected;
  std::vector<double> observed;
  double some = 0;
  double seen = 0;
  for (std::size_t k = 0; k < pmf.size(); ++k) {
    some += pmf[k] * kDraws;
    seen += counts[k];
    if (some < 20) continue;
    expected.push_back(some);
    observed.push_back(seen);
    some = seen = 0;
  }
  expected.back() += some;
  observed.back() += seen;
  check_chi_square(expected, observed);
}

// Where single values are too many: 50 bins of equal probability under the normal distribution with
// the first correction for skewness.
void check_nearly_normal(std::int64_t mean) {
  constexpr std::size_t kBins = 50;
  std::vector<double> observed(kBins);
  const auto centre = static_cast<double>(mean);
  const double deviation = std::sqrt(centre);
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double z = (static_cast<double>(draw(mean, i) - mean) + 0.5) / deviation;
    const double p = normal_cdf(z - (z * z - 1) / (6 * deviation));
    observed[std::min(static_cast<std::size_t>(p * kBins), kBins - 1)] += 1;
  }
  check_chi_square(std::vector<double>(kBins, double{kDraws} / kBins), observed);
}

}  // namespace

CASE("poisson: small means have the distribution") {
  for (const std::int64_t mean : {1, 2, 3, 5, 8, 17, 31, 32}) check_distribution(mean);
}

CASE("poisson: means of the rejection method have the distribution") {
  for (const std::int64_t mean : {33, 34, 40, 57, 100, 333, 1000, 100000}) check_distribution(mean);
}

CASE("poisson: large means have the distribution") {
  for (const std::int64_t mean :
       {std::int64_t{12345678901}, std::int64_t{1} << 40, (std::int64_t{1} << 53) + 1,
        std::int64_t{1} << 61, kMostPoissonMean}) {
    check_nearly_normal(mean);
  }
}

CASE("poisson: the mean is unbiased") {
  for (const std::int64_t mean : {1, 4, 30, 33, 200, 100000}) {
    double sum = 0;
    double squares = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const auto off = static_cast<double>(draw(mean, i) - mean);
      sum += off;
      squares += off * off;
    }
    const auto variance = static_cast<double>(mean);
    CHECK(std::fabs(sum / kDraws) < 4 * std::sqrt(variance / kDraws));
    const double spread = std::sqrt((2 * variance * variance + variance) / kDraws);
    CHECK(std::fabs(squares / kDraws - variance) < 4 * spread);
  }
}

CASE("poisson: zero gives zero") {
  RandomStream random(1);
  CHECK_EQUAL(poisson(0, random), std::int64_t{0});
}

CASE("poisson: every level gives the same numbers") {
  const std::string before = runtime::current_isa().name;
  std::vector<std::int64_t> expected;
  for (const runtime::IsaLevel& level : runtime::isa_levels()) {
    if (!level.available) continue;
    runtime::set_isa(level.name);
    std::vector<std::int64_t> drawn;
    for (std::uint64_t i = 0; i < 3000; ++i) {
      drawn.push_back(draw(static_cast<std::int64_t>(33 + i * i * i), i));
    }
    if (expected.empty()) expected = drawn;
    CHECK(drawn == expected);
  }
  runtime::set_isa(before);
}

CASE("poisson: the numbers of today are those of ever") {
  std::vector<std::int64_t> drawn;
  for (const std::int64_t mean : {1, 2, 7, 32, 33, 50, 1000, 1000000, 1000000007}) {
    drawn.push_back(draw(mean, 3));
    drawn.push_back(draw(mean, 4));
  }
  CHECK(drawn == std::vector<std::int64_t>({0, 1, 1, 1, 3, 5, 35, 35, 40, 39, 42, 62, 1003, 984,
                                            1001802, 999341, 999992145, 999962640}));
}

CASE("random: words and their order count") {
  CHECK(hash_with(1, 2) != hash_with(2, 1));
  CHECK(hash_with(3, 3) != hash_with(4, 4));
  CHECK(hash_with(0, std::string_view("")) != hash_with(0, std::string_view("\0", 1)));
  CHECK(hash_with(0, std::string_view("abcdefgh")) != hash_with(0, std::string_view("abcdefg")));
  CHECK_EQUAL(hash_with(1, 2), std::uint64_t{0x81a5c1377856b73});
  CHECK_EQUAL(hash_with(0, std::string_view("lstmetrics")), std::uint64_t{0x14cf8e2f39fc9318});
  RandomStream random(5);
  CHECK_EQUAL(random.bits(), std::uint64_t{0x63033b0ca389c35a});
}
