// Walking up the different scores of a ranking problem, with the counts (or weights) of positives
// and negatives at each. Internal to formulas/.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_lists.hpp"

namespace lstmetrics::metrics::formulas::detail {

// Different scores in ascending order. positives[i] is the number of positives at keys[i] and
// below, from the very first; positives[-1] is that before the block.
struct CountBlock {
  static constexpr std::size_t kMost = 2048;
  std::size_t size = 0;
  const ScoreKey* keys = nullptr;
  const std::int64_t* positives = nullptr;
  const std::int64_t* negatives = nullptr;
};

// Of an unweighted ranking, block by block. Scores [first, last) of lists: a part of the way.
class CountWalk {
 public:
  explicit CountWalk(const Ranking& ranking);
  // Of two lists, from places on; nothing equal may lie on both sides of a cut.
  CountWalk(const Ranking& ranking, Place from, Place to);

  // False at the end.
  bool next(CountBlock& block);

 private:
  static constexpr std::size_t kSize = CountBlock::kMost;
  static constexpr std::size_t kChains = 4;

  template <class Key>
  bool next_of_lists(const Lists<Key>& lists, CountBlock& block);
  bool next_of_cursors(CountBlock& block);
  template <class Key>
  void merge_window(const Lists<Key>& lists, Place from, std::size_t n);
  template <class Key>
  Place split(const Lists<Key>& lists, Place from, std::size_t n) const;

  const Ranking& ranking_;
  Place at_;
  Place end_;
  ScoreBag::Cursor positive_;
  ScoreBag::Cursor negative_;
  std::array<ScoreKey, kSize + 1> window_;          // keys merged, not yet told apart or widened
  std::array<std::uint32_t, kSize> window_counts_;  // positives in the window up to each
  std::array<ScoreKey, kSize> keys_;
  std::array<std::int64_t, kSize + 1> positives_;
  std::array<std::int64_t, kSize + 1> negatives_;
};

// Cuts of the way of a CountWalk into about equal parts; one part when the bags are not lists.
std::vector<Place> cut(const Ranking& ranking, std::size_t parts);

// f(key, positives, negatives) for each different score, ascending: the numbers at it.
template <class F>
void for_each_count(const Ranking& ranking, F&& f) {
  CountWalk walk(ranking);
  CountBlock block;
  while (walk.next(block)) {
    for (std::size_t i = 0; i < block.size; ++i) {
      f(block.keys[i], block.positives[i] - (block.positives + i)[-1],
        block.negatives[i] - (block.negatives + i)[-1]);
    }
  }
}

// The same with exact weights; zero where a score has none.
template <class F>
void for_each_weight(const Ranking& ranking, F&& f) {
  const numeric::ExactSum nothing;
  ScoreBag::Cursor positive(ranking.positives());
  ScoreBag::Cursor negative(ranking.negatives());
  while (!positive.done() || !negative.done()) {
    const bool both = !positive.done() && !negative.done();
    const bool take_positive = !positive.done() && !(both && negative.key() < positive.key());
    const bool take_negative = !negative.done() && !(both && positive.key() < negative.key());
    const ScoreKey key = take_positive ? positive.key() : negative.key();
    f(key, take_positive ? positive.weight() : nothing,
      take_negative ? negative.weight() : nothing);
    if (take_positive) positive.next();
    if (take_negative) negative.next();
  }
}

}  // namespace lstmetrics::metrics::formulas::detail
