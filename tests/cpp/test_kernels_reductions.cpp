// Reductions against the order that the numeric contract spells out.
#include <algorithm>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::kLogSumTile;
using lstmetrics::kernels::LogSum;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr double kInf64 = std::numeric_limits<double>::infinity();

// 16 partial sums, element i in lane i mod 16, folded 8+8, 4+4, 2+2, 1+1.
template <class T>
T contract_sum(const std::vector<T>& x) {
  T lane[kLanes] = {};
  for (std::size_t i = 0; i < x.size(); ++i) lane[i % kLanes] += x[i];
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

template <class T>
struct Entries;
template <>
struct Entries<float> {
  static constexpr auto exp = &Table::exp_f32;
  static constexpr auto sum = &Table::sum_f32;
  static constexpr auto max = &Table::max_f32;
  static constexpr auto argmax = &Table::argmax_f32;
  static constexpr auto softmax = &Table::softmax_f32;
  static constexpr auto log_sum_exp = &Table::log_sum_exp_f32;
};
template <>
struct Entries<double> {
  static constexpr auto exp = &Table::exp_f64;
  static constexpr auto sum = &Table::sum_f64;
  static constexpr auto max = &Table::max_f64;
  static constexpr auto argmax = &Table::argmax_f64;
  static constexpr auto softmax = &Table::softmax_f64;
  static constexpr auto log_sum_exp = &Table::log_sum_exp_f64;
};

template <class T>
std::vector<T> exps(const Table& table, const std::vector<T>& x, T top) {
  std::vector<T> e;
  for (T value : x) e.push_back(value - top);
  (table.*Entries<T>::exp)(e.data(), e.data(), e.size());
  return e;
}

template <class T>
LogSum contract_tile(const Table& table, const std::vector<T>& x) {
  const T top = *std::max_element(x.begin(), x.end());
  if (top == -std::numeric_limits<T>::infinity()) return {-kInf64, 0.0};
  return {static_cast<double>(top + T(0)), static_cast<double>(contract_sum(exps(table, x, top)))};
}

LogSum contract_combined(const Table& table, LogSum left, LogSum right) {
  const double top = std::max(left.max, right.max);
  if (top == -kInf64) return {-kInf64, 0.0};
  const std::vector<double> powers = exps<double>(table, {left.max, right.max}, top);
  return {top, left.sum * powers[0] + right.sum * powers[1]};
}

template <class T>
LogSum contract_log_sum(const Table& table, const std::vector<T>& x) {
  LogSum all = {-kInf64, 0.0};
  for (std::size_t i = 0; i < x.size(); i += kLogSumTile) {
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = x.begin() + static_cast<std::ptrdiff_t>(std::min(x.size(), i + kLogSumTile));
    const LogSum tile = contract_tile<T>(table, {begin, end});
    all = i == 0 ? tile : contract_combined(table, all, tile);
  }
  return all;
}

bool equal(LogSum a, LogSum b) { return bits(a.max) == bits(b.max) && bits(a.sum) == bits(b.sum); }

template <class T>
void check_order() {
  for (std::size_t n : lengths()) {
    const std::vector<T> x = numbers<T>(n, Kind::ordinary);
    on_every_level([&](const Table& table) {
      CHECK_EQUAL((table.*Entries<T>::sum)(x.data(), n), contract_sum(x));
      CHECK(equal((table.*Entries<T>::log_sum_exp)(x.data(), n), contract_log_sum(table, x)));
      if (n == 0) return;
      const T top = *std::max_element(x.begin(), x.end());
      CHECK_EQUAL((table.*Entries<T>::max)(x.data(), n), top);
      const auto first = std::find(x.begin(), x.end(), top) - x.begin();
      CHECK_EQUAL((table.*Entries<T>::argmax)(x.data(), n), first);
      std::vector<T> y(n);
      (table.*Entries<T>::softmax)(x.data(), y.data(), n);
      const std::vector<T> e = exps(table, x, top);
      const T sum = contract_sum(e);
      for (std::size_t i = 0; i < n; ++i) CHECK_EQUAL(y[i], e[i] / sum);
    });
  }
}

// Each rule at the start, in the middle and at the end of a row, and in its partial last vector.
template <class Visit>
void at_several_places(Visit visit) {
  for (std::size_t n : {1, 2, 15, 16, 17, 40, 256, 300}) {
    for (std::size_t at : {std::size_t{0}, n / 2, n - 1}) visit(n, at);
  }
}

template <class T>
void check_special_values() {
  using E = Entries<T>;
  const T infinity = std::numeric_limits<T>::infinity();
  const T nan = -std::numeric_limits<T>::quiet_NaN();
  at_several_places([&](std::size_t n, std::size_t at) {
    on_every_level([&](const Table& table) {
      std::vector<T> x(n, T(-2));
      x[at] = nan;
      const auto is_canonical = [](auto value) {
        return bits(value) == bits(static_cast<decltype(value)>(std::nanf("")));
      };
      CHECK(is_canonical((table.*E::sum)(x.data(), n)));
      CHECK(is_canonical((table.*E::max)(x.data(), n)));
      CHECK_EQUAL((table.*E::argmax)(x.data(), n), n > 1 && at == 0 ? 1 : 0);
      CHECK(is_canonical((table.*E::log_sum_exp)(x.data(), n).sum));
      std::vector<T> y(n);
      (table.*E::softmax)(x.data(), y.data(), n);
      for (T value : y) CHECK(is_canonical(value));

      x[at] = infinity;
      CHECK_EQUAL((table.*E::max)(x.data(), n), infinity);
      CHECK_EQUAL((table.*E::argmax)(x.data(), n), at);
      CHECK(is_canonical((table.*E::log_sum_exp)(x.data(), n).sum));

      std::fill(x.begin(), x.end(), -infinity);
      CHECK(equal((table.*E::log_sum_exp)(x.data(), n), {-kInf64, 0.0}));
      CHECK_EQUAL((table.*E::max)(x.data(), n), -infinity);
      CHECK_EQUAL((table.*E::argmax)(x.data(), n), 0);
      (table.*E::softmax)(x.data(), y.data(), n);
      for (T value : y) CHECK(is_canonical(value));
      x[at] = nan;
      CHECK(is_canonical((table.*E::log_sum_exp)(x.data(), n).sum));
      CHECK_EQUAL((table.*E::argmax)(x.data(), n), n > 1 && at == 0 ? 1 : 0);

      std::fill(x.begin(), x.end(), T(-0.0));
      CHECK_EQUAL(bits((table.*E::sum)(x.data(), n)), bits(T(0)));
      CHECK_EQUAL(bits((table.*E::max)(x.data(), n)), bits(T(-0.0)));
      x[at] = T(0);
      CHECK_EQUAL(bits((table.*E::max)(x.data(), n)), bits(T(0)));
      CHECK_EQUAL((table.*E::argmax)(x.data(), n), 0);
      CHECK(equal((table.*E::log_sum_exp)(x.data(), n), {0.0, n == 300 ? 300.0 : double(n)}));
    });
  });
}

}  // namespace

