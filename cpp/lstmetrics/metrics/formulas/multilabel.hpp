// Metrics of samples with any number of labels, by scikit-learn's definitions.
//
// Per label, and averaged over labels, they are those of formulas/classification.hpp. Over samples
// the score of each is rounded once, the scores add up exactly by number or weight of samples, and
// the sum is rounded once and divided once.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/formulas/report.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"

namespace lstmetrics::metrics::formulas {

// The fraction of samples with all labels right, NaN when empty; their number, or their weight.
LSTMETRICS_API double accuracy(const MultilabelCounts& state);
LSTMETRICS_API double correct(const MultilabelCounts& state);
// The same of the others: the zero-one loss.
LSTMETRICS_API double error_rate(const MultilabelCounts& state);
LSTMETRICS_API double errors(const MultilabelCounts& state);

// The fraction of labels that are wrong: wrong ones / (labels * samples), weighted by sample. NaN
// when empty; x/0 when the weights add up to zero.
LSTMETRICS_API double hamming_loss(const MultilabelCounts& state);

// Of an average over samples, `entries` and `support` stay empty, and what is undefined was so for
// some sample. It is over all labels, in any order: UnsupportedError for other selections.
// Weights that add up to zero though some are not leave the samples as they are.
LSTMETRICS_API PrfResult precision_recall_fscore(const MultilabelCounts& state,
                                                 const Selection& selection,
                                                 const PrfOptions& options);
LSTMETRICS_API JaccardResult jaccard(const MultilabelCounts& state, const Selection& selection,
                                     const JaccardOptions& options);

enum class LabelRate : std::uint8_t { precision, recall, f1, jaccard };

// Wilson's bounds of a rate of each label that is selected, averaged as the rate itself. Precision
// is a proportion of the samples that are predicted, recall of the true ones, the Jaccard index J
// of those that are either, and F1 = 2 J / (1 + J) goes with it. A label without such samples has
// `zero_division` for both bounds. How labels go together does not matter: the standard deviation
// of a mean is at most the mean of the standard deviations, which is what labels that rise and fall
// together have; for independent ones the bounds are wide, by up to the root of their number.
// NaN of a weighted state, which has no number of trials.
LSTMETRICS_API Bounds bounds_by_label(const MultilabelCounts& state, const Selection& selection,
                                      LabelRate rate, const JaccardOptions& options, double level);

struct MultilabelReport {
  ClassificationReport labels;
  PrfResult samples;
};

LSTMETRICS_API MultilabelReport classification_report(const MultilabelCounts& state,
                                                      const Selection& selection,
                                                      double zero_division);

}  // namespace lstmetrics::metrics::formulas
