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
class PairCount {
 public:
  explicit PairCount(const Ranking& ranking)
      : positives_(ranking.positives().listed()->data()),
        negatives_(ranking.negatives().listed()->data()) {}

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
    std::array<const ScoreKey*, kSideBySide> positive;
    std::array<std::size_t, kSideBySide> negative;
    std::array<std::uint64_t, kSideBySide> sums{};
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      positive[m] = positives_ + merges[m].at.positive;
      negative[m] = merges[m].at.negative;
    }
    bool ties = false;
    for (std::size_t i = 0; i < steps; ++i) {
      for (std::size_t m = 0; m < kSideBySide; ++m) {
        const ScoreKey p = *positive[m];
        const ScoreKey n = negatives_[negative[m]];
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
      const ScoreKey p = positives_[positive];
      const ScoreKey n = negatives_[negative];
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

  const ScoreKey* positives_;
  const ScoreKey* negatives_;
  bool ties_ = false;
};

}  // namespace

uint128 twice_ordered_pairs_of_lists(const Ranking& ranking) {
  uint128 sum = 0;
  for (const uint128& one : sums_over_merges<uint128>(
           ranking, [&](const Merges& merges) { return PairCount(ranking).twice_pairs(merges); })) {
    sum += one;
  }
  return sum;
}

}  // namespace lstmetrics::metrics::formulas::detail
