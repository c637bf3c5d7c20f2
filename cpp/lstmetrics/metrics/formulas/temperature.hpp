// One number that makes a classifier's probabilities as sure as they should be.
#pragma once

#include <cstdint>
#include <span>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::metrics::formulas {

// The widest change that is fitted: logits are multiplied by 1 / T between these.
inline constexpr double kLeastInverseTemperature = 1.0 / 128;
inline constexpr double kMostInverseTemperature = 128;

// The temperature T that makes the mean of -log softmax(z / T)[target] least, found by bisection of
// its derivative by 1 / T, an exact sum over samples: order and threads cannot show. Where the loss
// still falls at an end of the range, that end. C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On
// calibration of modern neural networks" (ICML 2017).
//
// `logits` holds rows of `classes`. ShapeError for sizes that do not fit, InvalidValue for no rows,
// a logit that is not finite (with row and column) and a target outside the classes.
LSTMETRICS_API double fit_temperature(std::span<const double> logits, std::size_t classes,
                                      std::span<const std::int64_t> targets);

}  // namespace lstmetrics::metrics::formulas
