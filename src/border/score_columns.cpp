// Ranking metrics over several columns of scores.
#include <utility>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "border/scores.hpp"
#include "lstmetrics/metrics/score_counts_labels.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

namespace formulas = metrics::formulas;
using metrics::LabelSet;
using metrics::ScoreCounts;
using metrics::ScoreOptions;
using metrics::ScoreParameters;

constexpr ScoreOptions kOptions{.allow_negative_weights = true, .finite_scores = true};

void refuse_empty(std::size_t rows) {
  if (rows == 0) throw InvalidValue("y_true is empty: at least 1 sample is required");
}

// Classes and a column of scores for each.
class MulticlassArrays {
 public:
  MulticlassArrays(PyObject* y_true, PyObject* y_score, PyObject* sample_weight, PyObject* labels)
      : y_true_(y_true, "y_true", Objects::text),
        buffer_(y_score, "y_score"),
        scores_(buffer_.matrix()),
        weights_(sample_weight, "sample_weight"),
        declared_(label_list(labels, "labels")) {
    refuse_empty(y_true_.size());
  }

  // f(state) of the state that has seen them, where the labels fit and rows sum to one.
  template <class F>
  RankingColumnsAnswer compute(bool true_classes, bool check_row_sums, F&& f) const {
    RankingColumnsAnswer answer;
    const metrics::LabelColumn y_true = y_true_.column();
    ScoreOptions options = kOptions;
    options.check_row_sums = check_row_sums;
    unlocked(scores_.rows * scores_.columns, [&] {
      runtime::enter([&] {
        const metrics::SeenLabels seen(y_true);
        LabelSet labels = declared_.empty() ? seen.labels() : declared_;
        answer.labels = labels.size();
        answer.fits = labels.size() == scores_.columns && labels.size() > 1;
        if (!answer.fits) return;
        ScoreCounts state(ScoreParameters::multiclass(std::move(labels), true_classes));
        const auto notes = state.update(seen.column(), scores_, weights_.get(), options);
        answer.rows_sum_to_one = notes.rows_not_summing_to_one == 0;
        if (answer.rows_sum_to_one) f(state, answer.columns);
      });
    });
    return answer;
  }

 private:
  Labels y_true_;
  Buffer buffer_;
  Matrix scores_;
  OptionalColumn weights_;
  LabelSet declared_;
};

// 0 and 1, and a score for each.
class MultilabelArrays {
 public:
  MultilabelArrays(PyObject* y_true, PyObject* y_score, PyObject* sample_weight)
      : truth_buffer_(y_true, "y_true"),
        score_buffer_(y_score, "y_score"),
        truth_(truth_buffer_.matrix()),
        scores_(score_buffer_.matrix()),
        weights_(sample_weight, "sample_weight") {
    refuse_empty(truth_.rows);
  }

  const Matrix& truth() const noexcept { return truth_; }
  const Matrix& scores() const noexcept { return scores_; }
  const Column* weights() const noexcept { return weights_.get(); }

  template <class F>
  RankingColumnsAnswer compute(F&& f) const {
    RankingColumnsAnswer answer;
    answer.labels = truth_.columns;
    answer.fits = truth_.columns == scores_.columns && truth_.rows == scores_.rows;
    if (!answer.fits) return answer;
    unlocked(scores_.rows * scores_.columns,
             [&] { runtime::enter([&] { answer.columns = f(); }); });
    return answer;
  }

 private:
  Buffer truth_buffer_;
  Buffer score_buffer_;
  Matrix truth_;
  Matrix scores_;
  OptionalColumn weights_;
};

}  // namespace

RankingColumnsAnswer multiclass_ranking(formulas::RankingMetric metric, PyObject* y_true,
                                        PyObject* y_score, PyObject* sample_weight,
                                        PyObject* labels, formulas::Average average) {
  const MulticlassArrays arrays(y_true, y_score, sample_weight, labels);
  const bool check = metric == formulas::RankingMetric::roc_auc;
  return arrays.compute(false, check,
                        [&](const ScoreCounts& state, formulas::RankingColumns& columns) {
                          columns = formulas::ranking_columns(state, metric, average);
                        });
}

RankingColumnsAnswer one_vs_one_roc_auc(PyObject* y_true, PyObject* y_score, PyObject* labels,
                                        bool weighted) {
  const MulticlassArrays arrays(y_true, y_score, Py_None, labels);
  return arrays.compute(
      true, true, [&](const ScoreCounts& state, formulas::RankingColumns& columns) {
        columns.average =
            formulas::one_vs_one_roc_auc(state, formulas::RankingMetric::roc_auc, weighted);
      });
}

RankingColumnsAnswer multilabel_ranking(formulas::RankingMetric metric, PyObject* y_true,
                                        PyObject* y_score, PyObject* sample_weight,
                                        formulas::Average average, double max_fpr) {
  const MultilabelArrays arrays(y_true, y_score, sample_weight);
  return arrays.compute([&] {
    ScoreCounts state(ScoreParameters::multilabel(arrays.truth().columns));
    state.update(arrays.truth(), arrays.scores(), arrays.weights(), kOptions);
    return formulas::ranking_columns(state, metric, average, max_fpr);
  });
}

RankingColumnsAnswer samples_ranking(formulas::RankingMetric metric, PyObject* y_true,
                                     PyObject* y_score, PyObject* sample_weight, double max_fpr) {
  const MultilabelArrays arrays(y_true, y_score, sample_weight);
  return arrays.compute([&] {
    return formulas::ranking_rows(arrays.truth(), arrays.scores(), arrays.weights(), metric,
                                  max_fpr);
  });
}

}  // namespace lstmetrics::border
