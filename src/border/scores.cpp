#include "border/scores.hpp"

#include <utility>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/metrics/score_counts_labels.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

namespace formulas = metrics::formulas;
using metrics::kAbsent;
using metrics::LabelSet;
using metrics::ScoreCounts;
using metrics::ScoreParameters;

// The arguments of a call over one column of scores.
class ScoreArrays {
 public:
  ScoreArrays(PyObject* y_true, PyObject* y_score, PyObject* sample_weight)
      : y_true_(y_true, "y_true", Objects::text),
        buffer_(y_score, "y_score"),
        scores_(as_matrix(buffer_)),
        weights_(sample_weight, "sample_weight") {
    if (y_true_.size() == 0) throw InvalidValue("y_true is empty: at least 1 sample is required");
  }

  metrics::LabelColumn y_true() const { return y_true_.column(); }
  std::size_t items() const noexcept { return scores_.rows * scores_.columns; }
  void update(ScoreCounts& state, const metrics::LabelColumn& y_true) const {
    state.update(y_true, scores_, weights_.get(),
                 {.allow_negative_weights = true, .finite_scores = true});
  }

 private:
  Labels y_true_;
  Buffer buffer_;
  Matrix scores_;
  OptionalColumn weights_;
};

template <class F>
void compute(const ScoreArrays& arrays, F&& f) {
  unlocked(arrays.items(), [&] { runtime::enter(f); });
}

// 1 of labels that speak for themselves; nothing of others.
std::optional<std::ptrdiff_t> implied_positive(const LabelSet& labels) {
  const std::vector<std::int64_t>& numbers = labels.integers();
  if (labels.is_text() || numbers.empty() || numbers.size() > 2) return std::nullopt;
  const bool known = numbers.size() == 2 ? numbers[1] == 1 && (numbers[0] == 0 || numbers[0] == -1)
                                         : numbers[0] >= -1 && numbers[0] <= 1;
  if (!known) return std::nullopt;
  return labels.index_of(std::int64_t{1});
}

std::optional<std::ptrdiff_t> positive_of(const LabelSet& labels, Positive how,
                                          PyObject* pos_label) {
  switch (how) {
    case Positive::greater:
      if (labels.size() != 2) return std::nullopt;
      return 1;
    case Positive::one:
      return implied_positive(labels);
    case Positive::told:
      break;
  }
  return position_of(labels, pos_label);
}

// One column of scores as a ranking, where the positive label is known.
std::optional<formulas::Ranking> rank(const ScoreArrays& arrays, Positive how, PyObject* pos_label,
                                      RankingSummary& summary) {
  const metrics::LabelColumn y_true = arrays.y_true();
  std::optional<metrics::SeenLabels> seen;
  compute(arrays, [&] { seen.emplace(y_true); });
  summary.labels_seen = seen->labels().size();
  const std::optional<std::ptrdiff_t> positive = positive_of(seen->labels(), how, pos_label);
  summary.positive_known = positive.has_value();
  if (!positive) return std::nullopt;
  summary.positive_seen = *positive != kAbsent;
  std::optional<formulas::Ranking> ranking;
  compute(arrays, [&] {
    ScoreCounts state(ScoreParameters::binary(seen->labels(), *positive));
    arrays.update(state, seen->column());
    ranking.emplace(formulas::Ranking::of_column(state, 0));
    summary.facts = formulas::facts_of(*ranking);
  });
  return ranking;
}

Positive told_by(PyObject* pos_label) {
  return pos_label == Py_None ? Positive::one : Positive::told;
}

double* doubles(const Buffer& buffer, std::size_t items) {
  if (buffer.dtype() != DType::float64 || !buffer.is_contiguous() || buffer.items() != items) {
    throw ShapeError("out: expected contiguous float64 arrays of the size of the result");
  }
  return static_cast<double*>(buffer.data());
}

}  // namespace

RankingScore roc_auc(PyObject* y_true, PyObject* y_score, PyObject* sample_weight, double max_fpr) {
  const ScoreArrays arrays(y_true, y_score, sample_weight);
  RankingScore score;
  const auto ranking = rank(arrays, Positive::greater, Py_None, score.summary);
  if (ranking) {
    compute(arrays, [&] { score.value = formulas::partial_roc_auc(*ranking, max_fpr); });
  }
  return score;
}

RankingScore average_precision(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                               PyObject* pos_label) {
  const ScoreArrays arrays(y_true, y_score, sample_weight);
  RankingScore score;
  const auto ranking = rank(arrays, told_by(pos_label), pos_label, score.summary);
  if (ranking) compute(arrays, [&] { score.value = formulas::average_precision(*ranking); });
  return score;
}

RankingCurve ranking_curve(formulas::CurveKind kind, bool drop_intermediate, PyObject* y_true,
                           PyObject* y_score, PyObject* sample_weight, PyObject* pos_label) {
  const ScoreArrays arrays(y_true, y_score, sample_weight);
  RankingCurve result;
  auto ranking = rank(arrays, told_by(pos_label), pos_label, result.summary);
  if (ranking) {
    compute(arrays, [&] { result.curve.emplace(std::move(*ranking), kind, drop_intermediate); });
  }
  return result;
}

void RankingCurve::write(PyObject* x, PyObject* y, PyObject* thresholds) const {
  const Buffer x_buffer(x, "x", Access::write);
  const Buffer y_buffer(y, "y", Access::write);
  const Buffer threshold_buffer(thresholds, "thresholds", Access::write);
  double* const x_out = doubles(x_buffer, points());
  double* const y_out = doubles(y_buffer, points());
  double* const threshold_out = doubles(threshold_buffer, this->thresholds());
  unlocked(points(), [&] { runtime::enter([&] { curve->write(x_out, y_out, threshold_out); }); });
}

RankingOutcomes ranking_outcomes(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                                 PyObject* pos_label) {
  const ScoreArrays arrays(y_true, y_score, sample_weight);
  RankingOutcomes result;
  result.ranking = rank(arrays, told_by(pos_label), pos_label, result.summary);
  if (result.ranking) {
    compute(arrays, [&] { result.thresholds = formulas::thresholds_of(*result.ranking); });
  }
  return result;
}

void RankingOutcomes::write(PyObject* out) const {
  const Buffer buffer(out, "out", Access::write);
  double* const rows = doubles(buffer, 5 * thresholds);
  const auto row = [&](std::size_t i) { return rows + i * thresholds; };
  unlocked(5 * thresholds, [&] {
    runtime::enter([&] {
      formulas::write_outcomes(*ranking, thresholds, {row(0), row(1), row(2), row(3), row(4)});
    });
  });
}

}  // namespace lstmetrics::border
