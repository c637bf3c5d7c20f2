#include "lstmetrics/metrics/formulas/agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/products.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

// ---- correlation ----------------------------------------------------------------------------

// together / sqrt(of_true * of_predicted), in [-1, 1].
double correlation(double together, double of_true, double of_predicted) {
  if (of_true == 0 || of_predicted == 0) return 0;
  const double product = of_true * of_predicted;
  const double below = std::abs(product) >= 0x1p-1000
                           ? std::sqrt(product)
                           : std::sqrt(of_true) * std::sqrt(of_predicted);
  const double value = together / below;
  return value == value ? std::clamp(value, -1.0, 1.0) : kNan;
}

template <class Products, class Label>
double correlation_of(const std::vector<Label>& labels, const typename Products::Amount& total) {
  const Products products(total);
  const auto n = products.factor(total);
  typename Products::Amount hits{};
  typename Products::Sum together;
  typename Products::Sum of_true;
  typename Products::Sum of_predicted;
  Products::add(of_true, n, n);
  Products::add(of_predicted, n, n);
  for (const Label& label : labels) {
    const auto actual = products.factor(amount(label.actual));
    const auto predicted = products.factor(amount(label.predicted));
    Products::subtract(together, actual, predicted);
    Products::subtract(of_true, actual, actual);
    Products::subtract(of_predicted, predicted, predicted);
    add(hits, amount(label.tp));
  }
  Products::add(together, products.factor(hits), n);
  return correlation(Products::rounded(together), Products::rounded(of_true),
                     Products::rounded(of_predicted));
}

// ---- kappa ----------------------------------------------------------------------------------

template <class Amount>
struct Agreement {
  std::vector<Amount> rows;
  std::vector<Amount> columns;
  Amount total{};
  Amount disagreement{};  // by its weights
};

std::uint64_t weight_of(Disagreement disagreement, std::size_t row, std::size_t column) {
  const std::uint64_t distance = row < column ? column - row : row - column;
  switch (disagreement) {
    case Disagreement::nominal:
      return distance == 0 ? 0 : 1;
    case Disagreement::linear:
      return distance;
    case Disagreement::quadratic:
      break;
  }
  return distance * distance;
}

template <class Amount>
Amount amount_as(std::int64_t count, const ExactSum* weight) {
  if constexpr (std::is_same_v<Amount, uint128>) {
    return amount(count);
  } else {
    return weight != nullptr ? *weight : as_sum(amount(count));
  }
}

template <class Amount>
Agreement<Amount> agreement_of(const ConfusionCounts& state, const Selection& selection,
                               Disagreement disagreement) {
  Agreement<Amount> sums{std::vector<Amount>(selection.size()),
                         std::vector<Amount>(selection.size())};
  for_each_selected(
      state, selection,
      [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
        const Amount cell = amount_as<Amount>(count, weight);
        add(sums.rows[row], cell);
        add(sums.columns[column], cell);
        add(sums.total, cell);
        add_multiple(sums.disagreement, cell, weight_of(disagreement, row, column));
      });
  return sums;
}

// The sum over i and j of weight(i, j) * rows[i] * columns[j], in one pass over the labels:
// nominal: n^2 - sum of r c; linear, with R and C the running totals: the sum over all places of
// R (n - C) + C (n - R); quadratic: n (sum of i^2 (r + c)) - 2 (sum of i r) (sum of i c).
template <class Products>
typename Products::Sum expected(const Products& products,
                                const Agreement<typename Products::Amount>& sums,
                                Disagreement disagreement) {
  using Amount = typename Products::Amount;
  typename Products::Sum result;
  const auto n = products.factor(sums.total);
  Amount of_total{};  // what is multiplied by n
  Amount row_moment{};
  Amount column_moment{};
  for (std::size_t i = 0; i < sums.rows.size(); ++i) {
    const Amount& row = sums.rows[i];
    const Amount& column = sums.columns[i];
    switch (disagreement) {
      case Disagreement::nominal:
        Products::subtract(result, products.factor(row), products.factor(column));
        break;
      case Disagreement::linear:
        add(row_moment, row);
        add(column_moment, column);
        add(of_total, row_moment);
        add(of_total, column_moment);
        Products::subtract(result, products.factor(row_moment), products.factor(column_moment), 2);
        break;
      case Disagreement::quadratic:
        add_multiple(of_total, row, i * i);
        add_multiple(of_total, column, i * i);
        add_multiple(row_moment, row, i);
        add_multiple(column_moment, column, i);
        break;
    }
  }
  if (disagreement == Disagreement::nominal) of_total = sums.total;
  if (disagreement == Disagreement::quadratic) {
    Products::subtract(result, products.factor(row_moment), products.factor(column_moment), 2);
  }
  Products::add(result, products.factor(of_total), n);
  return result;
}

