#include "border/classification.hpp"

#include <cstddef>
#include <cstdint>

#include "border/buffer.hpp"
#include "border/counting.hpp"
#include "border/errors.hpp"
#include "border/labels.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace formulas = metrics::formulas;
using metrics::ConfusionCounts;
using metrics::kAbsent;

namespace {

// Of so many samples, or their number.
AccuracyAnswer share(std::int64_t some, std::size_t samples, bool normalize) {
  return runtime::enter([&] {
    const auto whole = normalize ? static_cast<std::int64_t>(samples) : std::int64_t{1};
    return AccuracyAnswer{formulas::accuracy(some, whole), false};
  });
}

}  // namespace

AccuracyAnswer accuracy(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                        bool normalize) {
  const PairArrays arrays(y_true, y_pred, sample_weight);
  if (const auto labels = arrays.count_equal()) {
    return share(labels->equal, arrays.rows(), normalize);
  }
  const ConfusionCounts state = count(arrays);
  return runtime::enter([&] {
    return AccuracyAnswer{normalize ? formulas::accuracy(state) : formulas::correct(state),
                          weights_cancel(state)};
  });
}

AccuracyAnswer error_rate(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                          bool normalize) {
  const PairArrays arrays(y_true, y_pred, sample_weight);
  if (const auto labels = arrays.count_equal()) {
    return share(labels->different, arrays.rows(), normalize);
  }
  const ConfusionCounts state = count(arrays);
  return runtime::enter([&] {
    return AccuracyAnswer{normalize ? formulas::error_rate(state) : formulas::errors(state),
                          weights_cancel(state)};
  });
}

namespace {

// The selected labels: the positive one alone when `binary`.
formulas::Selection selected(const ConfusionCounts& state, PyObject* labels, PyObject* pos_label,
                             bool binary, SelectionFacts& facts) {
  facts.labels_seen = state.labels().size();
  if (!binary) return select(state.labels(), labels);
  const std::ptrdiff_t positive = position_of(state.labels(), pos_label);
  facts.pos_label_seen = positive != kAbsent;
  return {positive};
}

}  // namespace

PrfAnswer precision_recall_fscore(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                  PyObject* labels, PyObject* pos_label, bool binary,
                                  const formulas::PrfOptions& options) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  PrfAnswer answer;
  const formulas::Selection selection = selected(state, labels, pos_label, binary, answer.facts);
  runtime::enter([&] {
    answer.scores = formulas::precision_recall_fscore(state, selection, options);
    if (options.average == formulas::Average::per_label && !binary) {
      answer.none_correct = formulas::none_correct(state);
    }
    answer.facts.weights_cancel = weights_cancel(state);
  });
  return answer;
}

JaccardAnswer jaccard(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* labels,
                      PyObject* pos_label, bool binary, const formulas::JaccardOptions& options) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  JaccardAnswer answer;
  const formulas::Selection selection = selected(state, labels, pos_label, binary, answer.facts);
  runtime::enter([&] {
    answer.scores = formulas::jaccard(state, selection, options);
    answer.facts.weights_cancel = weights_cancel(state);
  });
  return answer;
}

ReportAnswer report(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight, PyObject* labels,
                    double zero_division) {
  const ConfusionCounts state = count(PairArrays(y_true, y_pred, sample_weight));
  const formulas::Selection selection = select(state.labels(), labels);
  return runtime::enter([&] {
    return ReportAnswer{formulas::classification_report(state, selection, zero_division),
                        state.labels(), weights_cancel(state)};
  });
}

ConfusionTable confusion_table(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                               PyObject* more_weight, PyObject* labels) {
  ConfusionTable table;
  table.state = count(PairArrays(y_true, y_pred, sample_weight));
  if (more_weight != Py_None) table.state.merge(count(PairArrays(y_true, y_pred, more_weight)));
  table.selection = select(table.state.labels(), labels);
  formulas::keep_last(table.selection);
  table.any_true = any_true(table.state, table.selection);
  table.weights_cancel = weights_cancel(table.state);
  return table;
}

void ConfusionTable::write(PyObject* out, formulas::Normalize normalize) const {
  write_matrix(state, selection, normalize, out);
}

OneAgainstRest one_against_rest(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                PyObject* labels) {
  OneAgainstRest answer;
  answer.state = count(PairArrays(y_true, y_pred, sample_weight));
  answer.selection = select(answer.state.labels(), labels);
  answer.weights_cancel = weights_cancel(answer.state);
  return answer;
}

void OneAgainstRest::write(PyObject* out) const {
  write_against_rest(state.result(), selection, out);
}

void write_against_rest(const metrics::Marginals& marginals, const formulas::Selection& selection,
                        PyObject* out) {
  const Buffer buffer(out, "out", Access::write);
  if (!buffer.is_contiguous() || buffer.items() != 4 * selection.size()) {
    throw ShapeError("out: expected a contiguous array with four cells for each label");
  }
  if (buffer.dtype() == DType::int64) {
    formulas::one_against_rest(marginals, selection, static_cast<std::int64_t*>(buffer.data()));
  } else if (buffer.dtype() == DType::float64) {
    runtime::enter([&] {
      formulas::one_against_rest(marginals, selection, static_cast<double*>(buffer.data()));
    });
  } else {
    throw InvalidType("out: expected int64 for counts, or float64");
  }
}

void write_matrix(const ConfusionCounts& state, const formulas::Selection& selection,
                  formulas::Normalize normalize, PyObject* out) {
  const Buffer buffer(out, "out", Access::write);
  if (!buffer.is_contiguous() || buffer.items() != selection.size() * selection.size()) {
    throw ShapeError("out: expected a contiguous array with a cell for each pair of labels");
  }
  if (buffer.dtype() == DType::int64 && normalize == formulas::Normalize::none) {
    runtime::enter([&] {
      formulas::confusion_matrix(state, selection, static_cast<std::int64_t*>(buffer.data()));
    });
  } else if (buffer.dtype() == DType::float64) {
    runtime::enter([&] {
      formulas::confusion_matrix(state, selection, normalize, static_cast<double*>(buffer.data()));
    });
  } else {
    throw InvalidType("out: expected int64 for counts, or float64");
  }
}

}  // namespace lstmetrics::border
