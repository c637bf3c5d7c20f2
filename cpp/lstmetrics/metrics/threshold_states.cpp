#include "lstmetrics/metrics/threshold_states.hpp"

#include <algorithm>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/score_counts_batch.hpp"
#include "lstmetrics/metrics/score_counts_labels.hpp"

namespace lstmetrics::metrics {
namespace {

// One column of scores, of which each true label's are kept by themselves.
ScoreParameters parameters_of(const LabelSet& labels) {
  ScoreParameters parameters;
  parameters.task = ScoreTask::multiclass;
  parameters.labels = labels;
  parameters.true_classes = true;
  return parameters;
}

}  // namespace

ThresholdStates::ThresholdStates(const LabelColumn& y_true, const Matrix& scores,
                                 const Column* weights)
    : weighted_(weights != nullptr) {
  check_same_size({{y_true.name, y_true.size()}, {"y_score", scores.rows}});
  if (weights != nullptr) {
    check_same_size({{y_true.name, y_true.size()}, {"sample_weight", weights->size}});
  }
  const SeenLabels seen(y_true);
  if (seen.labels().is_text()) {
    throw InvalidType("y_true holds text, and predictions at a threshold are 0 and 1");
  }
  const LabelColumn column = seen.column();
  const ScoreParameters parameters = parameters_of(seen.labels());
  const ScoreOptions options{.allow_negative_weights = true, .finite_scores = true};
  bags_ = std::move(read_bags({parameters, &column, nullptr, scores, weights, options}).front());
  labels_ = seen.labels().united(LabelSet(LabelList{LabelKind::integer, {0, 1}, {}}));
  const auto place = [&](std::int64_t label) {
    return static_cast<std::uint32_t>(labels_.index_of(label));
  };
  for (std::size_t label = 0; label < bags_.size(); ++label) {
    const ScoreBag& bag = bags_[label];
    cursors_.emplace_back(bag);
    const std::uint32_t row = place(seen.labels().integers()[label]);
    cells_.push_back({row, place(0), 0});
    cells_.push_back({row, place(1), bag.samples()});
    if (weighted_) cells_.back().weight = bag.weight();
  }
  occurs_.assign(cells_.size(), false);
}

void ThresholdStates::pass(std::size_t label) {
  ScoreBag::Cursor& cursor = cursors_[label];
  CountedCell& zero = cells_[2 * label];
  CountedCell& one = cells_[2 * label + 1];
  zero.count += cursor.count();
  one.count -= cursor.count();
  if (weighted_) {
    numeric::ExactSum weight = cursor.weight();
    zero.weight.merge(weight);
    weight.negate();
    one.weight.merge(weight);
  }
  cursor.next();
}

bool ThresholdStates::next() {
  if (!std::exchange(passed_, false)) {
    for (std::size_t label = 0; label < cursors_.size(); ++label) {
      if (!cursors_[label].done() && cursors_[label].key() == key_) pass(label);
    }
  }
  bool found = false;
  for (const ScoreBag::Cursor& cursor : cursors_) {
    if (cursor.done() || (found && cursor.key() >= key_)) continue;
    key_ = cursor.key();
    found = true;
  }
  if (found) make_state();
  return found;
}

void ThresholdStates::make_state() {
  labels_changed_ = false;
  used_.clear();
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const bool used = cells_[i].count != 0;
    if (used != occurs_[i]) labels_changed_ = true;
    occurs_[i] = used;
    if (used) used_.push_back(cells_[i]);
  }
  state_ = ConfusionCounts::of_cells(labels_, false, weighted_, used_);
}

}  // namespace lstmetrics::metrics
