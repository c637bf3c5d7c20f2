#include "border/losses.hpp"

#include <string>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace formulas = metrics::formulas;

Matrix as_matrix(const Buffer& buffer) {
  if (buffer.dimensions() != 1) return buffer.matrix();
  const Column column = buffer.column();
  return {column.data, column.dtype, column.size, 1, column.stride, 0, column.item_size};
}

OptionalColumn::OptionalColumn(PyObject* array, const char* name) {
  if (array == Py_None) return;
  buffer_.emplace(array, name);
  column_ = buffer_->column();
}

LossArrays::LossArrays(PyObject* y_true, PyObject* probabilities, PyObject* sample_weight,
                       const char* name)
    : y_true_(y_true, "y_true"),
      buffer_(probabilities, name),
      probabilities_(as_matrix(buffer_)),
      weights_(sample_weight, "sample_weight") {}

metrics::ProbabilityNotes LossArrays::update(metrics::LossSum& state,
                                             bool allow_negative_weights) const {
  return state.update(y_true_.column(), probabilities_, weights_.get(),
                      {.allow_negative_weights = allow_negative_weights});
}

namespace {

metrics::Loss loss_of(ProbabilityMetric metric) {
  switch (metric) {
    case ProbabilityMetric::log_loss:
    case ProbabilityMetric::total_log_loss:
    case ProbabilityMetric::d2_log_loss:
      return metrics::Loss::log_loss;
    case ProbabilityMetric::brier_score:
    case ProbabilityMetric::half_brier_score:
    case ProbabilityMetric::d2_brier:
      break;
  }
  return metrics::Loss::brier;
}

// Of a LossSum or of IndicatorLosses.
template <class State>
double value_of(ProbabilityMetric metric, const State& state) {
  switch (metric) {
    case ProbabilityMetric::log_loss:
      return formulas::mean_loss(state.result());
    case ProbabilityMetric::total_log_loss:
      return formulas::total_loss(state.result());
    case ProbabilityMetric::d2_log_loss:
      return formulas::d2_log_loss(state);
    case ProbabilityMetric::d2_brier:
      return formulas::d2_brier(state);
    case ProbabilityMetric::brier_score:
    case ProbabilityMetric::half_brier_score:
      break;
  }
  return formulas::brier_score(state.result(), metric == ProbabilityMetric::half_brier_score);
}

template <class State>
LossAnswer answer_of(ProbabilityMetric metric, const State& state,
                     const metrics::ProbabilityNotes& notes) {
  const metrics::LossMoments& moments = state.result();
  return {value_of(metric, state), notes.rows_not_summing_to_one == 0,
          moments.weighted && moments.total.weight.is_zero()};
}

void check_rows(std::size_t rows) {
  // An empty input has no loss; scikit-learn refuses it.
  if (rows == 0) throw InvalidValue("y_proba is empty: at least 1 sample is required");
}

}  // namespace

LossAnswer probability_metric(ProbabilityMetric metric, PyObject* y_true, PyObject* probabilities,
                              PyObject* sample_weight, PyObject* labels) {
  const LossArrays arrays(y_true, probabilities, sample_weight);
  check_rows(arrays.rows());
  metrics::LossSum state(loss_of(metric), metrics::LabelSet(label_list(labels, "labels")));
  LossAnswer result;
  const auto compute = [&] { result = answer_of(metric, state, arrays.update(state, true)); };
  unlocked(arrays.items(), [&] { runtime::enter(compute); });
  return result;
}

LossAnswer indicator_metric(ProbabilityMetric metric, PyObject* y_true, PyObject* probabilities,
                            PyObject* sample_weight) {
  const Buffer truth(y_true, "y_true");
  const Buffer buffer(probabilities, "y_proba");
  const Matrix indicator = truth.matrix();
  const Matrix matrix = as_matrix(buffer);
  const OptionalColumn weights(sample_weight, "sample_weight");
  check_rows(matrix.rows);
  metrics::IndicatorLosses state(loss_of(metric));
  LossAnswer result;
  const auto compute = [&] {
    result =
        answer_of(metric, state,
                  state.update(indicator, matrix, weights.get(), {.allow_negative_weights = true}));
  };
  unlocked(indicator.rows * indicator.columns, [&] { runtime::enter(compute); });
  return result;
}

}  // namespace lstmetrics::border