CASE("reductions: float rows, in the order of the contract") { check_order<float>(); }
CASE("reductions: double rows, in the order of the contract") { check_order<double>(); }
CASE("reductions: special values of float rows") { check_special_values<float>(); }
CASE("reductions: special values of double rows") { check_special_values<double>(); }

CASE("reductions: nothing") {
  on_every_level([](const Table& table) {
    CHECK_EQUAL(bits(table.sum_f32(nullptr, 0)), bits(0.0F));
    CHECK_EQUAL(bits(table.sum_f64(nullptr, 0)), bits(0.0));
    CHECK_EQUAL(table.max_f32(nullptr, 0), -kInf);
    CHECK_EQUAL(table.max_f64(nullptr, 0), -kInf64);
    CHECK_EQUAL(table.argmax_f32(nullptr, 0), 0);
    CHECK_EQUAL(table.argmax_f64(nullptr, 0), 0);
    CHECK(equal(table.log_sum_exp_f32(nullptr, 0), {-kInf64, 0.0}));
    CHECK(equal(table.log_sum_exp_f64(nullptr, 0), {-kInf64, 0.0}));
    table.softmax_f32(nullptr, nullptr, 0);
    table.exp_f32(nullptr, nullptr, 0);
  });
}

CASE("reductions: the empty log-sum is the identity on either side") {
  const LogSum empty = {-kInf64, 0.0};
  on_every_level([&](const Table& table) {
    for (double top : {-1e300, -3.5, 0.0, 700.0, 1e300}) {
      for (double sum : {1.0, 1.7, 255.25}) {
        CHECK(equal(table.combine_log_sums(empty, {top, sum}), {top, sum}));
        CHECK(equal(table.combine_log_sums({top, sum}, empty), {top, sum}));
      }
    }
    CHECK(equal(table.combine_log_sums(empty, empty), empty));
    CHECK(std::isnan(table.combine_log_sums({0.0, 1.0}, {std::nan(""), std::nan("")}).sum));
    CHECK(std::isnan(table.combine_log_sums({std::nan(""), std::nan("")}, empty).max));
  });
}

CASE("reductions: a row split at tiles and combined from the left is the row") {
  const std::vector<float> x = numbers<float>(5 * kLogSumTile + 77, Kind::ordinary);
  on_every_level([&](const Table& table) {
    LogSum all = table.log_sum_exp_f32(x.data(), kLogSumTile);
    for (std::size_t i = kLogSumTile; i < x.size(); i += kLogSumTile) {
      const std::size_t n = std::min(kLogSumTile, x.size() - i);
      all = table.combine_log_sums(all, table.log_sum_exp_f32(x.data() + i, n));
    }
    CHECK(equal(all, table.log_sum_exp_f32(x.data(), x.size())));
  });
}
