#include "border/at_thresholds.hpp"

#include "border/buffer.hpp"
#include "border/errors.hpp"
#include "border/gil.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "border/written.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

ValuesAtThresholds at_thresholds(PyObject* y_true, PyObject* y_score, PyObject* sample_weight,
                                 PyObject* labels, metrics::formulas::LabelMetricOptions options) {
  const Labels truth(y_true, "y_true", Objects::text);
  const Buffer scores(y_score, "y_score");
  const OptionalColumn weights(sample_weight, "sample_weight");
  if (labels != Py_None) options.labels = label_list(labels, "labels");
  ValuesAtThresholds answer;
  unlocked(truth.size(), [&] {
    runtime::enter([&] {
      metrics::ThresholdStates states(truth.column(), as_matrix(scores), weights.get());
      answer.found = metrics::formulas::at_thresholds(states, options);
    });
  });
  return answer;
}

void ValuesAtThresholds::write(PyObject* values, PyObject* facts, PyObject* thresholds) const {
  write_items(found.values, values, "values", DType::float64);
  write_items(found.facts, facts, "facts", DType::uint64);
  write_items(found.thresholds, thresholds, "thresholds", DType::float64);
}

}  // namespace lstmetrics::border
