// What came of each sample with any number of labels: not of a state, for states keep no samples.
#pragma once

#include <cstdint>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/view.hpp"

namespace lstmetrics::metrics::formulas {

// Writes true negatives, false positives, false negatives and true positives for each row of two
// indicators, times its weight. Errors as of MultilabelCounts::update, and of weights that are not
// finite.
LSTMETRICS_API void one_against_rest_by_sample(const Matrix& y_true, const Matrix& y_pred,
                                               const Column* weights, double* out);
LSTMETRICS_API void one_against_rest_by_sample(const Matrix& y_true, const Matrix& y_pred,
                                               std::int64_t* out);

}  // namespace lstmetrics::metrics::formulas
