// The bootstrap of scores: each count of a score in a class is drawn as Poisson of itself.
#include <memory>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/score_counts.hpp"

namespace lstmetrics::metrics {

using numeric::hash_with;

ScoreBag ScoreBag::drawn(const std::function<std::int64_t(ScoreKey, std::int64_t)>& draw) const {
  ScoreBag replicate;
  replicate.weighted_ = weighted_;
  replicate.counted_ = true;
  for (Cursor cursor(*this); !cursor.done(); cursor.next()) {
    const std::int64_t count = draw(cursor.key(), cursor.count());
    if (count == 0) continue;
    if (weighted_) {
      const numeric::ExactSum weight = drawn_weight(cursor.weight(), cursor.count(), count);
      replicate.append(cursor.key(), count, &weight);
    } else {
      replicate.append(cursor.key(), count, nullptr);
    }
  }
  return replicate;
}

std::function<ScoreCounts(const Draws&)> ScoreCounts::replicator() const {
  if (columns() > 1) {
    throw UnsupportedError(
        "a bootstrap of scores in several columns needs to know which of them came together; it is "
        "supported for one column: keep a state for each");
  }
  check_bootstrap(samples_);
  const std::int64_t weightless = samples_ - column(0).samples();
  return [state = *this, column = column(0), weightless](const Draws& draws) {
    std::vector<SharedBag> bags;
    for (std::size_t group = 0; group < column.groups(); ++group) {
      bags.push_back(std::make_shared<const ScoreBag>(
          column.bag(group)->drawn([&](ScoreKey key, std::int64_t count) {
            return draws(hash_with(hash_with(0, group), key), count);
          })));
    }
    ScoreCounts replicate(state.parameters_);
    if (state.weighted_) replicate.make_weighted();
    replicate.columns_[0].add(bags, column.shift());
    replicate.samples_ =
        replicate.columns_[0].samples() + draws(hash_with(0, column.groups()), weightless);
    return replicate;
  };
}

}  // namespace lstmetrics::metrics
