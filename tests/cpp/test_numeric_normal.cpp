// The error function and the normal distribution: known values, symmetry, the ends.
// tests/property compares them with arbitrary precision everywhere.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/numeric/normal.hpp"
#include "lstmetrics/runtime/isa.hpp"

using namespace lstmetrics;
using numeric::normal_cdf;
using numeric::normal_quantile;
using numeric::two_sided_p;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// So many units in the last place apart.
double units(double got, double exact) {
  return std::fabs(got - exact) / (std::nextafter(std::fabs(exact), kInfinity) - std::fabs(exact));
}

}  // namespace

CASE("normal: known values") {
  CHECK(units(numeric::erf(0.3), 0x1.50838881dea0fp-2) <= 2);
  CHECK(units(numeric::erf(1), 0x1.af767a741088bp-1) <= 2);
  CHECK(units(numeric::erfc(1), 0x1.4226162fbddd5p-3) <= 6);
  CHECK(units(numeric::erfc(5), 0x1.b0c1a759f7739p-40) <= 6);
  CHECK(units(numeric::erfc(26), 0x1.284bfe1cdea24p-981) <= 6);
  CHECK(units(normal_cdf(-1.96), 0x1.9990c58859312p-6) <= 7);
  CHECK(units(normal_quantile(0.975), 0x1.f5c0331eeff83p+0) <= 4);
  CHECK(units(normal_quantile(0.025), -0x1.f5c0331eeff83p+0) <= 4);
}

CASE("normal: the ends and what is no number") {
  CHECK_EQUAL(numeric::erf(0.0), 0.0);
  CHECK_EQUAL(numeric::erf(kInfinity), 1.0);
  CHECK_EQUAL(numeric::erf(-kInfinity), -1.0);
  CHECK_EQUAL(numeric::erfc(kInfinity), 0.0);
  CHECK_EQUAL(numeric::erfc(-kInfinity), 2.0);
  CHECK_EQUAL(normal_cdf(0), 0.5);
  CHECK_EQUAL(normal_cdf(kInfinity), 1.0);
  CHECK_EQUAL(normal_cdf(-kInfinity), 0.0);
  CHECK_EQUAL(normal_quantile(0), -kInfinity);
  CHECK_EQUAL(normal_quantile(1), kInfinity);
  CHECK_EQUAL(normal_quantile(0.5), 0.0);
  CHECK_EQUAL(two_sided_p(0), 1.0);
  for (const double x : {kNan, 1.5, -0.5}) CHECK(std::isnan(normal_quantile(x)));
  CHECK(std::isnan(numeric::erf(kNan)) && std::isnan(numeric::erfc(kNan)) &&
        std::isnan(normal_cdf(kNan)));
  CHECK(std::isnan(two_sided_p(kNan)));
}

CASE("normal: odd, and the quantile undoes the distribution") {
  for (double x = -37; x < 37; x += 0.37) {
    CHECK_EQUAL(numeric::erf(-x), -numeric::erf(x));
    CHECK_EQUAL(two_sided_p(x), two_sided_p(-x));
    if (x > 8) continue;
    const double back = normal_quantile(normal_cdf(x));
    // What rounding the probability near 1 costs.
    const double lost = x < 0 ? 0 : 0x1p-53 * std::exp(x * x / 2) * 2.6;
    CHECK(std::fabs(back - x) <= 1e-14 * std::max(1.0, std::fabs(x)) + lost);
  }
}

CASE("normal: every level gives the same bits") {
  const std::string before = runtime::current_isa().name;
  std::vector<double> expected;
  for (const runtime::IsaLevel& level : runtime::isa_levels()) {
    if (!level.available) continue;
    runtime::set_isa(level.name);
    std::vector<double> found;
    for (double x = -39; x < 39; x += 0.0371) {
      found.insert(found.end(), {numeric::erf(x), numeric::erfc(x), normal_cdf(x),
                                 normal_quantile(normal_cdf(x))});
    }
    if (expected.empty()) expected = found;
    CHECK(found == expected);
  }
  runtime::set_isa(before);
}
