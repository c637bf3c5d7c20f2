// Agreement beyond chance in one call: make the state, update once, compute. Arguments are as in
// border/classification.hpp.
#pragma once

#include <Python.h>

#include <cstddef>

#include "lstmetrics/metrics/formulas/agreement.hpp"

namespace lstmetrics::border {

struct AgreementFacts {
  std::size_t labels_seen = 0;
  std::size_t labels_selected = 0;
  bool any_true = false;  // some selected label is the true label of a sample
  bool weights_cancel = false;
};

struct BalancedAccuracyAnswer {
  metrics::formulas::BalancedAccuracy score;
  AgreementFacts facts;
};
BalancedAccuracyAnswer balanced_accuracy(PyObject* y_true, PyObject* y_pred,
                                         PyObject* sample_weight, bool adjusted);

struct CorrelationAnswer {
  double value = 0.0;
  AgreementFacts facts;
};
CorrelationAnswer matthews_corrcoef(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight);

struct KappaAnswer {
  metrics::formulas::Kappa kappa;
  AgreementFacts facts;
};
KappaAnswer cohen_kappa(PyObject* y1, PyObject* y2, PyObject* sample_weight, PyObject* labels,
                        metrics::formulas::Disagreement disagreement);

struct LikelihoodAnswer {
  metrics::formulas::LikelihoodRatios ratios;  // of exactly two selected labels
  AgreementFacts facts;
};
LikelihoodAnswer likelihood_ratios(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                   PyObject* labels);

}  // namespace lstmetrics::border
