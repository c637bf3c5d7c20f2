// Comparing two models on the same samples, by which of them is right.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/paired_outcomes.hpp"

namespace lstmetrics::metrics::formulas {

struct TestResult {
  double statistic = 0.0;
  double p_value = 1.0;
};

// Q. McNemar's test, with b and c the samples that only the one and only the other has right: an
// exact test of b out of b + c tosses of a fair coin (numeric::sign_test). The statistic is the
// lesser of the two; of none at all p is 1.
LSTMETRICS_API TestResult mcnemar_exact(const PairedTable& table);
// The same by chi-square with A. L. Edwards's correction for continuity: (|b - c| - 1)^2 / (b + c),
// one degree of freedom; 0 where b is c.
LSTMETRICS_API TestResult mcnemar_chi_square(const PairedTable& table);

// Accuracy of A less that of B: (b - c) / n, correctly rounded; NaN when empty.
LSTMETRICS_API double accuracy_difference(const PairedTable& table);
// R. G. Newcombe's square-and-add interval of it ("Improved confidence intervals for the difference
// between binomial proportions based on paired data", Statistics in Medicine 17, 1998, method 10):
// Wilson's bounds of both, with the correlation corrected for continuity.
LSTMETRICS_API Bounds newcombe_bounds(const PairedTable& table, double level);
// By the exact second moment: the standard error is sqrt(b + c - (b - c)^2 / n) / n.
LSTMETRICS_API Bounds accuracy_difference_bounds(const PairedTable& table, double level);

}  // namespace lstmetrics::metrics::formulas