template <class Products>
Kappa kappa_of(const ConfusionCounts& state, const Selection& selection,
               Disagreement disagreement) {
  const auto sums = agreement_of<typename Products::Amount>(state, selection, disagreement);
  Kappa kappa{.value = kNan};
  kappa.no_samples = is_zero(sums.total);
  if (kappa.no_samples) return kappa;
  const Products products(sums.total);
  const auto chance = expected(products, sums, disagreement);
  auto beyond = chance;
  Products::subtract(beyond, products.factor(sums.disagreement), products.factor(sums.total));
  const std::optional<double> value = Products::ratio(beyond, chance);
  kappa.one_label = !value.has_value();
  if (value && *value == *value) kappa.value = *value;
  return kappa;
}

// Whether no sum that kappa_of makes can pass 2^127.
bool fits(std::uint64_t samples, std::size_t labels, Disagreement disagreement) {
  uint128 bound = uint128{4} * samples;
  const auto times = [&bound](std::uint64_t factor) {
    return !__builtin_mul_overflow(bound, static_cast<uint128>(factor), &bound);
  };
  const bool small = times(samples) && (disagreement == Disagreement::nominal || times(labels)) &&
                     (disagreement != Disagreement::quadratic || times(labels));
  return small && bound >> 127 == 0;
}

// ---- likelihood ratios ----------------------------------------------------------------------

// (a / b) / (c / d), nothing when c or b is zero.
double ratio_of_ratios(uint128 a, uint128 b, uint128 c, uint128 d) {
  return ratio(a * d, b * c).value_or(kNan);
}
double ratio_of_ratios(const ExactSum& a, const ExactSum& b, const ExactSum& c, const ExactSum& d) {
  const double above = ratio(a, b).value_or(kNan);
  const double below = ratio(c, d).value_or(kNan);
  const double value = below == 0 ? kNan : above / below;
  return value == value ? value : kNan;
}

template <class Amount>
LikelihoodRatios likelihood_ratios_of(const ConfusionCounts& state, const Selection& selection) {
  std::array<std::array<Amount, 2>, 2> cells{};
  for_each_selected(
      state, selection,
      [&](std::size_t row, std::size_t column, std::int64_t count, const ExactSum* weight) {
        add(cells[row][column], cell_amount(count, weight, Amount{}));
      });
  const auto& [negatives, positives] = cells;
  const auto& [tn, fp] = negatives;
  const auto& [fn, tp] = positives;
  Amount actual = tp;
  add(actual, fn);
  Amount rest = tn;
  add(rest, fp);
  LikelihoodRatios result;
  result.positive = ratio_of_ratios(tp, actual, fp, rest);
  result.negative = ratio_of_ratios(fn, actual, tn, rest);
  result.no_positives = is_zero(actual);
  result.no_true_positives = is_zero(tp);
  result.no_false_positives = is_zero(fp);
  result.no_true_negatives = is_zero(tn);
  return result;
}

}  // namespace

double matthews_corrcoef(const ConfusionCounts& state) {
  if (state.cells().used() == 0) return kNan;
  const Marginals marginals = state.result();
  if (marginals.weighted) {
    return correlation_of<WeightProducts>(marginals.weights, marginals.weight);
  }
  return correlation_of<CountProducts>(marginals.counts, amount(marginals.samples));
}

Kappa cohen_kappa(const ConfusionCounts& state, const Selection& selection,
                  Disagreement disagreement) {
  const auto samples = static_cast<std::uint64_t>(state.samples());
  if (!state.is_weighted() && fits(samples, selection.size(), disagreement)) {
    return kappa_of<CountProducts>(state, selection, disagreement);
  }
  return kappa_of<WeightProducts>(state, selection, disagreement);
}

LikelihoodRatios likelihood_ratios(const ConfusionCounts& state,
                                   const Selection& negative_and_positive) {
  return state.is_weighted() ? likelihood_ratios_of<ExactSum>(state, negative_and_positive)
                             : likelihood_ratios_of<uint128>(state, negative_and_positive);
}

}  // namespace lstmetrics::metrics::formulas
