// Average precision.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_merge.hpp"
#include "lstmetrics/metrics/formulas/ranking_sums.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

double weighted_average_precision(const Ranking& ranking) {
  ExactSum positives = ranking.positives().weight();  // at the score or above
  ExactSum predicted = ranking.negatives().weight();
  const double total = positives.value();
  predicted.merge(positives);
  if (total == 0) return 0.0;
  const Scale scale(total);
  // Towards zero from below: what is left is the amount with its sign turned.
  positives.negate();
  predicted.negate();
  ExactSum sum;
  for_each_weight(ranking, [&](ScoreKey, const ExactSum& p, const ExactSum& n) {
    const double above = predicted.value();
    if (above != 0) sum.add(scale(p.value()) * (positives.value() / above));
    positives.merge(p);
    predicted.merge(p);
    predicted.merge(n);
  });
  return std::max(sum.value() / scale(total), 0.0);
}

// ---- counted scores -----------------------------------------------------------------------------

// Adds each positive's precision at its score.
void add_precisions(ExactSum& sum, const CountBlock& block, const Totals& totals) {
  std::array<std::uint16_t, CountBlock::kMost> places;  // of scores that positives have
  std::array<double, CountBlock::kMost> terms;
  std::size_t n = 0;
  for (std::size_t i = 0; i < block.size; ++i) {
    places[n] = static_cast<std::uint16_t>(i);
    n += block.positives[i] != (block.positives + i)[-1] ? 1 : 0;
  }
  const bool exact = totals.positives + totals.negatives <= std::int64_t{1} << 53;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t* const positives = block.positives + places[i];
    const std::int64_t right = totals.positives - positives[-1];
    const std::int64_t predicted = right + (totals.negatives - (block.negatives + places[i])[-1]);
    terms[i] = exact ? static_cast<double>(right) / static_cast<double>(predicted)
                     : numeric::exact_ratio(amount(right), amount(predicted));
    const std::int64_t more = positives[0] - positives[-1] - 1;
    if (more > 0) sum.add_multiple(terms[i], static_cast<std::uint64_t>(more));
  }
  sum.add_all(terms.data(), n);
}

// ---- listed scores ------------------------------------------------------------------------------

// The sum of each positive's precision at its score, from merges that tell how many negatives have
// a lower one.
template <class Key>
class PrecisionSum {
 public:
  PrecisionSum(const Lists<Key>& lists, const Merges& merges)
      : positives_(lists.positives), negatives_(lists.negatives), merges_(merges) {}

  ExactSum sum() {
    advance_all(
        merges_, kMost, [&](std::size_t steps) { advance(steps); },
        [&](std::size_t m) { finish(m); });
    sum_.add_all(terms_.data(), size_);
    return std::move(sum_);
  }

 private:
  static constexpr std::size_t kMost = 512;  // positives, or steps, at a time
  using Below = std::array<std::int32_t, kMost>;

  void advance(std::size_t steps) {
    std::array<const Key*, kSideBySide> positive;
    std::array<const Key*, kSideBySide> negative;
    std::array<std::size_t, kSideBySide> taken{};
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      positive[m] = positives_.data() + merges_[m].at.positive;
      negative[m] = negatives_.data() + merges_[m].at.negative;
    }
    for (std::size_t i = 0; i < steps; ++i) {
      for (std::size_t m = 0; m < kSideBySide; ++m) {
        const std::size_t before = i - taken[m];
        below_[m][taken[m]] = static_cast<std::int32_t>(before);
        taken[m] += positive[m][taken[m]] <= negative[m][before] ? 1 : 0;
      }
    }
    for (std::size_t m = 0; m < kSideBySide; ++m) take(m, taken[m], steps - taken[m]);
  }

  // The rest of a merge.
  void finish(std::size_t m) {
    Below& below = below_[m];
    while (merges_[m].positives() > 0) {
      const auto [positive, negative] = merges_[m].at;
      const std::size_t most = std::min(merges_[m].positives(), kMost);
      const std::size_t end =
          std::min(merges_[m].negatives(), std::size_t{std::numeric_limits<std::int32_t>::max()});
      std::size_t n = 0;
      std::size_t before = 0;
      for (; n < most; ++n) {
        while (before < end && negatives_[negative + before] < positives_[positive + n]) ++before;
        if (before == end && end < merges_[m].negatives()) break;
        below[n] = static_cast<std::int32_t>(before);
      }
      take(m, n, before);
    }
  }

  // The terms of the next n positives of a merge, whose scores have below_[m] negatives below them
  // from the merge's place on; then the place moves on, past some negatives.
  void take(std::size_t m, std::size_t n, std::size_t negatives) {
    if (size_ + n > terms_.size()) sum_.add_all(terms_.data(), std::exchange(size_, 0));
    auto& [positive, negative] = merges_[m].at;
    double* const terms = terms_.data() + size_;
    // Whole numbers, which a double holds: no memory has more scores.
    const auto right_first = static_cast<double>(positives_.size() - positive);
    const auto wrong_first = static_cast<double>(negatives_.size() - negative);
    for (std::size_t i = 0; i < n; ++i) {
      const double right = right_first - static_cast<double>(static_cast<std::int32_t>(i));
      terms[i] = right / (right + (wrong_first - static_cast<double>(below_[m][i])));
    }
    repeat(positives_.data() + positive, n, positive == 0, terms, last_[m]);
    size_ += n;
    positive += n;
    negative += negatives;
  }

  // Equal scores have the precision of the first; `last` is the one before.
  static void repeat(const Key* keys, std::size_t n, bool first, double* terms, double& last) {
    if (n == 0) return;
    if (!first && keys[0] == keys[-1]) terms[0] = last;
    std::array<std::uint16_t, kMost> places;
    std::size_t repeated = 0;
    for (std::size_t i = 1; i < n; ++i) {
      places[repeated] = static_cast<std::uint16_t>(i);
      repeated += keys[i] == keys[i - 1] ? 1 : 0;
    }
    for (std::size_t i = 0; i < repeated; ++i) terms[places[i]] = terms[places[i] - 1];
    last = terms[n - 1];
  }

  const RawVector<Key>& positives_;
  const RawVector<Key>& negatives_;
  Merges merges_;
  std::array<double, kSideBySide> last_{};  // term of each merge
  std::array<Below, kSideBySide> below_;
  std::array<double, kernels::kFixedSumMost> terms_;
  std::size_t size_ = 0;  // of what is in terms_
  ExactSum sum_;
};

template <class Key>
ExactSum sum_of_precisions(const Lists<Key>& lists) {
  ExactSum sum;
  for (const ExactSum& part : sums_over_merges<ExactSum>(
           lists, [&](const Merges& merges) { return PrecisionSum(lists, merges).sum(); })) {
    sum.merge(part);
  }
  return sum;
}

ExactSum sum_of_precisions(const Ranking& ranking, const Totals& totals) {
  ExactSum sum;
  if (with_lists(ranking, [&](const auto& lists) { sum = sum_of_precisions(lists); })) return sum;
  return sum_over_blocks<ExactSum>(
      ranking,
      [&](ExactSum& part, const CountBlock& block) { add_precisions(part, block, totals); },
      [](ExactSum& to, const ExactSum& part) { to.merge(part); });
}

}  // namespace

double average_precision(const Ranking& ranking) {
  if (ranking.weighted()) return weighted_average_precision(ranking);
  const Totals totals = totals_of(ranking);
  if (totals.positives == 0) return 0.0;
  return sum_of_precisions(ranking, totals).value() / static_cast<double>(totals.positives);
}

}  // namespace lstmetrics::metrics::formulas
