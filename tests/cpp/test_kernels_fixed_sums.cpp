// Sums in fixed units: the same integers on every level, and the sum itself to the last bit.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::FixedSum;
using lstmetrics::kernels::kFixedSumMost;
using lstmetrics::kernels::LossMomentSums;
using lstmetrics::metrics::LossMoments;
using lstmetrics::numeric::ExactSum;

namespace {

constexpr double kMax = std::numeric_limits<double>::max();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ExactSum one_by_one(const std::vector<double>& values) {
  ExactSum sum;
  for (const double x : values) sum.add(x);
  return sum;
}

void add(Bits& result, const FixedSum& sum) {
  result.add(std::uint64_t{sum.exact});
  if (!sum.exact) return;
  for (const std::int64_t units : sum.units) result.add(static_cast<std::uint64_t>(units));
  result.add(static_cast<std::uint64_t>(sum.exponent));
}

// Whether the sum is exact, the same on every level; if so it is the sum.
bool summed(const std::vector<double>& values) {
  const ExactSum expected = one_by_one(values);
  bool exact = false;
  check_equal_bits([&](const Table& table, Bits& result) {
    Walled<double> x(values);
    const FixedSum sum = table.fixed_sum(x.data(), values.size());
    exact = sum.exact;
    if (exact) {
      ExactSum found;
      found.add(sum);
      CHECK(found == expected);
    }
    add(result, sum);
    ExactSum all;
    all.add_all(x.data(), values.size());
    CHECK(all == expected);
  });
  return exact;
}

std::vector<double> spread(std::size_t n, int least, int most) {
  std::vector<double> values(n);
  for (double& x : values) {
    const int range = most - least + 1;
    const int exponent = least + static_cast<int>(generator()() % static_cast<unsigned>(range));
    const double mantissa = 1 + static_cast<double>(generator()() >> 12) * 0x1p-52;
    x = std::ldexp(generator()() % 2 == 0 ? mantissa : -mantissa, exponent);
  }
  return values;
}

}  // namespace

CASE("fixed sums: values of any kind and number") {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      const std::vector<double> values = numbers<double>(n, kind);
      CHECK(summed(values) || kind != Kind::ordinary);
    }
  }
}

CASE("fixed sums: a hundred binary orders of magnitude, wherever they lie") {
  for (int most : {900, 500, 20, 0, -1, -300, -700, -790}) {
    for (std::size_t n : {1, 7, 8, 9, 100, 2047, 2048}) {
      CHECK(summed(spread(n, most - 100, most)));
      summed(spread(n, most - 110, most));
      summed(spread(n, most - 180, most));
    }
  }
}

CASE("fixed sums: as many of the largest as there may be") {
  for (double x : {0x1p999, std::nextafter(0x1p1000, 0), 0x1.8p+10, std::nextafter(2.0, 0), 1.0}) {
    for (double sign : {1.0, -1.0}) {
      CHECK(summed(std::vector<double>(kFixedSumMost, sign * x)));
    }
  }
  CHECK(!summed(std::vector<double>(kFixedSumMost, kMax)));
}

CASE("fixed sums: nothing, zeros, and what is no number") {
  CHECK(summed({}));
  CHECK(summed({0.0, -0.0, -0.0}));
  CHECK(!summed({1.0, kNan}));
  CHECK(!summed({kNan}));
  CHECK(!summed({1.0, -kInf}));
  CHECK(!summed({0x1p-1074}));
  CHECK(!summed({0x1p-1074, 1.0}));
  CHECK(!summed({0x1p-1020, -0x1p-1030}));
}

CASE("fixed sums: one value beyond reach is left over") {
  std::vector<double> values(100, 1.0);
  values[63] = 0x1p-154;
  CHECK(summed(values));
  values[63] = 0x1p-155;
  CHECK(!summed(values));
}

namespace {

// LossMoments sample by sample, with no kernel in between.
LossMoments moments_of(const std::vector<double>& losses, const std::vector<double>& weights) {
  LossMoments moments;
  moments.weighted = !weights.empty();
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const double w = weights.empty() ? 1 : weights[i];
    const double term = w == 0 ? 0 : w * losses[i];
    moments.total.samples += 1;
    moments.total.weight.add(w);
    moments.loss.add(term);
    moments.loss_squared.add(term * term);
    moments.weight_squared.add(w * w);
    moments.weight_loss.add(w == 0 ? 0 : w * term);
  }
  return moments;
}

void check_moments(const std::vector<double>& losses, const std::vector<double>& weights) {
  const LossMoments expected = moments_of(losses, weights);
  check_equal_bits([&](const Table& table, Bits& result) {
    Walled<double> x(losses);
    Walled<double> w(weights);
    const double* weight = weights.empty() ? nullptr : w.data();
    LossMomentSums sums = {};
    table.loss_moments(x.data(), weight, losses.size(), &sums);
    for (const FixedSum& sum :
         {sums.loss, sums.loss_squared, sums.weight, sums.weight_squared, sums.weight_loss}) {
      add(result, sum);
    }
    LossMoments moments;
    moments.add(x.data(), weight, losses.size());
    CHECK(moments == expected);
  });
}

}  // namespace

CASE("fixed sums: the moments of losses") {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      if (n == 0) continue;
      const std::vector<double> losses = numbers<double>(n, kind);
      check_moments(losses, {});
      check_moments(losses, numbers<double>(n, Kind::ordinary));
      check_moments(losses, std::vector<double>(n, 0.0));
      check_moments(numbers<double>(n, Kind::ordinary), losses);
    }
  }
  check_moments(std::vector<double>(64, 0.0), std::vector<double>(64, 1.0));
  std::vector<double> weights(64, 1.0);
  weights[5] = 0;
  std::vector<double> losses(64, 0.25);
  losses[5] = kInf;
  check_moments(losses, weights);
  for (std::size_t n : {2047, 2048}) check_moments(spread(n, -40, 5), spread(n, -3, 3));
}
