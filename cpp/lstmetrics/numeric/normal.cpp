#include "lstmetrics/numeric/normal.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "lstmetrics/kernels/dispatch.hpp"

// The polynomials interpolate in Chebyshev's points; their coefficients were computed with 300
// bits, and what they leave out is below 2^-57 of the result.
namespace lstmetrics::numeric {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSqrtHalf = 0x1.6a09e667f3bcdp-1;
constexpr double kSqrtTwoPi = 0x1.40d931ff62706p+1;
constexpr double kSmall = 0.5;   // up to here erf is a polynomial
constexpr double kNothing = 40;  // beyond, both tails are below the least subnormal

double exp(double x) {
  double y = 0;
  kernels::table().exp_f64(&x, &y, 1);
  return y;
}

double log(double x) {
  double y = 0;
  kernels::table().log_f64(&x, &y, 1);
  return y;
}

template <std::size_t kSize>
double polynomial(const std::array<double, kSize>& coefficients, double x) {
  double y = coefficients[kSize - 1];
  for (std::size_t i = kSize - 1; i-- > 0;) y = y * x + coefficients[i];
  return y;
}

// |x| <= kSmall: x + x p(x^2).
double erf_small(double x) {
  static constexpr std::array kP{
      0x1.06eba8214db69p-3,  -0x1.812746b0379e6p-2,  0x1.ce2f21a042b29p-4,  -0x1.b82ce3127f739p-6,
      0x1.565bcd0aa6349p-8,  -0x1.c02db23d41138p-11, 0x1.f9a2a6635fe79p-14, -0x1.f4bb9f7301dedp-17,
      0x1.b776442df3041p-20, -0x1.39fb524e9c1f7p-23};
  return x + x * polynomial(kP, x * x);
}

// exp(x^2) erfc(x) for x in [kSmall, 28]: a polynomial of x up to 2, then t q(t) with
// t = 4 / (4 + x).
double scaled_erfc(double x) {
  static constexpr std::array kNear{
      0x1.78a692138767ap-2,  -0x1.abaacdbfa8b07p-3,  0x1.b56f45eef7e7bp-4,  -0x1.9b635ac624ae6p-5,
      0x1.68a25a663ff1ep-6,  -0x1.299636d6c488cp-7,  0x1.d1b695ac27c52p-9,  -0x1.5b8bc94d17f85p-10,
      0x1.f0fe6f32f5cd4p-12, -0x1.55c07ce113526p-13, 0x1.c57050abf75f8p-15, -0x1.22fc4e1dac054p-16,
      0x1.6a15568a5632fp-18, -0x1.b5b8f579866b9p-20, 0x1.01c0e7cd302b4p-21, -0x1.27857c651aa40p-23,
      0x1.442fc009ca791p-25, -0x1.63200e045b8c4p-27, 0x1.d3beabe60ad52p-29, -0x1.e6880b3e6e59fp-31};
  static constexpr std::array kFar{
      0x1.d7f33dfe2a938p-3,   0x1.8c341065085e5p-4,   0x1.30fbe0ceccf3dp-5,
      0x1.aba2a45cec607p-7,   0x1.0e755e2f1198ap-8,   0x1.304e48b186237p-10,
      0x1.29e4134d58df9p-12,  0x1.e80872c0b70dep-15,  0x1.33a1ee793e650p-17,
      0x1.c21a98f5d6463p-21,  -0x1.ce9c411e5d044p-25, -0x1.335c4d97364b7p-25,
      -0x1.6c133ac48c7bfp-28, 0x1.13c346c6c9250p-32,  0x1.fd293878a5cc0p-33,
      0x1.c0978be9c12adp-36,  -0x1.96a86d9bbea2cp-38, -0x1.edc3e12339c92p-40,
      0x1.40596ff6a38a8p-44,  0x1.3ac740bd7c472p-44};
  if (x < 2) return polynomial(kNear, x - 1.25);
  const double t = 4 / (4 + x);
  return t * polynomial(kFar, (t - 0x1.9555555555555p-2) * 0x1.d89d89d89d89ep+1);
}

// x^2 = high + low, exactly (Dekker's product); |x| < 2^500.
struct Square {
  double high;
  double low;
};

Square square(double x) {
  const double scaled = x * (0x1p27 + 1);  // Veltkamp's split
  const double upper = scaled - (scaled - x);
  const double lower = x - upper;
  const double high = x * x;
  return {high, ((upper * upper - high) + 2 * upper * lower) + lower * lower};
}

// exp(-x^2).
double exp_minus_square(double x) {
  const Square s = square(x);
  return exp(-s.high) * (1 - s.low);
}

// exp(shift - x^2 / 2).
double bell(double x, double shift = 0) {
  const Square s = square(x);
  return exp(shift - s.high / 2) * (1 - s.low / 2);
}

// P(Z >= x) for x >= kSmall / sqrt(1/2).
double upper_tail(double x) { return 0.5 * scaled_erfc(x * kSqrtHalf) * bell(x); }

// x >= 0 with P(Z >= x) = p, p in (0, 1/2): Abramowitz and Stegun's 26.2.23, within 4.5e-4.
double first_guess(double p) {
  const double t = std::sqrt(-2 * log(p));
  return t - (2.515517 + (0.802853 + 0.010328 * t) * t) /
                 (1 + (1.432788 + (0.189269 + 0.001308 * t) * t) * t);
}

// (P(Z >= x) - p) / density(x), to full precision relative to the larger of the two.
double excess(double x, double p) {
  if (x * kSqrtHalf < kSmall) {
    const double between = (0.5 - p) - 0.5 * erf_small(x * kSqrtHalf);
    return between * kSqrtTwoPi / bell(x);
  }
  // Where the density itself is subnormal, both are taken 2^92 (about e^64) larger.
  constexpr double kScale = 0x1.425982cf597cdp+92;  // e^64
  const bool deep = p < 1e-280;
  const double ratio = deep ? p * kScale / bell(x, 64) : p / bell(x);
  return kSqrtTwoPi * (0.5 * scaled_erfc(x * kSqrtHalf) - ratio);
}

}  // namespace

