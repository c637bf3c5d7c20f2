// ExactSum against schoolbook big integers, which share no code with it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

using lstmetrics::FormatError;
using lstmetrics::Reader;
using lstmetrics::Writer;
using lstmetrics::numeric::ExactSum;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kTiny = 0x1p-1074;

// A natural number, digits of 16 bits, the lowest first.
class Natural {
 public:
  static Natural of(double x) {  // |x| / 2^-1074
    int exponent = 0;
    auto mantissa = static_cast<std::uint64_t>(std::ldexp(std::frexp(std::fabs(x), &exponent), 53));
    int shift = exponent - 53 + 1074;
    for (; shift < 0; ++shift) mantissa /= 2;  // subnormals: the bits shifted out are zeros
    Natural n;
    for (int bit = 0; bit < 64; ++bit) {
      if ((mantissa >> bit & 1) != 0) n.set(static_cast<std::size_t>(bit + shift));
    }
    return n;
  }
  Natural plus(const Natural& other) const {
    Natural sum;
    std::uint32_t carry = 0;
    for (std::size_t i = 0; i < kDigits; ++i) {
      carry += std::uint32_t{digits_[i]} + other.digits_[i];
      sum.digits_[i] = static_cast<std::uint16_t>(carry);
      carry >>= 16;
    }
    return sum;
  }
  Natural minus(const Natural& other) const {  // other <= *this
    Natural difference;
    std::int32_t borrow = 0;
    for (std::size_t i = 0; i < kDigits; ++i) {
      borrow += std::int32_t{digits_[i]} - other.digits_[i];
      difference.digits_[i] = static_cast<std::uint16_t>(borrow);
      borrow >>= 16;
    }
    return difference;
  }
  int compare(const Natural& other) const {
    for (std::size_t i = kDigits; i-- > 0;) {
      if (digits_[i] != other.digits_[i]) return digits_[i] < other.digits_[i] ? -1 : 1;
    }
    return 0;
  }

 private:
  static constexpr std::size_t kDigits = 140;
  void set(std::size_t bit) {
    digits_[bit / 16] = static_cast<std::uint16_t>(digits_[bit / 16] | (1u << (bit % 16)));
  }
  std::vector<std::uint16_t> digits_ = std::vector<std::uint16_t>(kDigits);
};

// The double nearest to a natural number of units: found by bisection over all doubles.
double nearest(const Natural& units) {
  std::uint64_t below = 0;
  std::uint64_t above = std::bit_cast<std::uint64_t>(kInf);
  while (above - below > 1) {
    const std::uint64_t middle = below + (above - below) / 2;
    if (Natural::of(std::bit_cast<double>(middle)).compare(units) <= 0)
      below = middle;
    else
      above = middle;
  }
  const double lower = std::bit_cast<double>(below);
  const Natural rest = units.minus(Natural::of(lower));
  // Beyond the largest double the next step would have been as long as the last one.
  const double step =
      lower == kMax ? kMax - std::nextafter(kMax, 0) : std::bit_cast<double>(above) - lower;
  const int side = rest.plus(rest).compare(Natural::of(step));
  return side > 0 || (side == 0 && below % 2 == 1) ? std::bit_cast<double>(above) : lower;
}

double oracle(const std::vector<double>& values) {
  Natural positive;
  Natural negative;
  for (const double x : values) {
    if (x > 0) positive = positive.plus(Natural::of(x));
    if (x < 0) negative = negative.plus(Natural::of(x));
  }
  return positive.compare(negative) >= 0 ? nearest(positive.minus(negative))
                                         : -nearest(negative.minus(positive));
}

ExactSum summed(const std::vector<double>& values) {
  ExactSum sum;
  for (const double x : values) sum.add(x);
  return sum;
}

std::string bytes_of(const ExactSum& sum) {
  Writer writer;
  sum.save(writer);
  return writer.take();
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void check_against_oracle(std::vector<double> values, std::mt19937_64& random) {
  const ExactSum sum = summed(values);
  CHECK(same_bits(sum.value(), oracle(values)));
  ExactSum bulk;
  bulk.add_all(values.data(), values.size());
  CHECK(bulk == sum && bytes_of(bulk) == bytes_of(sum));
  std::ranges::shuffle(values, random);
  CHECK(summed(values) == sum);
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  ExactSum parts = summed({values.begin() + half, values.end()});
  parts.merge(summed({values.begin(), values.begin() + half}));
  CHECK(parts == sum && bytes_of(parts) == bytes_of(sum));
}

double finite(std::mt19937_64& random) {
  for (;;) {
    const auto x = std::bit_cast<double>(random());
    if (std::isfinite(x)) return x;
  }
}

}  // namespace

