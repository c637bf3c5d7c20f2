// What the formulas over a confusion state compute with: exact integers of unweighted states, exact
// sums of weighted ones. Internal to formulas/.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::metrics::formulas::detail {

using numeric::ExactSum;
using numeric::uint128;

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

inline uint128 amount(std::int64_t count) { return static_cast<uint128>(count); }
inline const ExactSum& amount(const ExactSum& weight) { return weight; }

inline void add(uint128& to, uint128 amount) { to += amount; }
inline void add(ExactSum& to, const ExactSum& amount) { to.merge(amount); }

inline void subtract(uint128& from, uint128 amount) { from -= amount; }
inline void subtract(ExactSum& from, ExactSum amount) {
  amount.negate();
  from.merge(amount);
}

inline double rounded(uint128 amount) { return numeric::exact_ratio(amount, 1); }
inline double rounded(const ExactSum& amount) { return amount.value(); }

inline bool is_zero(uint128 amount) { return amount == 0; }
inline bool is_zero(const ExactSum& amount) { return amount.value() == 0; }

inline ExactSum as_sum(uint128 amount) {
  ExactSum sum;
  sum.add_multiple(1.0, static_cast<std::uint64_t>(amount));
  sum.add_multiple(0x1p64, static_cast<std::uint64_t>(amount >> 64));
  return sum;
}

// Nothing when 0/0, or anything over zero.
inline std::optional<double> ratio(uint128 numerator, uint128 denominator) {
  if (denominator == 0) return std::nullopt;
  return numeric::exact_ratio(numerator, denominator);
}
inline std::optional<double> ratio(const ExactSum& numerator, const ExactSum& denominator) {
  const double below = denominator.value();
  if (below == 0) return std::nullopt;
  return numerator.value() / below;
}

// ---- labels ---------------------------------------------------------------------------------

template <class Amount>
struct Entry {
  Amount tp{};
  Amount predicted{};
  Amount actual{};

  template <class Label>
  void add_label(const Label& label) {
    add(tp, amount(label.tp));
    add(predicted, amount(label.predicted));
    add(actual, amount(label.actual));
  }
};

template <class Label>
using AmountOf = std::conditional_t<std::is_same_v<Label, LabelCounts>, uint128, ExactSum>;

// One for each selected label, or one of them all.
template <class Label>
std::vector<Entry<AmountOf<Label>>> entries_of(const std::vector<Label>& labels,
                                               const Selection& selection, bool micro) {
  std::vector<Entry<AmountOf<Label>>> entries(micro ? 1 : selection.size());
  for (std::size_t i = 0; i < selection.size(); ++i) {
    if (selection[i] == kAbsent) continue;
    entries[micro ? 0 : i].add_label(labels[static_cast<std::size_t>(selection[i])]);
  }
  return entries;
}

// The mean of value(i) by support, those that are NaN left out. What is tiny is scaled by powers of
// two first: a product of two tiny numbers would be lost.
template <class Value>
double mean_by_support(Value value, const std::vector<double>& supports, double total) {
  constexpr int kTiny = -500;
  const auto scale_of = [](double size) {
    const int exponent = size > 0 ? std::ilogb(size) : 0;
    return exponent < kTiny ? -exponent : 0;
  };
  double largest = 0;
  for (std::size_t i = 0; i < supports.size(); ++i) largest = std::max(largest, value(i));
  const int scale = scale_of(std::abs(total));
  const int value_scale = scale_of(largest);
  ExactSum sum;
  for (std::size_t i = 0; i < supports.size(); ++i) {
    const double x = value(i);
    if (x == x) sum.add(std::scalbn(x, value_scale) * std::scalbn(supports[i], scale));
  }
  return std::scalbn(sum.value() / std::scalbn(total, scale), -value_scale);
}

// Of value(i) over the entries, those that are NaN left out; by their support, unless all of that
// is zero.
template <class Value>
double average_of(Value value, const std::vector<double>& supports, bool by_support) {
  // Many at once are added in a fraction of the time.
  constexpr std::size_t kAtOnce = 64;
  double kept[kAtOnce];
  ExactSum sum;
  ExactSum support;
  std::uint64_t entries = 0;
  for (std::size_t i = 0; i < supports.size(); ++i) {
    const double x = value(i);
    if (x != x) continue;
    kept[entries++ % kAtOnce] = x;
    if (entries % kAtOnce == 0) sum.add_all(kept, kAtOnce);
    if (by_support) support.add(supports[i]);
  }
  if (entries == 0) return kNan;
  sum.add_all(kept, entries % kAtOnce);
  const double total = support.value();
  if (by_support && total != 0) return mean_by_support(value, supports, total);
  return sum.value() / static_cast<double>(entries);
}

// ---- cells ----------------------------------------------------------------------------------

// Where each label of the state stands in the selection; the last place of a label named twice.
inline std::vector<std::ptrdiff_t> places(std::size_t labels, const Selection& selection) {
  std::vector<std::ptrdiff_t> place(labels, kAbsent);
  for (std::size_t i = 0; i < selection.size(); ++i) {
    if (selection[i] != kAbsent) {
      place[static_cast<std::size_t>(selection[i])] = static_cast<std::ptrdiff_t>(i);
    }
  }
  return place;
}

// f(row, column, count, weight) for the cells in use, by place in the selection.
template <class F>
void for_each_selected(const ConfusionCounts& state, const Selection& selection, F&& f) {
  const std::vector<std::ptrdiff_t> place = places(state.labels().size(), selection);
  state.cells().for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                             const ExactSum* weight) {
    if (place[row] == kAbsent || place[column] == kAbsent) return;
    f(static_cast<std::size_t>(place[row]), static_cast<std::size_t>(place[column]), count, weight);
  });
}

inline const ExactSum& cell_amount(std::int64_t, const ExactSum* weight, ExactSum) {
  return *weight;
}
inline uint128 cell_amount(std::int64_t count, const ExactSum*, uint128) { return amount(count); }

}  // namespace lstmetrics::metrics::formulas::detail