double erf(double x) {
  if (x != x) return kNan;
  const double size = std::fabs(x);
  if (size < kSmall) return erf_small(x);
  const double rest = size > kNothing ? 0 : scaled_erfc(size) * exp_minus_square(size);
  return x < 0 ? rest - 1 : 1 - rest;
}

double erfc(double x) {
  if (x != x) return kNan;
  if (std::fabs(x) < kSmall) return 1 - erf_small(x);
  if (x > kNothing) return 0;
  if (x < -kNothing) return 2;
  const double rest = scaled_erfc(std::fabs(x)) * exp_minus_square(x);
  return x < 0 ? 2 - rest : rest;
}

double normal_cdf(double x) {
  if (x != x) return kNan;
  const double size = std::fabs(x);
  if (size * kSqrtHalf < kSmall) return 0.5 + 0.5 * erf_small(x * kSqrtHalf);
  const double tail = size > kNothing ? 0 : upper_tail(size);
  return x < 0 ? tail : 1 - tail;
}

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return kNan;
  if (p > 0.5) return -normal_quantile(1 - p);
  if (p == 0) return -kInfinity;
  if (p == 0.5) return 0;
  double x = first_guess(p);
  for (int step = 0; step < 3; ++step) {  // Halley's: each triples the digits
    const double by = excess(x, p);
    x += by / (1 - 0.5 * x * by);
  }
  return -x;
}

double normal_hazard(double x) {
  if (x * kSqrtHalf < kSmall) return bell(x) / kSqrtTwoPi / (0.5 - 0.5 * erf_small(x * kSqrtHalf));
  return 2 / kSqrtTwoPi / scaled_erfc(x * kSqrtHalf);
}

double two_sided_p(double z) {
  if (z != z) return kNan;
  return 2 * normal_cdf(-std::fabs(z));
}

}  // namespace lstmetrics::numeric