CASE("exact sum: random doubles of any exponent agree with big integers") {
  std::mt19937_64 random(1);
  for (std::size_t n : {1u, 2u, 3u, 7u, 47u, 48u, 49u, 200u}) {
    for (int round = 0; round < 8; ++round) {
      std::vector<double> values(n);
      for (double& x : values) x = finite(random);
      check_against_oracle(values, random);
    }
  }
}

CASE("exact sum: losses, cancellations and subnormals agree with big integers") {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 10; ++round) {
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) {
      const double x = normal(random);
      values.insert(values.end(), {x, -x, x * 1e-9, std::ldexp(normal(random), -1060)});
    }
    check_against_oracle(values, random);
  }
}

CASE("exact sum: what doubles cannot do") {
  CHECK_EQUAL(summed({1e308, 1.0, -1e308}).value(), 1.0);
  CHECK_EQUAL(summed({kMax, kMax, -kMax, -kMax, kTiny}).value(), kTiny);
  CHECK_EQUAL(summed({1e16, 1.0, -1e16}).value(), 1.0);
  CHECK_EQUAL(summed(std::vector<double>(10, 0.1)).value(), 1.0);
  CHECK_EQUAL(summed({kTiny, kTiny, kTiny}).value(), 3 * kTiny);
}

CASE("exact sum: halfway cases go to the even neighbour") {
  CHECK_EQUAL(summed({1.0, 0x1p-53}).value(), 1.0);
  CHECK_EQUAL(summed({1.0, 0x1p-53, kTiny}).value(), 1.0 + 0x1p-52);
  CHECK_EQUAL(summed({1.0, 0x1p-52, 0x1p-53}).value(), 1.0 + 0x1p-51);
  CHECK_EQUAL(summed({-1.0, -0x1p-53}).value(), -1.0);
  CHECK_EQUAL(summed({2.0, -0x1p-53}).value(), 2.0);
  // The largest subnormal and the smallest normal have the same spacing: nothing is rounded.
  CHECK_EQUAL(summed({0x1p-1022, -kTiny}).value(), 0x1p-1022 - kTiny);
}

CASE("exact sum: the range of double ends half a step above its largest value") {
  const double half_step = 0x1p969;  // the spacing at kMax is 2^971
  CHECK_EQUAL(summed({kMax, half_step}).value(), kMax);
  CHECK_EQUAL(summed({kMax, 2 * half_step}).value(), kInf);
  CHECK_EQUAL(summed({kMax, 2 * half_step, -kTiny}).value(), kMax);
  CHECK_EQUAL(summed({-kMax, -kMax}).value(), -kInf);
  CHECK_EQUAL(summed({kMax, kMax, -kMax}).value(), kMax);
  CHECK(summed({kMax, kMax}).is_finite());
}

CASE("exact sum: nothing, zeros and what cancels are +0") {
  CHECK(same_bits(ExactSum().value(), 0.0));
  CHECK(same_bits(summed({-0.0, -0.0}).value(), 0.0));
  CHECK(same_bits(summed({1.5, -1.5}).value(), 0.0));
  CHECK(summed({1.5, -1.5}) == ExactSum());
  CHECK(summed({kMax, kTiny, -kMax, -kTiny}).is_zero());
  CHECK(summed({1.5, -2.5}).is_negative());
}

CASE("exact sum: NaN and infinities stay") {
  CHECK_EQUAL(summed({kInf, 1.0}).value(), kInf);
  CHECK_EQUAL(summed({-kInf, 1.0}).value(), -kInf);
  CHECK(std::isnan(summed({kInf, -kInf}).value()));
  CHECK(std::isnan(summed({kNan, 1.0}).value()));
  CHECK(std::isnan(summed({kNan, kInf}).value()));
  std::vector<double> many(5000, 1.0);
  many[4321] = -kInf;
  ExactSum bulk;
  bulk.add_all(many.data(), many.size());
  CHECK_EQUAL(bulk.value(), -kInf);
  CHECK(bulk == summed(many));
  many[17] = kNan;
  ExactSum again;  // the scratch of the one before must be clean
  again.add_all(many.data(), many.size());
  CHECK(std::isnan(again.value()) && again == summed(many));
}

