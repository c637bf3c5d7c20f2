#include "lstmetrics/metrics/formulas/paired.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "lstmetrics/numeric/binomial.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"
#include "lstmetrics/numeric/normal.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::int64_t total(const PairedTable& table) {
  return table.both + table.only_a + table.only_b + table.neither;
}

std::uint64_t apart(const PairedTable& table) {
  return static_cast<std::uint64_t>(std::max(table.only_a, table.only_b) -
                                    std::min(table.only_a, table.only_b));
}

std::uint64_t discordant(const PairedTable& table) {
  return static_cast<std::uint64_t>(table.only_a) + static_cast<std::uint64_t>(table.only_b);
}

// Between the two answers, corrected for continuity; 0 where one of them is constant.
double correlation(const PairedTable& table) {
  const auto both = static_cast<double>(table.both);
  const auto only_a = static_cast<double>(table.only_a);
  const auto only_b = static_cast<double>(table.only_b);
  const auto neither = static_cast<double>(table.neither);
  const double below = std::sqrt((both + only_a) * (only_b + neither)) *
                       std::sqrt((both + only_b) * (only_a + neither));
  if (below == 0) return 0;
  const double above = both * neither - only_a * only_b;
  const double half = static_cast<double>(total(table)) / 2;
  return (above > 0 ? std::max(above - half, 0.0) : above) / below;
}

}  // namespace

TestResult mcnemar_exact(const PairedTable& table) {
  return {static_cast<double>(std::min(table.only_a, table.only_b)),
          numeric::sign_test(static_cast<std::uint64_t>(table.only_a),
                             static_cast<std::uint64_t>(table.only_b))};
}

TestResult mcnemar_chi_square(const PairedTable& table) {
  if (apart(table) == 0) return {};
  const auto over = static_cast<double>(apart(table) - 1);
  const auto pairs = static_cast<double>(discordant(table));
  return {over * over / pairs, numeric::two_sided_p(over / std::sqrt(pairs))};
}

double accuracy_difference(const PairedTable& table) {
  if (total(table) == 0) return kNan;
  const double size =
      numeric::exact_ratio(apart(table), static_cast<numeric::uint128>(total(table)));
  return table.only_a < table.only_b ? -size : size;
}

Bounds newcombe_bounds(const PairedTable& table, double level) {
  const auto n = static_cast<double>(total(table));
  if (n == 0) return {kNan, kNan};
  const auto right_a = static_cast<double>(table.both + table.only_a);
  const auto right_b = static_cast<double>(table.both + table.only_b);
  const Bounds a = wilson(right_a, n, level);
  const Bounds b = wilson(right_b, n, level);
  const double phi = correlation(table);
  // The reach of a difference that each side may move by so much.
  const auto reach = [&](double of_a, double of_b) {
    return std::sqrt(std::max(of_a * of_a - 2 * phi * of_a * of_b + of_b * of_b, 0.0));
  };
  const double difference = accuracy_difference(table);
  return {std::max(difference - reach(right_a / n - a.low, b.high - right_b / n), -1.0),
          std::min(difference + reach(a.high - right_a / n, right_b / n - b.low), 1.0)};
}

Bounds accuracy_difference_bounds(const PairedTable& table, double level) {
  const auto n = static_cast<double>(total(table));
  if (n == 0) return {kNan, kNan};
  const auto off = static_cast<double>(apart(table));
  const double square = static_cast<double>(discordant(table)) - off * (off / n);
  return normal_bounds(accuracy_difference(table), std::sqrt(std::max(square, 0.0)) / n, level);
}

}  // namespace lstmetrics::metrics::formulas
