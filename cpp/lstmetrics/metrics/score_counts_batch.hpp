// One batch of scores, sorted by column and group: what an update of ScoreCounts adds. Internal to
// metrics/.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/metrics/score_counts.hpp"

namespace lstmetrics::metrics {

// The columns of a batch, and what an update was told of them.
struct ScoreInput {
  const ScoreParameters& parameters;
  const LabelColumn* labels;  // or null
  const Matrix* indicators;   // of a multilabel task
  const Matrix& scores;
  const Column* weights;  // or null
  const ScoreOptions& options;

  std::size_t rows() const noexcept { return scores.rows; }
};

// Sorted bags by column and group. All errors of an update but CountOverflow.
std::vector<std::vector<ScoreBag>> read_bags(const ScoreInput& input);

}  // namespace lstmetrics::metrics
