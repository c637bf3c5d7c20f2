// Widening float16, on every level, against one by one: all 65,536 of them.
#include <cstring>

#include "lstmetrics/metrics/strided.hpp"
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::metrics::Half;
using lstmetrics::metrics::widened;

namespace {

void check_halves(const std::vector<std::uint16_t>& halves) {
  on_every_level([&](const Table& table) {
    Walled<std::uint16_t> x(halves);
    const std::vector<float> zeros(halves.size());
    Walled<float> y(zeros);
    table.widen_f16(x.data(), halves.size(), y.data());
    for (std::size_t i = 0; i < halves.size(); ++i) {
      const float expected = widened(Half{halves[i]});
      if (expected != expected)
        CHECK(y.data()[i] != y.data()[i]);
      else
        CHECK_EQUAL(bits(y.data()[i]), bits(expected));
    }
  });
}

}  // namespace

CASE("kernel halves: every one") {
  std::vector<std::uint16_t> halves(std::size_t{1} << 16);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  check_halves(halves);
}

CASE("kernel halves: rows of any length") {
  for (const std::size_t n : lengths()) {
    std::vector<std::uint16_t> halves(n);
    for (std::size_t i = 0; i < n; ++i) halves[i] = static_cast<std::uint16_t>(i * 40503 + 1);
    check_halves(halves);
  }
}
