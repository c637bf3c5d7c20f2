// Classification metrics as pure functions of a confusion state, by scikit-learn's definitions.
//
// Of unweighted states every single ratio is the correctly rounded quotient of two exact integers.
// Of weighted ones numerator and denominator are exact sums, each rounded once, then divided. An
// average over labels is the exact sum of the labels' doubles, rounded once, divided once.
//
// F-beta is (1 + b2) tp / (b2 actual + predicted) with b2 = fl(beta * beta). When b2 is a multiple
// of 2^-24 below 2^24 (0.25, 1, 4, ...), the unweighted quotient is exact integers again; else the
// two terms are exact sums of rounded products.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"

namespace lstmetrics::metrics::formulas {

// Which labels of a state, by position (kAbsent: a label it never saw, all zeros), and in which
// order. LabelSet::select makes one from `labels=`.
using Selection = std::vector<std::ptrdiff_t>;
LSTMETRICS_API Selection all_labels(const ConfusionCounts& state);
LSTMETRICS_API Selection all_labels(const Marginals& marginals);
// As in scikit-learn, a label given twice to a confusion matrix counts at its last place only.
LSTMETRICS_API void keep_last(Selection& selection);

// The fraction of samples predicted right; NaN when empty.
LSTMETRICS_API double accuracy(const ConfusionCounts& state);
// Of counts that need no state: their quotient, rounded once.
LSTMETRICS_API double accuracy(std::int64_t correct, std::int64_t samples);
// Their number, or their weight.
LSTMETRICS_API double correct(const ConfusionCounts& state);
// Whether no sample at all, of whatever weight, is predicted right.
LSTMETRICS_API bool none_correct(const ConfusionCounts& state);
// The same of those predicted wrong: the zero-one loss, and of single labels the Hamming loss.
LSTMETRICS_API double error_rate(const ConfusionCounts& state);
LSTMETRICS_API double errors(const ConfusionCounts& state);

// `per_label` covers average=None and, of one selected label, average='binary'. `samples` is the
// mean over samples that may have several labels: of formulas/multilabel.hpp alone.
enum class Average : std::uint8_t { per_label, micro, macro, weighted, samples };

struct PrfOptions {
  double beta = 1.0;  // in [0, inf]; 0 is precision, inf is recall
  Average average = Average::per_label;
  double zero_division = 0.0;  // 0, 1 or NaN: the value of 0/0
};

struct Prf {
  double precision = 0.0;
  double recall = 0.0;
  double f_score = 0.0;
};

struct PrfResult {
  std::vector<Prf> entries;     // one per selected label; one in all for micro
  std::vector<double> support;  // true samples (or weights) per entry
  Prf average;                  // of the entries: the only one, macro, or weighted; else NaN
  // Some entry was 0/0: what scikit-learn warns about, in this order. Its words are
  // "due to" when there is one entry, "in labels with" otherwise.
  bool precision_undefined = false;
  bool recall_undefined = false;
  bool f_score_undefined = false;
};

// InvalidValue for a beta below 0 or NaN, and for an average over samples.
LSTMETRICS_API PrfResult precision_recall_fscore(const ConfusionCounts& state,
                                                 const Selection& selection,
                                                 const PrfOptions& options);
LSTMETRICS_API PrfResult precision_recall_fscore(const Marginals& marginals,
                                                 const Selection& selection,
                                                 const PrfOptions& options);

struct JaccardOptions {
  Average average = Average::per_label;
  double zero_division = 0.0;
};

struct JaccardResult {
  std::vector<double> entries;  // one per selected label; one in all for micro
  std::vector<double> support;
  double average = 0.0;    // as in PrfResult
  bool undefined = false;  // some entry was 0/0
};

// tp / (actual + predicted - tp).
LSTMETRICS_API JaccardResult jaccard(const ConfusionCounts& state, const Selection& selection,
                                     const JaccardOptions& options);
LSTMETRICS_API JaccardResult jaccard(const Marginals& marginals, const Selection& selection,
                                     const JaccardOptions& options);

enum class Normalize : std::uint8_t { none, by_true, by_predicted, by_all };

// Writes selection x selection cells, row-major; samples with a label that is not selected are
// left out. A normalised 0/0 is 0.
LSTMETRICS_API void confusion_matrix(const ConfusionCounts& state, const Selection& selection,
                                     Normalize normalize, double* out);
// Sample counts, weighted or not.
LSTMETRICS_API void confusion_matrix(const ConfusionCounts& state, const Selection& selection,
                                     std::int64_t* out);

// One label against the rest: writes true negatives, false positives, false negatives and true
// positives for each selected label.
LSTMETRICS_API void one_against_rest(const Marginals& marginals, const Selection& selection,
                                     double* out);
LSTMETRICS_API void one_against_rest(const Marginals& marginals, const Selection& selection,
                                     std::int64_t* out);

struct BalancedAccuracy {
  double value = 0.0;           // NaN when no label has true samples
  bool labels_dropped = false;  // some label was predicted but is never true
};

// The mean recall over the labels with true samples; adjusted: 0 is chance, 1 is perfect. Adjusted
// for a single label it is x/0: NaN when all samples are right, else -inf.
LSTMETRICS_API BalancedAccuracy balanced_accuracy(const ConfusionCounts& state, bool adjusted);

}  // namespace lstmetrics::metrics::formulas
