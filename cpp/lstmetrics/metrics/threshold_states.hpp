// The confusion state of a batch at each threshold of its scores.
//
// A sample is predicted 1 when its score is not below the threshold, and 0 otherwise; true labels
// are any integers. The scores are sorted once, each true label's by themselves. From one threshold
// to the next above it, samples of the score between them move from predicted 1 to predicted 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/score_counts_bag.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API ThresholdStates {
 public:
  // Weights are not zero, and may be negative. Errors as of ScoreCounts::update; InvalidType for
  // text.
  ThresholdStates(const LabelColumn& y_true, const Matrix& scores, const Column* weights);
  ThresholdStates(const ThresholdStates&) = delete;  // cursors look at the bags
  ThresholdStates& operator=(const ThresholdStates&) = delete;

  // To the next threshold, from the least on; false when there is none.
  bool next();
  double threshold() const noexcept { return score_of(key_, KeyMap::any); }
  // What an update with the labels at this threshold makes of an empty state.
  const ConfusionCounts& state() const noexcept { return state_; }
  // Whether the state has other labels than at the threshold before.
  bool labels_changed() const noexcept { return labels_changed_; }

 private:
  void pass(std::size_t label);  // its samples at the threshold, which the next one is above
  void make_state();

  bool weighted_;
  bool passed_ = true;  // whether nothing is left at key_
  bool labels_changed_ = false;
  LabelSet labels_;             // 0 and 1 among them
  std::vector<ScoreBag> bags_;  // by true label, ascending
  std::vector<ScoreBag::Cursor> cursors_;
  // By true label: two cells, of which the first is predicted 0.
  std::vector<CountedCell> cells_;
  std::vector<CountedCell> used_;
  std::vector<bool> occurs_;  // of cells_, in the state
  ScoreKey key_ = 0;
  ConfusionCounts state_;
};

}  // namespace lstmetrics::metrics
