#include "lstmetrics/metrics/formulas/ranking.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/ranking_walk.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

// All bags in one, merged in pairs, the pairs in pairs, and so on.
SharedBag united(std::vector<SharedBag> bags) {
  if (bags.empty()) return std::make_shared<const ScoreBag>();
  for (std::size_t step = 1; step < bags.size(); step *= 2) {
    for (std::size_t i = 0; i + step < bags.size(); i += 2 * step) {
      bags[i] = std::make_shared<const ScoreBag>(ScoreBag::merged(*bags[i], *bags[i + step]));
      bags[i + step].reset();
    }
  }
  return bags[0];
}

}  // namespace

Ranking Ranking::of_column(const ScoreCounts& state, std::size_t column) {
  const ScoreParameters& parameters = state.parameters();
  const ScoreColumn settled = state.column(column);
  const KeyMap map = parameters.limits.map;
  if (!parameters.true_classes) {
    return {settled.bag(1), settled.bag(0), settled.shift(), map};
  }
  std::vector<SharedBag> rest;
  for (std::size_t group = 0; group < settled.groups(); ++group) {
    if (group != column) rest.push_back(settled.bag(group));
  }
  return {settled.bag(column), united(std::move(rest)), settled.shift(), map};
}

Ranking Ranking::of_pair(const ScoreCounts& state, std::size_t column, std::size_t positive,
                         std::size_t negative) {
  const ScoreColumn settled = state.column(column);
  return {settled.bag(positive), settled.bag(negative), settled.shift(),
          state.parameters().limits.map};
}

Ranking Ranking::of_all(const ScoreCounts& state) {
  std::vector<Ranking> columns;
  unsigned shift = 0;
  for (std::size_t i = 0; i < state.columns(); ++i) {
    columns.push_back(of_column(state, i));
    shift = std::max(shift, columns.back().shift_);
  }
  const auto all = [&](SharedBag Ranking::* side) {
    std::vector<SharedBag> bags;
    for (const Ranking& column : columns) {
      bags.push_back(
          column.shift_ == shift
              ? column.*side
              : std::make_shared<const ScoreBag>((column.*side)->coarsened(shift - column.shift_)));
    }
    return united(std::move(bags));
  };
  return {all(&Ranking::positives_), all(&Ranking::negatives_), shift,
          state.parameters().limits.map};
}

double support(const Ranking& ranking) {
  return ranking.weighted() ? ranking.positives().weight().value()
                            : static_cast<double>(ranking.positives().samples());
}

RankingFacts facts_of(const Ranking& ranking) {
  RankingFacts facts;
  if (!ranking.weighted()) {
    facts.no_positives = ranking.positives().empty();
    facts.no_negatives = ranking.negatives().empty();
    return facts;
  }
  facts.no_positives = !(ranking.positives().weight().value() > 0);
  facts.no_negatives = !(ranking.negatives().weight().value() > 0);
  bool rises = false;
  bool falls = false;
  for_each_weight(ranking, [&](ScoreKey, const ExactSum&, const ExactSum& n) {
    rises |= !n.is_zero() && !n.is_negative();
    falls |= n.is_negative();
  });
  facts.not_monotonic = rises && falls;
  return facts;
}

}  // namespace lstmetrics::metrics::formulas
