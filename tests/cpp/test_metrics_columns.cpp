#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "check.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/text_codes.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;

namespace {

// By the formats' definition: sign, exponent bits, mantissa bits.
double decoded(unsigned bits, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const int mantissa = static_cast<int>(bits) & ((1 << mantissa_bits) - 1);
  double size = 0.0;
  if (exponent == (1 << exponent_bits) - 1) {
    size = mantissa == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    size = std::ldexp(mantissa, 1 - bias - mantissa_bits);
  } else {
    size = std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
  }
  return (bits >> 15 & 1) != 0 ? -size : size;
}

void check_all(DType dtype, int exponent_bits, int mantissa_bits) {
  std::vector<std::uint16_t> all(1 << 16);
  std::iota(all.begin(), all.end(), std::uint16_t{0});
  const Column column{reinterpret_cast<const std::byte*>(all.data()), dtype, all.size(), 2, 2};
  DoubleReader reader(column, "values");
  std::size_t wrong = 0;
  for (std::size_t begin = 0; begin < all.size(); begin += kBlock) {
    const double* const values = reader.block(begin, kBlock);
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double expected = decoded(all[begin + i], exponent_bits, mantissa_bits);
      const bool same = expected == values[i] && std::signbit(expected) == std::signbit(values[i]);
      wrong += same || (expected != expected && values[i] != values[i]) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

CASE("columns: every float16 and bfloat16 is read exactly") {
  check_all(DType::float16, 5, 10);
  check_all(DType::bfloat16, 8, 7);
}

CASE("text codes: by arrival, of every length, and found again") {
  std::vector<std::string> all;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string zeros(size, '\0');
    const std::string letters(size, 'x');
    all.push_back(zeros);
    if (size > 0) all.push_back(letters);
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = letters;
      other[at] = '\xff';
      all.push_back(other);
    }
  }
  TextCodes codes;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(codes.code_of(all[i]) == i);
  }
  CHECK(codes.size() == all.size());
  CHECK(codes.take().texts == all);
  CHECK(codes.size() == 0);
  CHECK(codes.code_of("again") == 0);
}
