// Comparing the areas under two ROC curves of the same samples.
//
// The test and the variance are those of E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson,
// "Comparing the areas under two or more correlated receiver operating characteristic curves: a
// nonparametric approach", Biometrics 44, 1988. A positive's placement is the share of negatives
// that score less than it, ties counting half; twice the counts behind it are integers, so areas
// are correctly rounded, and so are the sums of squares behind the variance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/formulas/paired.hpp"
#include "lstmetrics/metrics/paired_scores.hpp"

namespace lstmetrics::metrics::formulas {

struct PairedAreas {
  double a = 0.0;  // NaN unless there are positives and negatives, as is all else
  double b = 0.0;
  double difference = 0.0;      // a less b
  double standard_error = 0.0;  // of the difference; NaN below two positives or two negatives
};

// UnsupportedError for more than 2^40 positives or negatives.
LSTMETRICS_API PairedAreas paired_areas(const ScorePairs& pairs);

// z = difference / standard error, and P(|Z| >= |z|). No difference at all gives 0 and 1; one that
// has no variance gives an infinite z, and 0.
LSTMETRICS_API TestResult delong_test(const PairedAreas& areas);
LSTMETRICS_API Bounds delong_bounds(const PairedAreas& areas, double level);

// The difference of areas in each replicate of a bootstrap in which a sample is drawn with both its
// scores: Poisson numbers from hash(seed, replicate, label, bits of both scores). NaN where no
// positive or no negative is drawn. Over the threads of the pool.
LSTMETRICS_API std::vector<double> area_difference_replicates(const PairedScores& state,
                                                              std::uint64_t seed,
                                                              std::size_t replicates);

}  // namespace lstmetrics::metrics::formulas
