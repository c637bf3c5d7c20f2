// Sums of rows of probabilities: the 16 partial results of the contract, and every value looked at.
#include <limits>
#include <vector>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;

namespace {

bool rows_of(const Table& table, const float* x, std::size_t rows, std::size_t columns,
             std::size_t stride, double* sums) {
  return table.probability_rows_f32(x, rows, columns, stride, sums);
}
bool rows_of(const Table& table, const double* x, std::size_t rows, std::size_t columns,
             std::size_t stride, double* sums) {
  return table.probability_rows_f64(x, rows, columns, stride, sums);
}

// By hand: element i in lane i mod 16, folded 8+8, 4+4, 2+2, 1+1.
template <class T>
double sum_of(const T* x, std::size_t n) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < n; ++i) lanes[i % 16] += static_cast<double>(x[i]);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

template <class T>
std::vector<T> draw(std::size_t n) {
  std::uniform_real_distribution<double> between(0, 1);
  std::vector<T> values(n);
  for (T& value : values) {
    const std::uint64_t kind = generator()() % 8;
    value = kind == 0   ? T{0}
            : kind == 1 ? T{1}
            : kind == 2 ? std::numeric_limits<T>::denorm_min()
                        : static_cast<T>(between(generator()));
  }
  return values;
}

template <class T>
void check_sums() {
  for (const std::size_t columns : lengths()) {
    for (const std::size_t gap : {0U, 3U}) {
      constexpr std::size_t kRows = 3;
      const std::size_t stride = columns + gap;
      const std::vector<T> x = draw<T>((kRows - 1) * stride + columns);
      check_equal_bits([&](const Table& table, Bits& result) {
        Walled<T> walled(x);
        std::vector<double> sums(kRows);
        CHECK(rows_of(table, walled.data(), kRows, columns, stride, sums.data()));
        for (std::size_t row = 0; row < kRows; ++row) {
          CHECK_EQUAL(bits(sums[row]), bits(sum_of(x.data() + row * stride, columns)));
        }
        result.add_all(sums);
      });
    }
  }
}

template <class T>
void check_refusals() {
  const T infinity = std::numeric_limits<T>::infinity();
  const T above = 1 + std::numeric_limits<T>::epsilon();
  for (const std::size_t columns : {1, 2, 8, 9, 16, 17, 40}) {
    for (std::size_t at = 0; at < 2 * columns; ++at) {
      for (const T bad : {above, -std::numeric_limits<T>::denorm_min(), infinity, -infinity,
                          std::numeric_limits<T>::quiet_NaN()}) {
        std::vector<T> x = draw<T>(2 * columns);
        x[at] = bad;
        on_every_level([&](const Table& table) {
          Walled<T> walled(x);
          double sums[2];
          CHECK(!rows_of(table, walled.data(), 2, columns, columns, sums));
        });
      }
    }
  }
}

}  // namespace

CASE("probability rows: sums of 16 partial results, and nothing read beyond") {
  check_sums<float>();
  check_sums<double>();
}

CASE("probability rows: a value that is none is noticed wherever it stands") {
  check_refusals<float>();
  check_refusals<double>();
}