CASE("exact sum: long batches are the same as one addition after the other") {
  std::mt19937_64 random(3);
  std::vector<double> values(40'001);
  for (double& x : values)
    x = random() % 5 == 0 ? finite(random)
                          : std::ldexp(1.0 + static_cast<double>(random() % 1000) / 999,
                                       static_cast<int>(random() % 40) - 20);
  ExactSum bulk;
  bulk.add_all(values.data(), values.size());
  CHECK(bulk == summed(values));
  std::ranges::fill(values, std::nextafter(2.0, 0.0));  // the fullest mantissa fills the buckets
  ExactSum full;
  full.add_all(values.data(), values.size());
  CHECK(full == summed(values));
}

CASE("exact sum: multiples are repeated additions") {
  for (const double x : {1.0, -0.1, kTiny, 3e300, 1 + 0x1p-52}) {
    ExactSum multiple;
    multiple.add_multiple(x, 1000);
    CHECK(multiple == summed(std::vector<double>(1000, x)));
  }
  ExactSum huge;
  huge.add_multiple(1.0, std::numeric_limits<std::uint64_t>::max());
  huge.add(1.0);
  CHECK_EQUAL(huge.value(), 0x1p64);
  ExactSum capacity;
  for (int i = 0; i < 16; ++i)
    capacity.add_multiple(kMax, std::numeric_limits<std::uint64_t>::max());
  for (int i = 0; i < 16; ++i)
    capacity.add_multiple(-kMax, std::numeric_limits<std::uint64_t>::max());
  CHECK(capacity.is_zero());
  ExactSum none;
  none.add_multiple(kNan, 0);
  CHECK(none == ExactSum());
}

CASE("exact sum: merging with itself doubles, negating is its own inverse") {
  for (const std::vector<double>& values :
       {std::vector<double>{0.1, 7e20}, std::vector<double>{kMax, kTiny},
        std::vector<double>{-3.0}}) {
    ExactSum sum = summed(values);
    const ExactSum copy = sum;
    sum.merge(sum);
    ExactSum twice = copy;
    twice.merge(copy);
    CHECK(sum == twice);
    ExactSum negative = copy;
    negative.negate();
    CHECK_EQUAL(negative.value(), -copy.value());
    negative.merge(copy);
    CHECK(negative.is_zero());
  }
  ExactSum infinite = summed({kInf});
  infinite.negate();
  CHECK_EQUAL(infinite.value(), -kInf);
}

CASE("exact sum: copies and moves are whole, wide or not") {
  for (const std::vector<double>& values :
       {std::vector<double>{0.5}, std::vector<double>{kMax, kTiny}}) {
    ExactSum sum = summed(values);
    ExactSum copy = sum;
    ExactSum moved = std::move(sum);
    CHECK(copy == moved);
    copy = moved;
    CHECK(copy == moved);
    ExactSum other = summed({1.0});
    other = std::move(moved);
    CHECK(other == copy);
    copy.add(1.0);
    CHECK(!(other == copy));
  }
}

CASE("exact sum: bytes are canonical, and all others are refused") {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(1 + random() % 6);
    for (double& x : values)
      x = round % 2 == 0 ? finite(random) : std::ldexp(static_cast<double>(random() % 64) - 32, 60);
    if (round % 17 == 0) values.push_back(kNan);
    const ExactSum sum = summed(values);
    const std::string bytes = bytes_of(sum);
    Reader reader(bytes);
    CHECK(ExactSum::load(reader) == sum);
    CHECK_EQUAL(reader.left(), 0u);
  }
  const auto load = [](std::initializer_list<std::uint64_t> limbs, int flags, int low) {
    Writer writer;
    writer.u8(static_cast<std::uint8_t>(flags));
    writer.u8(static_cast<std::uint8_t>(low));
    writer.u8(static_cast<std::uint8_t>(limbs.size()));
    for (const std::uint64_t limb : limbs) writer.u64(limb);
    Reader reader(writer.bytes());
    return ExactSum::load(reader);
  };
  const std::uint64_t ones = ~std::uint64_t{0};
  CHECK_EQUAL(load({5}, 0, 0).value(), 5 * kTiny);
  CHECK_EQUAL(load({ones}, 0, 0).value(), -kTiny);
  CHECK_THROWS(load({}, 0, 1), FormatError);      // zero has one spelling
  CHECK_THROWS(load({0, 1}, 0, 3), FormatError);  // a zero limb below
  CHECK_THROWS(load({1, 0}, 0, 3), FormatError);  // a redundant limb above
  CHECK_THROWS(load({ones, ones}, 0, 3), FormatError);
  CHECK_THROWS(load({0}, 0, 3), FormatError);
  CHECK_THROWS(load({1}, 8, 3), FormatError);                        // an unknown flag
  CHECK_THROWS(load({1}, 0, 34), FormatError);                       // off the grid
  CHECK_THROWS(load({std::uint64_t{1} << 50}, 0, 33), FormatError);  // beyond all sums
  CHECK_EQUAL(load({(std::uint64_t{1} << 50) - 1}, 0, 33).value(), kInf);
}
