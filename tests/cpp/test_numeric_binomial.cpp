// The exact test of a fair coin: known values, and both ways where they meet.
#include <cmath>
#include <cstdint>

#include "check.hpp"
#include "lstmetrics/numeric/binomial.hpp"

using lstmetrics::numeric::kExactTosses;
using lstmetrics::numeric::sign_test;

CASE("sign test: by hand") {
  CHECK_EQUAL(sign_test(0, 0), 1.0);
  CHECK_EQUAL(sign_test(3, 3), 1.0);
  CHECK_EQUAL(sign_test(0, 1), 1.0);
  CHECK_EQUAL(sign_test(1, 2), 1.0);
  CHECK_EQUAL(sign_test(0, 6), 2.0 / 64);
  CHECK_EQUAL(sign_test(7, 1), 2.0 * 9 / 256);
  CHECK_EQUAL(sign_test(0, 1000), std::ldexp(1.0, -999));
  CHECK_EQUAL(sign_test(0, 1075), std::ldexp(1.0, -1074));
  CHECK_EQUAL(sign_test(0, 1077), 0.0);
  CHECK_EQUAL(sign_test(0, kExactTosses), 0.0);
}

CASE("sign test: exact and asymptotic agree where one begins") {
  for (const std::uint64_t apart : {2, 100, 1024, 3000, 6000}) {
    const std::uint64_t half = kExactTosses / 2;
    const double exact = sign_test(half - apart / 2, half + apart / 2);
    const double above = sign_test(half - apart / 2 + 1, half + apart / 2 + 1);
    const double next = sign_test(half - apart / 2 - 1, half + apart / 2 - 1);
    // A step of two tosses changes p by nearly the same in both directions.
    const double expected = exact + (exact - next);
    CHECK(std::fabs(above - expected) <= 2e-8 * expected);
  }
}

CASE("sign test: as uneven as can be, and as many tosses as can be") {
  CHECK_EQUAL(sign_test(0, std::uint64_t{1} << 62), 0.0);
  CHECK(sign_test((std::uint64_t{1} << 61) - 1, (std::uint64_t{1} << 61) + 1) > 0.999999);
}
