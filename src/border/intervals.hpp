// Confidence intervals of numbers that Python holds.
#pragma once

#include <Python.h>

#include "lstmetrics/metrics/formulas/intervals.hpp"

namespace lstmetrics::border {

using metrics::formulas::Bounds;
using metrics::formulas::PercentileBounds;

double critical_value(double level);
Bounds wilson(double successes, double trials, double level);
Bounds normal_bounds(double estimate, double standard_error, double level);
// `replicates` is an array of float64.
PercentileBounds percentile_bounds(PyObject* replicates, double level);

}  // namespace lstmetrics::border
