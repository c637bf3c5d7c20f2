// Merging two sorted lists of scores, in parts side by side. Internal to formulas/.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "lstmetrics/metrics/formulas/ranking_lists.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::formulas::detail {

// A merge of the scores between two places.
struct Merge {
  Place at;
  Place end;

  std::size_t positives() const noexcept { return end.positive - at.positive; }
  std::size_t negatives() const noexcept { return end.negative - at.negative; }
};

// So many are done side by side: each step of one waits for the step before it.
inline constexpr std::size_t kSideBySide = 4;
using Merges = std::array<Merge, kSideBySide>;

// Sums over parts of two lists, one for each thread: f(merges) gives that of some parts, with
// nothing equal in two of them.
template <class Sum, class Key, class F>
std::vector<Sum> sums_over_merges(const Lists<Key>& lists, F f) {
  std::vector<Place> places = cut(lists, kSideBySide * runtime::num_threads());
  std::vector<Sum> sums((places.size() + kSideBySide - 2) / kSideBySide);
  places.resize(sums.size() * kSideBySide + 1, places.back());
  runtime::parallel_for(sums.size(), [&](std::size_t task) {
    Merges merges;
    for (std::size_t m = 0; m < kSideBySide; ++m) {
      merges[m] = {places[task * kSideBySide + m], places[task * kSideBySide + m + 1]};
    }
    sums[task] = f(merges);
  });
  return sums;
}

// advance(steps), at most so many, while no merge can run out of scores; then finish(m) for each.
template <class Advance, class Finish>
void advance_all(const Merges& merges, std::size_t most, Advance advance, Finish finish) {
  constexpr std::size_t kShort = 32;  // steps not worth taking side by side
  while (true) {
    std::size_t steps = most;
    for (const Merge& merge : merges) {
      steps = std::min({steps, merge.positives(), merge.negatives()});
    }
    if (steps < kShort) break;
    advance(steps);
  }
  for (std::size_t m = 0; m < kSideBySide; ++m) finish(m);
}

}  // namespace lstmetrics::metrics::formulas::detail
