// Exact sums of a loss of samples that have any number of labels: probabilities of indicators.
//
// As scikit-learn 1.9 has it: probabilities are clipped as LossSum does it; the log loss of a
// sample is the sum of -log(p) over the labels it has, its Brier loss the sum over all labels of
// (indicator - p)^2. One column of probabilities is P(label 1) of two.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API IndicatorLosses {
 public:
  explicit IndicatorLosses(Loss loss) : loss_(loss) {}  // log_loss or brier

  // InvalidValue for NaN or values outside [0, 1] (with row and column), an indicator that is
  // neither 0 nor 1, or another number of labels than of columns; ShapeError for lengths;
  // InvalidType for text.
  ProbabilityNotes update(const Matrix& y_true, const Matrix& probabilities,
                          const Column* weights = nullptr, const LossOptions& options = {});

  // Each label: the samples that have it.
  const std::vector<WeightedCount>& labels() const noexcept { return labels_; }
  const LossMoments& result() const noexcept { return moments_; }

 private:
  Loss loss_;
  std::vector<WeightedCount> labels_;
  LossMoments moments_;
};

}  // namespace lstmetrics::metrics
