// Counting what lies above a bound, on every level, against counting one by one.
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::AboveCount;

namespace {

AboveCount above(const Table& table, const float* x, std::size_t n, float bound) {
  return table.count_above_f32(x, n, bound);
}
AboveCount above(const Table& table, const double* x, std::size_t n, double bound) {
  return table.count_above_f64(x, n, bound);
}

template <class T>
void check_rows() {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      const std::vector<T> values = numbers<T>(n, kind);
      std::vector<T> bounds = numbers<T>(4, kind);
      if (n > 0) bounds.insert(bounds.end(), {values[0], values[n / 2], values[n - 1]});
      for (const T bound : bounds) {
        AboveCount expected = {0, true};
        for (const T value : values) {
          expected.count += value > bound ? 1 : 0;
          expected.finite = expected.finite && std::isfinite(value);
        }
        on_every_level([&](const Table& table) {
          Walled<T> x(values);
          const AboveCount found = above(table, x.data(), n, bound);
          CHECK_EQUAL(found.count, expected.count);
          CHECK_EQUAL(found.finite, expected.finite);
        });
      }
    }
  }
}

}  // namespace

CASE("kernel ranks: float rows") { check_rows<float>(); }
CASE("kernel ranks: double rows") { check_rows<double>(); }

CASE("kernel ranks: more than a float can count") {
  const std::size_t n = (std::size_t{1} << 24) + 1031;
  const std::vector<float> ones(n, 1.0F);
  CHECK_EQUAL(above(lstmetrics::kernels::table(), ones.data(), n, 0.5F).count, n);
}
