#include "border/multilabel.hpp"

#include <cstdint>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/metrics/formulas/by_sample.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace formulas = metrics::formulas;
using metrics::MultilabelCounts;

IndicatorArrays::IndicatorArrays(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight)
    : y_true_(y_true, "y_true"),
      y_pred_(y_pred, "y_pred"),
      truth_(y_true_.matrix()),
      predicted_(y_pred_.matrix()),
      weights_(sample_weight, "sample_weight") {}

void IndicatorArrays::update(MultilabelCounts& state, bool allow_negative_weights) const {
  state.update(truth_, predicted_, weights_.get(), allow_negative_weights);
}

void IndicatorArrays::write_by_sample(PyObject* out) const {
  const Buffer buffer(out, "out", Access::write);
  if (!buffer.is_contiguous() || buffer.items() != 4 * rows()) {
    throw ShapeError("out: expected a contiguous array with four cells for each sample");
  }
  unlocked(items(), [&] {
    runtime::enter([&] {
      if (buffer.dtype() == DType::int64 && weights_.get() == nullptr) {
        formulas::one_against_rest_by_sample(truth_, predicted_,
                                             static_cast<std::int64_t*>(buffer.data()));
      } else if (buffer.dtype() == DType::float64) {
        formulas::one_against_rest_by_sample(truth_, predicted_, weights_.get(),
                                             static_cast<double*>(buffer.data()));
      } else {
        throw InvalidType("out: expected int64 for counts, or float64");
      }
    });
  });
}

namespace {

MultilabelCounts count(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight) {
  const IndicatorArrays arrays(y_true, y_pred, sample_weight);
  if (arrays.rows() == 0) throw InvalidValue("y_true is empty: at least 1 sample is required");
  MultilabelCounts state;
  unlocked(arrays.items(), [&] { runtime::enter([&] { arrays.update(state, true); }); });
  return state;
}

bool cancels(const MultilabelCounts& state) {
  return state.is_weighted() && state.result().weight.is_zero();
}

MultilabelFacts facts_of(const MultilabelCounts& state) {
  return {static_cast<std::size_t>(state.samples()), cancels(state)};
}

double value_of(MultilabelMetric metric, const MultilabelCounts& state) {
  switch (metric) {
    case MultilabelMetric::accuracy:
      return formulas::accuracy(state);
    case MultilabelMetric::correct:
      return formulas::correct(state);
    case MultilabelMetric::error_rate:
      return formulas::error_rate(state);
    case MultilabelMetric::errors:
      return formulas::errors(state);
    case MultilabelMetric::hamming_loss:
      return formulas::hamming_loss(state);
  }
  throw InvalidValue("unknown metric");
}

}  // namespace

AccuracyAnswer multilabel_metric(MultilabelMetric metric, PyObject* y_true, PyObject* y_pred,
                                 PyObject* sample_weight) {
  const MultilabelCounts state = count(y_true, y_pred, sample_weight);
  return runtime::enter([&] { return AccuracyAnswer{value_of(metric, state), cancels(state)}; });
}

MultilabelPrfAnswer multilabel_prf(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                   const formulas::PrfOptions& options) {
  const MultilabelCounts state = count(y_true, y_pred, sample_weight);
  return runtime::enter([&] {
    return MultilabelPrfAnswer{
        formulas::precision_recall_fscore(state, formulas::all_labels(state.result()), options),
        facts_of(state)};
  });
}

MultilabelJaccardAnswer multilabel_jaccard(PyObject* y_true, PyObject* y_pred,
                                           PyObject* sample_weight,
                                           const formulas::JaccardOptions& options) {
  const MultilabelCounts state = count(y_true, y_pred, sample_weight);
  return runtime::enter([&] {
    return MultilabelJaccardAnswer{
        formulas::jaccard(state, formulas::all_labels(state.result()), options), facts_of(state)};
  });
}

MultilabelReportAnswer multilabel_report(PyObject* y_true, PyObject* y_pred,
                                         PyObject* sample_weight, double zero_division) {
  const MultilabelCounts state = count(y_true, y_pred, sample_weight);
  return runtime::enter([&] {
    return MultilabelReportAnswer{
        formulas::classification_report(state, formulas::all_labels(state.result()), zero_division),
        facts_of(state)};
  });
}

LabelMatrices label_matrices(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight) {
  const MultilabelCounts state = count(y_true, y_pred, sample_weight);
  return {state.result(), cancels(state)};
}

void LabelMatrices::write(PyObject* out) const {
  write_against_rest(marginals, formulas::all_labels(marginals), out);
}

void sample_matrices(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* out) {
  IndicatorArrays(y_true, y_pred, sample_weight).write_by_sample(out);
}

}  // namespace lstmetrics::border
