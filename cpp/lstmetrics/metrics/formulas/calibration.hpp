// Calibration: how far predicted probabilities lie from how often things came true.
//
// With H the weight of the samples of a bin that came true, P the sum of w * p and W the weight of
// all, the gap of a bin is (H - P) / W: the subtraction is exact, and then rounded once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/calibration_bins.hpp"

namespace lstmetrics::metrics::formulas {

// Of a bin that is not empty.
struct ReliabilityPoint {
  std::size_t bin = 0;
  std::int64_t samples = 0;
  double weight = 0.0;
  double prob_true = 0.0;  // H / W
  double prob_pred = 0.0;  // P / W
};

// The bins of a set whose weight is not zero.
LSTMETRICS_API std::vector<ReliabilityPoint> reliability_curve(const CalibrationBins& state,
                                                               std::size_t table);

enum class CalibrationNorm : std::uint8_t {
  l1,   // sum over bins of W |gap| / sum of W: the expected calibration error
  l2,   // the square root of sum of W gap^2 / sum of W
  max,  // the largest |gap|: the maximum calibration error
};

// Of several sets of bins: the mean over them for l1 and l2, the largest for max. NaN when nothing
// was seen.
LSTMETRICS_API double calibration_error(const CalibrationBins& state, CalibrationNorm norm);

}  // namespace lstmetrics::metrics::formulas
