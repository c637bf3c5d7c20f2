#include "border/agreement.hpp"

#include "border/counting.hpp"
#include "border/labels.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

namespace formulas = metrics::formulas;
using metrics::ConfusionCounts;

// Labels of a confusion matrix.
formulas::Selection axis(const ConfusionCounts& state, PyObject* labels) {
  formulas::Selection selection = select(state.labels(), labels);
  formulas::keep_last(selection);
  return selection;
}

AgreementFacts facts_of(const ConfusionCounts& state, const formulas::Selection& selection) {
  return {state.labels().size(), selection.size(), any_true(state, selection),
          weights_cancel(state)};
}

}  // namespace

BalancedAccuracyAnswer balanced_accuracy(PyObject* y_true, PyObject* y_pred,
                                         PyObject* sample_weight, bool adjusted) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  return runtime::enter([&] {
    return BalancedAccuracyAnswer{formulas::balanced_accuracy(state, adjusted),
                                  facts_of(state, {})};
  });
}

CorrelationAnswer matthews_corrcoef(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  return runtime::enter(
      [&] { return CorrelationAnswer{formulas::matthews_corrcoef(state), facts_of(state, {})}; });
}

KappaAnswer cohen_kappa(PyObject* y1, PyObject* y2, PyObject* sample_weight, PyObject* labels,
                        formulas::Disagreement disagreement) {
  const ConfusionCounts state = count(PairArrays(y1, y2, sample_weight));
  const formulas::Selection selection = axis(state, labels);
  return runtime::enter([&] {
    return KappaAnswer{formulas::cohen_kappa(state, selection, disagreement),
                       facts_of(state, selection)};
  });
}

LikelihoodAnswer likelihood_ratios(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                   PyObject* labels) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  const formulas::Selection selection = axis(state, labels);
  return runtime::enter([&] {
    LikelihoodAnswer answer{{}, facts_of(state, selection)};
    if (selection.size() == 2) answer.ratios = formulas::likelihood_ratios(state, selection);
    return answer;
  });
}

}  // namespace lstmetrics::border
