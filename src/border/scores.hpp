// Ranking metrics in one call: make the state, update it once, compute.
//
// Arguments are in the terms of scikit-learn; weights may be negative, scores must be finite. What
// needs the caller's words, such as an unknown pos_label, comes back as facts.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "border/losses.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_averages.hpp"
#include "lstmetrics/metrics/formulas/ranking_curves.hpp"

namespace lstmetrics::border {

// Which label is the positive one: the greater of exactly two; 1, of labels among 0, 1 and -1 as
// scikit-learn takes them without being told; or the one that the caller names.
enum class Positive : std::uint8_t { greater, one, told };

struct RankingSummary {
  std::size_t labels_seen = 0;
  bool positive_known = false;  // else nothing was computed
  bool positive_seen = false;
  metrics::formulas::RankingFacts facts;
};

struct RankingScore {
  double value = 0.0;
  RankingSummary summary;
};

RankingScore roc_auc(PyObject* y_true, PyObject* y_score, PyObject* sample_weight, double max_fpr);
// pos_label None is 1, as throughout below.
RankingScore average_precision(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                               PyObject* pos_label);

// A curve about to be written into contiguous float64 arrays of points(), points() and
// thresholds() items.
struct RankingCurve {
  RankingSummary summary;
  std::optional<metrics::formulas::Curve> curve;  // where the positive label is known

  std::size_t points() const noexcept { return curve ? curve->points() : 0; }
  std::size_t thresholds() const noexcept { return curve ? curve->thresholds() : 0; }
  void write(PyObject* x, PyObject* y, PyObject* thresholds) const;
};

RankingCurve ranking_curve(metrics::formulas::CurveKind kind, bool drop_intermediate,
                           PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                           PyObject* pos_label);

// Outcomes at each threshold, about to be written into a contiguous float64 array of five rows of
// size() items: true negatives, false positives, false negatives, true positives, thresholds.
struct RankingOutcomes {
  RankingSummary summary;
  std::optional<metrics::formulas::Ranking> ranking;
  std::size_t thresholds = 0;

  std::size_t size() const noexcept { return thresholds; }
  void write(PyObject* out) const;
};

RankingOutcomes ranking_outcomes(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                                 PyObject* pos_label);

// Several columns: the value of each, and their average.
struct RankingColumnsAnswer {
  metrics::formulas::RankingColumns columns;
  std::size_t labels = 0;       // declared or seen
  bool fits = false;            // as many as columns of scores; else nothing was computed
  bool rows_sum_to_one = true;  // of a multiclass ROC area; else nothing was computed
};

// `labels` is a list of scalars in ascending order, or None: those of y_true.
RankingColumnsAnswer multiclass_ranking(metrics::formulas::RankingMetric metric, PyObject* y_true,
                                        PyObject* y_score, PyObject* sample_weight,
                                        PyObject* labels, metrics::formulas::Average average);
// One-vs-one; `weighted` by the samples of each pair.
RankingColumnsAnswer one_vs_one_roc_auc(PyObject* y_true, PyObject* y_score, PyObject* labels,
                                        bool weighted);
// y_true is a matrix of 0 and 1.
RankingColumnsAnswer multilabel_ranking(metrics::formulas::RankingMetric metric, PyObject* y_true,
                                        PyObject* y_score, PyObject* sample_weight,
                                        metrics::formulas::Average average, double max_fpr);
// Row by row.
RankingColumnsAnswer samples_ranking(metrics::formulas::RankingMetric metric, PyObject* y_true,
                                     PyObject* y_score, PyObject* sample_weight, double max_fpr);

}  // namespace lstmetrics::border
