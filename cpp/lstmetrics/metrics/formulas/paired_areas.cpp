#include "lstmetrics/metrics/formulas/paired_areas.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/numeric/exact_ratio.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"
#include "lstmetrics/numeric/normal.hpp"
#include "lstmetrics/numeric/random.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using numeric::int128;
using numeric::uint128;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMostOfAClass = std::int64_t{1} << 40;

using Pairs = std::vector<ScorePair>;

// Positives and negatives by pair, which a bootstrap draws anew.
struct Counts {
  std::vector<std::int64_t> positives;
  std::vector<std::int64_t> negatives;
};

Counts counts_of(const Pairs& pairs) {
  Counts counts;
  for (const ScorePair& pair : pairs) {
    counts.positives.push_back(pair.positives);
    counts.negatives.push_back(pair.negatives);
  }
  return counts;
}

struct Totals {
  std::int64_t positives = 0;
  std::int64_t negatives = 0;
};

Totals totals_of(const Counts& counts) {
  Totals totals;
  for (const std::int64_t n : counts.positives) totals.positives += n;
  for (const std::int64_t n : counts.negatives) totals.negatives += n;
  return totals;
}

// The pairs in the order of one of their scores, and where a score ends.
class Ranking {
 public:
  Ranking(const Pairs& pairs, double ScorePair::* score) : order_(pairs.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    const auto by_score = [&](std::size_t i) { return pairs[i].*score; };
    if (!std::ranges::is_sorted(order_, {}, by_score)) std::ranges::sort(order_, {}, by_score);
    for (std::size_t i = 1; i <= order_.size(); ++i) {
      if (i == order_.size() || by_score(order_[i]) != by_score(order_[i - 1])) ends_.push_back(i);
    }
  }

  // f(begin, end, positives, negatives) of each score, in ascending order; `at(i)` is the pair.
  template <class F>
  void for_each_score(const Counts& counts, F&& f) const {
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      Totals here;
      for (std::size_t i = begin; i < end; ++i) {
        here.positives += counts.positives[order_[i]];
        here.negatives += counts.negatives[order_[i]];
      }
      f(begin, end, here);
      begin = end;
    }
  }
  std::size_t at(std::size_t i) const noexcept { return order_[i]; }

 private:
  std::vector<std::size_t> order_;
  std::vector<std::size_t> ends_;
};

// Twice the number of (positive, negative) in the right order, ties counting half.
uint128 twice_area(const Ranking& ranking, const Counts& counts) {
  uint128 area = 0;
  std::int64_t below = 0;
  ranking.for_each_score(counts, [&](std::size_t, std::size_t, const Totals& here) {
    area += numeric::product(static_cast<std::uint64_t>(here.positives),
                             static_cast<std::uint64_t>(2 * below + here.negatives));
    below += here.negatives;
  });
  return area;
}

// By pair, in twos: the negatives below a positive, and the positives above a negative.
struct Placements {
  std::vector<std::int64_t> of_positives;
  std::vector<std::int64_t> of_negatives;
};

Placements placements(const Ranking& ranking, const Counts& counts, const Totals& totals) {
  Placements found{std::vector<std::int64_t>(counts.positives.size()),
                   std::vector<std::int64_t>(counts.positives.size())};
  Totals below;
  ranking.for_each_score(counts, [&](std::size_t begin, std::size_t end, const Totals& here) {
    for (std::size_t i = begin; i < end; ++i) {
      found.of_positives[ranking.at(i)] = 2 * below.negatives + here.negatives;
      found.of_negatives[ranking.at(i)] = 2 * (totals.positives - below.positives) - here.positives;
    }
    below.positives += here.positives;
    below.negatives += here.negatives;
  });
  return found;
}

void add_product(numeric::ExactSum& sum, uint128 a, uint128 b) {
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) {
      const auto part = [](uint128 x, int at) {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(x >> 32 * at));
      };
      sum.add_multiple(std::ldexp(1.0, 32 * (i + j)), part(a, i) * part(b, j));
    }
  }
}

// n sum(d^2) - (sum d)^2 of n differences d, exact and rounded once.
double scatter(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b,
               const std::vector<std::int64_t>& counts, std::int64_t n) {
  int128 sum = 0;
  uint128 squares = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const int128 difference = a[i] - b[i];
    sum += counts[i] * difference;
    squares += static_cast<uint128>(difference * difference) * static_cast<uint128>(counts[i]);
  }
  numeric::ExactSum total;
  const auto size = static_cast<uint128>(sum < 0 ? -sum : sum);
  add_product(total, size, size);
  total.negate();
  add_product(total, static_cast<uint128>(n), squares);
  return total.value();
}

double signed_ratio(uint128 a, uint128 b, uint128 below) {
  return a < b ? -numeric::exact_ratio(b - a, below) : numeric::exact_ratio(a - b, below);
}

