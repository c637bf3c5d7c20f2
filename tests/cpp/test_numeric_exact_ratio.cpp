#include <bit>
#include <cstdint>
#include <random>

#include "check.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"

using lstmetrics::numeric::exact_ratio;
using lstmetrics::numeric::uint128;

namespace {

// Whether q is the double nearest to a/b, told by exact comparisons alone: |a/b - q| is at most
// half a step to either neighbour. For b below 2^60 and quotients in [2^-52, 2^52].
bool is_nearest(std::uint64_t a, std::uint64_t b, double q) {
  const auto bits = std::bit_cast<std::uint64_t>(q);
  const int exponent = static_cast<int>(bits >> 52) - 1075;  // q = mantissa * 2^exponent
  const std::uint64_t mantissa = (bits & ((1ull << 52) - 1)) | (1ull << 52);
  // 2 a and (2 m +- 1) b on one scale.
  uint128 left = uint128{a} * 2;
  uint128 low = uint128{2 * mantissa - 1} * b;
  uint128 high = uint128{2 * mantissa + 1} * b;
  if (exponent < 0)
    left <<= -exponent;
  else
    low <<= exponent, high <<= exponent;
  const bool even = mantissa % 2 == 0;
  return even ? left >= low && left <= high : left > low && left < high;
}

}  // namespace

CASE("exact ratio: small integers divide as doubles do") {
  for (std::uint64_t a = 0; a < 60; ++a) {
    for (std::uint64_t b = 1; b < 60; ++b) {
      CHECK_EQUAL(exact_ratio(a, b), static_cast<double>(a) / static_cast<double>(b));
      CHECK_EQUAL(lstmetrics::numeric::detail::long_ratio(a, b), exact_ratio(a, b));
    }
  }
}

CASE("exact ratio: counts beyond 2^53 are rounded once") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20000; ++round) {
    const std::uint64_t b = (random() >> 4) | (1ull << 53);
    const std::uint64_t a = random() % b | (1ull << 52);
    CHECK(is_nearest(a, b, exact_ratio(a, b)));
  }
  // Rounding numerator and denominator first would give 1.
  const std::uint64_t n = (1ull << 60) + 1;
  CHECK_EQUAL(exact_ratio(n - 129, n), 1 - 0x1p-53);
}

CASE("exact ratio: ties go to even") {
  // (2^53 + 1) / 2^54 lies half way between two doubles.
  CHECK_EQUAL(exact_ratio((uint128{1} << 53) + 1, uint128{1} << 54), 0.5);
  CHECK_EQUAL(exact_ratio((uint128{1} << 53) + 3, uint128{1} << 54), 0.5 + 0x1p-52);
  CHECK_EQUAL(exact_ratio(((uint128{1} << 53) + 1) * 3 + 1, (uint128{1} << 54) * 3), 0.5 + 0x1p-53);
}

CASE("exact ratio: the ends of 128 bits") {
  const uint128 most = ~uint128{0};
  CHECK_EQUAL(exact_ratio(most, most), 1.0);
  CHECK_EQUAL(exact_ratio(most - 1, most), 1.0);
  CHECK_EQUAL(exact_ratio(most, 1), 0x1p128);
  CHECK_EQUAL(exact_ratio(1, most), 0x1p-128);
  CHECK_EQUAL(exact_ratio(0, most), 0.0);
  CHECK_EQUAL(exact_ratio(uint128{1} << 127, most), 0.5);
}
