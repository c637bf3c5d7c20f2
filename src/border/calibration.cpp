#include "border/calibration.hpp"

#include <cstdint>
#include <utility>

#include "border/gil.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

using metrics::CalibrationBins;
using metrics::Judged;

std::vector<double> edges_for(const Matrix& probabilities, Judged judged, BinChoice choice) {
  if (!choice.by_quantiles) return metrics::uniform_edges(choice.bins);
  if (judged == Judged::top_label) {
    return metrics::quantile_edges_of_largest(probabilities, choice.bins);
  }
  if (judged == Judged::each_label) {
    throw UnsupportedError(
        "strategy='quantile' needs one column of probabilities to take quantiles of; labels that "
        "are judged one by one share their edges: use strategy='uniform'");
  }
  const Column column{probabilities.data, probabilities.dtype, probabilities.rows,
                      probabilities.row_stride, probabilities.item_size};
  return metrics::quantile_edges(column, choice.bins);
}

void refuse_none(const LossArrays& arrays) {
  if (arrays.rows() == 0) throw InvalidValue("y_prob is empty: at least 1 sample is required");
}

}  // namespace

std::vector<double> calibration_edges(PyObject* y_prob, BinChoice choice) {
  const Buffer buffer(y_prob, "y_prob");
  const Matrix matrix = as_matrix(buffer);
  const Judged judged = matrix.columns == 1 ? Judged::greater_label : Judged::top_label;
  std::vector<double> edges;
  unlocked(buffer.items(),
           [&] { runtime::enter([&] { edges = edges_for(matrix, judged, choice); }); });
  return edges;
}

std::vector<metrics::formulas::ReliabilityPoint> calibration_curve(PyObject* y_true,
                                                                   PyObject* y_prob,
                                                                   BinChoice choice) {
  const LossArrays arrays(y_true, y_prob, Py_None, "y_prob");
  refuse_none(arrays);
  std::vector<metrics::formulas::ReliabilityPoint> curve;
  const auto compute = [&] {
    metrics::LabelList labels{metrics::LabelKind::integer, {0, 1}, {}};
    CalibrationBins state(edges_for(arrays.probabilities(), Judged::greater_label, choice),
                          metrics::LabelSet(std::move(labels)), Judged::greater_label);
    state.update(arrays.y_true(), arrays.probabilities());
    curve = metrics::formulas::reliability_curve(state, 0);
  };
  unlocked(arrays.items(), [&] { runtime::enter(compute); });
  return curve;
}

CalibrationAnswer calibration_error(PyObject* y_true, PyObject* y_prob, PyObject* sample_weight,
                                    PyObject* labels, Judged judged, BinChoice choice,
                                    metrics::formulas::CalibrationNorm norm) {
  const LossArrays arrays(y_true, y_prob, sample_weight, "y_prob");
  refuse_none(arrays);
  metrics::LabelSet declared(label_list(labels, "labels"));
  CalibrationAnswer answer;
  const auto compute = [&] {
    const Matrix& probabilities = arrays.probabilities();
    if (labels == Py_None) {
      declared = metrics::labels_shown(arrays.y_true(), probabilities.columns, "y_prob");
    }
    CalibrationBins state(edges_for(probabilities, judged, choice), std::move(declared), judged);
    answer.sums_to_one = state.update(arrays.y_true(), probabilities, arrays.weights()) == 0;
    answer.value = metrics::formulas::calibration_error(state, norm);
    answer.weights_cancel = answer.value != answer.value;
  };
  unlocked(arrays.items(), [&] { runtime::enter(compute); });
  return answer;
}

}  // namespace lstmetrics::border
