// The generic level's fused multiply-add is the instruction's, bit for bit.
#include "lstmetrics/kernels/vec/generic.hpp"
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;

namespace {

using lstmetrics::kernels::FloatPart;

void check_fma(const float (&a)[4], const float (&b)[4], const float (&c)[4]) {
  FloatPart x;
  FloatPart y;
  FloatPart z;
  __builtin_memcpy(&x, a, sizeof x);
  __builtin_memcpy(&y, b, sizeof y);
  __builtin_memcpy(&z, c, sizeof z);
  const FloatPart got = lstmetrics::kernels::fma(x, y, z);
  const FloatPart slow = lstmetrics::kernels::fma_by_odd(x, y, z);
  for (int i = 0; i < 4; ++i) {
    const float expected = std::fmaf(a[i], b[i], c[i]);
    for (float one : {got[i], slow[i]}) {
      if (bits(one) == bits(expected) || (std::isnan(one) && std::isnan(expected))) continue;
      check::fail("fma(" + check::show(a[i]) + ", " + check::show(b[i]) + ", " + check::show(c[i]) +
                  ") = " + check::show(one) + ", not " + check::show(expected));
    }
  }
}

template <class Draw>
void check_many(int rounds, Draw draw) {
  for (int round = 0; round < rounds; ++round) {
    float a[4];
    float b[4];
    float c[4];
    for (int i = 0; i < 4; ++i) draw(a[i], b[i], c[i]);
    check_fma(a, b, c);
  }
}

float of_bits(std::uint64_t word) { return std::bit_cast<float>(static_cast<std::uint32_t>(word)); }

// Random digits and sign, the exponent field from `low` to `high`.
float with_exponent(std::uint32_t low, std::uint32_t high) {
  const std::uint64_t random = generator()();
  const std::uint64_t field = low + (random >> 32) % (high - low + 1);
  return of_bits((random & 0x807fffffU) | field << 23);
}

}  // namespace

CASE("generic fma: any bit patterns") {
  check_many(1 << 20, [](float& a, float& b, float& c) {
    a = of_bits(generator()());
    b = of_bits(generator()());
    c = of_bits(generator()());
  });
}

CASE("generic fma: summands of like size") {
  check_many(1 << 20, [](float& a, float& b, float& c) {
    a = with_exponent(100, 150);
    b = with_exponent(100, 150);
    c = a * b * with_exponent(115, 137);
  });
}

CASE("generic fma: subnormal results and operands") {
  check_many(1 << 20, [](float& a, float& b, float& c) {
    a = with_exponent(0, 127);
    b = with_exponent(0, 30);
    c = with_exponent(0, 3);
  });
}

CASE("generic fma: around overflow") {
  check_many(1 << 19, [](float& a, float& b, float& c) {
    a = with_exponent(180, 254);
    b = with_exponent(180, 210);
    c = with_exponent(245, 255);
  });
}

// Few digits, so that sums land on the middle between two floats, alone or beside a far smaller
// summand that must decide.
CASE("generic fma: middles") {
  check_many(1 << 20, [](float& a, float& b, float& c) {
    const std::uint64_t random = generator()();
    const auto digits = [&](int from) { return static_cast<float>(random >> from & 0xfff) + 1.0F; };
    const int shift = static_cast<int>(random >> 60 & 7) - 3;
    a = std::ldexp(digits(0), 12);
    b = std::ldexp(digits(12), shift);
    c = std::ldexp(digits(24), static_cast<int>(random >> 40 & 0x7f) - 64);
    if (random >> 50 & 1) c = -c;
    if (random >> 51 & 1) {
      // 1.5 units in the last place, and a hair more or less.
      a = with_exponent(127, 127);
      b = 0x1p-24F;
      c = std::copysign(with_exponent(20, 127), random >> 52 & 1 ? 1.0F : -1.0F);
      if (random >> 53 & 1) {
        a = std::copysign(0x1p-24F, a);
        b = 1.0F + 0x1p-23F * static_cast<float>(random >> 54 & 3);
        c = with_exponent(127, 127);
      }
    }
  });
}

CASE("generic fma: nasty values with one another") {
  const std::vector<float> nasty = nasty_values<float>();
  for (float a : nasty) {
    for (float b : nasty) {
      for (std::size_t i = 0; i + 4 <= nasty.size(); i += 4) {
        check_fma({a, a, a, a}, {b, b, b, b}, {nasty[i], nasty[i + 1], nasty[i + 2], nasty[i + 3]});
      }
    }
  }
}
