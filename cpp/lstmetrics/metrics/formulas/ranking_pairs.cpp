#include "lstmetrics/metrics/formulas/ranking_pairs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/metrics/formulas/ranking_walk.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::formulas::detail {
namespace {

using numeric::uint128;
using Place = CountWalk::Place;

// Which of two equal scores a merge takes first, and so does not count as below the other.
enum class Ties { positive_first, negative_first };

// A merge of the scores between two places. For each positive it adds up how many negatives were
// taken before, all those before the first place included.
struct Merge {
  Place at;
  Place end;

  std::size_t positives() const noexcept { return end.positive - at.positive; }
  std::size_t negatives() const noexcept { return end.negative - at.negative; }
};

class PairCount {
 public:
  explicit PairCount(const Ranking& ranking)
      : positives_(ranking.positives().listed()->data()),
        negatives_(ranking.negatives().listed()->data()) {}

  // Of some merges side by side: each step of one waits for the step before it.
  template <std::size_t kMerges>
  uint128 twice_pairs(std::array<Merge, kMerges> merges) {
    ties_ = false;
    const uint128 below = count<Ties::positive_first>(merges);
    return ties_ ? below + count<Ties::negative_first>(merges) : 2 * below;
  }

 private:
  static constexpr std::size_t kShort = 32;                   // steps not worth taking side by side
  static constexpr std::size_t kMost = std::size_t{1} << 20;  // steps whose sum fits 64 bits

  template <Ties kTies, std::size_t kMerges>
  uint128 count(std::array<Merge, kMerges> merges) {
    uint128 sum = 0;
    while (true) {
      // However the steps go, no merge runs out of scores.
      std::size_t steps = kMost;
      for (const Merge& merge : merges) {
        steps = std::min({steps, merge.positives(), merge.negatives()});
      }
      if (steps < kShort) break;
      sum += advance<kTies>(merges, steps);
    }
    for (Merge& merge : merges) sum += finish<kTies>(merge);
    return sum;
  }

  template <Ties kTies, std::size_t kMerges>
  std::uint64_t advance(std::array<Merge, kMerges>& merges, std::size_t steps) {
    std::array<const ScoreKey*, kMerges> positive;
    std::array<std::size_t, kMerges> negative;
    std::array<std::uint64_t, kMerges> sums{};
    for (std::size_t m = 0; m < kMerges; ++m) {
      positive[m] = positives_ + merges[m].at.positive;
      negative[m] = merges[m].at.negative;
    }
    bool ties = false;
    for (std::size_t i = 0; i < steps; ++i) {
      for (std::size_t m = 0; m < kMerges; ++m) {
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
    for (std::size_t m = 0; m < kMerges; ++m) {
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
  constexpr std::size_t kSideBySide = 4;
  std::vector<Place> places = cut(ranking, kSideBySide * runtime::num_threads());
  const std::size_t tasks = (places.size() + kSideBySide - 2) / kSideBySide;
  places.resize(tasks * kSideBySide + 1, places.back());
  std::vector<uint128> sums(tasks);
  runtime::parallel_for(tasks, [&](std::size_t task) {
    std::array<Merge, kSideBySide> merges;
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      merges[m] = {places[task * kSideBySide + m], places[task * kSideBySide + m + 1]};
    }
    sums[task] = PairCount(ranking).twice_pairs(merges);
  });
  uint128 sum = 0;
  for (const uint128& one : sums) sum += one;
  return sum;
}

}  // namespace lstmetrics::metrics::formulas::detail