double area_difference(const Ranking& a, const Ranking& b, const Counts& counts) {
  const Totals totals = totals_of(counts);
  if (totals.positives == 0 || totals.negatives == 0) return kNan;
  const uint128 pairs = 2 * numeric::product(static_cast<std::uint64_t>(totals.positives),
                                             static_cast<std::uint64_t>(totals.negatives));
  return signed_ratio(twice_area(a, counts), twice_area(b, counts), pairs);
}

void check_totals(const Totals& totals) {
  if (std::max(totals.positives, totals.negatives) <= kMostOfAClass) return;
  throw UnsupportedError("areas are compared of at most 2^40 samples of a class, got " +
                         std::to_string(std::max(totals.positives, totals.negatives)));
}

// The samples of a class with a pair of scores: what a bootstrap draws.
struct Cell {
  std::uint64_t hash;
  std::int64_t count;
  std::size_t pair;
  bool positive;
};

std::vector<Cell> hashed_cells(const PairedScores& state, const Pairs& pairs) {
  const std::vector<std::uint64_t> labels = label_hashes(state.labels());
  std::vector<Cell> cells;
  cells.reserve(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (const bool positive : {false, true}) {
      const std::int64_t count = positive ? pairs[i].positives : pairs[i].negatives;
      if (count == 0) continue;
      const std::uint64_t label = labels[positive ? state.positive() : 1 - state.positive()];
      const std::uint64_t first =
          numeric::hash_with(label, std::bit_cast<std::uint64_t>(pairs[i].a));
      cells.push_back({numeric::hash_with(first, std::bit_cast<std::uint64_t>(pairs[i].b)), count,
                       i, positive});
    }
  }
  return cells;
}

}  // namespace

PairedAreas paired_areas(const ScorePairs& state) {
  const Pairs& pairs = state.pairs();
  const Counts counts = counts_of(pairs);
  const Totals totals = totals_of(counts);
  check_totals(totals);
  if (totals.positives == 0 || totals.negatives == 0) return {kNan, kNan, kNan, kNan};
  const Ranking by_a(pairs, &ScorePair::a);
  const Ranking by_b(pairs, &ScorePair::b);
  const uint128 all = 2 * numeric::product(static_cast<std::uint64_t>(totals.positives),
                                           static_cast<std::uint64_t>(totals.negatives));
  PairedAreas areas;
  areas.a = numeric::exact_ratio(twice_area(by_a, counts), all);
  areas.b = numeric::exact_ratio(twice_area(by_b, counts), all);
  areas.difference = area_difference(by_a, by_b, counts);
  areas.standard_error = kNan;
  if (totals.positives < 2 || totals.negatives < 2) return areas;
  const Placements a = placements(by_a, counts, totals);
  const Placements b = placements(by_b, counts, totals);
  const double of_positives =
      scatter(a.of_positives, b.of_positives, counts.positives, totals.positives) /
      static_cast<double>(totals.positives - 1);
  const double of_negatives =
      scatter(a.of_negatives, b.of_negatives, counts.negatives, totals.negatives) /
      static_cast<double>(totals.negatives - 1);
  areas.standard_error = std::sqrt(of_positives + of_negatives) / numeric::exact_ratio(all, 1);
  return areas;
}

TestResult delong_test(const PairedAreas& areas) {
  if (areas.standard_error != areas.standard_error) return {kNan, kNan};
  if (areas.difference == 0) return {0.0, 1.0};
  const double z = areas.difference / areas.standard_error;
  return {z, numeric::two_sided_p(z)};
}

Bounds delong_bounds(const PairedAreas& areas, double level) {
  const Bounds bounds = normal_bounds(areas.difference, areas.standard_error, level);
  return {std::max(bounds.low, -1.0), std::min(bounds.high, 1.0)};
}

std::vector<double> area_difference_replicates(const PairedScores& state, std::uint64_t seed,
                                               std::size_t replicates) {
  const ScorePairs all = state.result();
  const Pairs& pairs = all.pairs();
  check_totals(totals_of(counts_of(pairs)));
  const Ranking by_a(pairs, &ScorePair::a);
  const Ranking by_b(pairs, &ScorePair::b);
  const std::vector<Cell> cells = hashed_cells(state, pairs);
  std::vector<double> differences(replicates);
  runtime::parallel_for(replicates, [&](std::size_t replicate) {
    const Draws draws(seed, replicate);
    Counts drawn{std::vector<std::int64_t>(pairs.size()), std::vector<std::int64_t>(pairs.size())};
    for (const Cell& cell : cells) {
      (cell.positive ? drawn.positives : drawn.negatives)[cell.pair] = draws(cell.hash, cell.count);
    }
    differences[replicate] = area_difference(by_a, by_b, drawn);
  });
  return differences;
}

}  // namespace lstmetrics::metrics::formulas
