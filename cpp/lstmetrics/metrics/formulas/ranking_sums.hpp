// Totals, exact sums over parts and scales of ranking problems. Internal to formulas/.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/ranking_walk.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::formulas::detail {

struct Totals {
  std::int64_t positives;
  std::int64_t negatives;
};

inline Totals totals_of(const Ranking& ranking) {
  return {ranking.positives().samples(), ranking.negatives().samples()};
}

// Sums over parts of an unweighted ranking, one for each thread: f(sum, block) adds a block.
template <class Sum, class F, class Merge>
Sum sum_over_blocks(const Ranking& ranking, F f, Merge merge) {
  const std::vector<Place> places = cut(ranking, runtime::num_threads());
  std::vector<Sum> sums(places.size() - 1);
  runtime::parallel_for(sums.size(), [&](std::size_t part) {
    CountWalk walk(ranking, places[part], places[part + 1]);
    CountBlock block;
    while (walk.next(block)) f(sums[part], block);
  });
  for (std::size_t part = 1; part < sums.size(); ++part) merge(sums[0], sums[part]);
  return std::move(sums[0]);
}

// Weights of one side, brought near 1 by a power of two, so that products neither overflow nor
// vanish.
class Scale {
 public:
  explicit Scale(double total)
      : exponent_(std::isfinite(total) && total != 0 ? -std::ilogb(total) : 0) {}
  double operator()(double weight) const { return std::ldexp(weight, exponent_); }

 private:
  int exponent_;
};

}  // namespace lstmetrics::metrics::formulas::detail
