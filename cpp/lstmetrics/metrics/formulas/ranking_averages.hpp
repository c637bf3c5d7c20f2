// Areas and average precisions of several columns, and their averages, as scikit-learn takes them.
//
// Each column's value is that of formulas/ranking.hpp. A mean is their exact sum, rounded once and
// divided once; a weighted one the exact sum of products rounded once, over the exact sum of the
// weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"

namespace lstmetrics::metrics::formulas {

enum class RankingMetric : std::uint8_t { roc_auc, average_precision, roc_auc_error };

struct LSTMETRICS_API RankingColumns {
  std::vector<double> values;    // of each column
  std::vector<double> supports;  // the weight of its positives
  double average = 0.0;          // NaN where none was asked for
  bool one_class = false;        // some column has no positives, or no negatives
  bool no_positives = false;
  bool not_monotonic = false;
};

// Micro: the scores of all columns as if they were one's. Weighted: by the positives of each
// column, those without them being left out; 0 without any. `max_fpr` is that of a partial area.
LSTMETRICS_API RankingColumns ranking_columns(const ScoreCounts& state, RankingMetric metric,
                                              Average average, double max_fpr = 1);

// The multiclass area of D. J. Hand and R. J. Till (Machine Learning 45, 2001): of each pair of
// classes that occur, the mean of the areas by the scores of the one and of the other; macro, or
// weighted by the samples of the pair. Of a state with true classes; NaN without a pair.
// UnsupportedError for other states, and for weights.
LSTMETRICS_API double one_vs_one_roc_auc(const ScoreCounts& state, RankingMetric metric,
                                         bool weighted);

// Row by row, labels being ranked by their scores: y_true holds 0 and 1. Their mean, by `weights`
// if there are any. Errors as of ScoreCounts::update.
LSTMETRICS_API RankingColumns ranking_rows(const Matrix& y_true, const Matrix& scores,
                                           const Column* weights, RankingMetric metric,
                                           double max_fpr = 1);

}  // namespace lstmetrics::metrics::formulas
