#include "lstmetrics/metrics/formulas/ranking_pairs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "lstmetrics/metrics/formulas/ranking_merge.hpp"

namespace lstmetrics::metrics::formulas::detail {
namespace {

using numeric::uint128;

// Which of two equal scores a merge takes first, and so does not count as below the other.
enum class Ties { positive_first, negative_first };

// For each positive that a merge takes it adds up how many negatives were taken before, all those
// before the merge's first place included.
template <class Key>
class PairCount {
 public:
  explicit PairCount(const Lists<Key>& lists)
      : positives_(lists.positives.data()), negatives_(lists.negatives.data()) {}

  uint128 twice_pairs(const Merges& merges) {
    ties_ = false;
    const uint128 below = count<Ties::positive_first>(merges);
    return ties_ ? below + count<Ties::negative_first>(merges) : 2 * below;
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 20;  // steps whose sum fits 64 bits

  template <Ties kTies>
  uint128 count(Merges merges) {
    uint128 sum = 0;
    advance_all(
        merges, kMost, [&](std::size_t steps) { sum += advance<kTies>(merges, steps); },
        [&](std::size_t m) { sum += finish<kTies>(merges[m]); });
    return sum;
  }

  template <Ties kTies>
  std::uint64_t advance(Merges& merges, std::size_t steps) {
    std::array<const Key*, kSideBySide> positive;
    std::array<std::size_t, kSideBySide> negative;
    std::array<std::uint64_t, kSideBySide> sums{};
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      positive[m] = positives_ + merges[m].at.positive;
      negative[m] = merges[m].at.negative;
    }
    bool ties = false;
    for (std::size_t i = 0; i < steps; ++i) {
      for (std::size_t m = 0; m < kSideBySide; ++m) {
        const Key p = *positive[m];
        const Key n = negatives_[negative[m]];
        const std::uint64_t take = (kTies == Ties::positive_first ? p <= n : p < n) ? 1 : 0;
        if constexpr (kTies == Ties::positive_first) ties |= p == n;
        sums[m] += -take & negative[m];
        positive[m] += take;
        negative[m] += 1 - take;
      }
    }
    ties_ |= ties;
    std::uint64_t sum = 0;
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      merges[m].at = {static_cast<std::size_t>(positive[m] - positives_), negative[m]};
      sum += sums[m];
    }
    return sum;
  }

  template <Ties kTies>
  uint128 finish(Merge merge) {
    uint128 sum = 0;
    auto& [positive, negative] = merge.at;
    while (merge.positives() > 0 && merge.negatives() > 0) {
      const Key p = positives_[positive];
      const Key n = negatives_[negative];
      ties_ |= p == n;
      if (kTies == Ties::positive_first ? p <= n : p < n) {
        sum += negative;
        ++positive;
      } else {
        ++negative;
      }
    }
    return sum + numeric::product(merge.positives(), merge.end.negative);
  }

  const Key* positives_;
  const Key* negatives_;
  bool ties_ = false;
};

}  // namespace

template <class Key>
uint128 twice_ordered_pairs(const Lists<Key>& lists) {
  uint128 sum = 0;
  for (const uint128& one : sums_over_merges<uint128>(
           lists, [&](const Merges& merges) { return PairCount(lists).twice_pairs(merges); })) {
    sum += one;
  }
  return sum;
}

template uint128 twice_ordered_pairs(const Lists<NarrowKey>& lists);
template uint128 twice_ordered_pairs(const Lists<ScoreKey>& lists);

}  // namespace lstmetrics::metrics::formulas::detail
