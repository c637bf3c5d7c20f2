#include "border/classification.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "border/buffer.hpp"
#include "border/errors.hpp"
#include "border/gil.hpp"
#include "border/labels.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

using metrics::ConfusionCounts;
using metrics::kAbsent;
namespace formulas = metrics::formulas;

bool weights_cancel(const ConfusionCounts& state) {
  return state.is_weighted() && state.result().weight.is_zero();
}

// The arrays of one call.
class Arrays {
 public:
  Arrays(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight)
      : y_true_(y_true, "y_true", Objects::text), y_pred_(y_pred, "y_pred", Objects::text) {
    if (sample_weight != Py_None) weights_.emplace(sample_weight, "sample_weight");
    // An empty input has no score; scikit-learn refuses it.
    if (y_true_.size() == 0) throw InvalidValue("y_true is empty: at least 1 sample is required");
  }

  std::size_t rows() const noexcept { return y_true_.size(); }

  void update(ConfusionCounts& state) const {
    const metrics::ConfusionOptions options{.allow_negative_weights = true};
    if (!weights_) return state.update(y_true_.column(), y_pred_.column(), nullptr, options);
    const Column weights = weights_->column();
    state.update(y_true_.column(), y_pred_.column(), &weights, options);
  }

 private:
  Labels y_true_;
  Labels y_pred_;
  std::optional<Buffer> weights_;
};

ConfusionCounts count(const Arrays& arrays) {
  ConfusionCounts state;
  unlocked(arrays.rows(), [&] { runtime::enter([&] { arrays.update(state); }); });
  return state;
}

}  // namespace

AccuracyAnswer accuracy(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                        bool normalize) {
  const ConfusionCounts state = count(Arrays(y_true, y_pred, sample_weight));
  return runtime::enter([&] {
    return AccuracyAnswer{normalize ? formulas::accuracy(state) : formulas::correct(state),
                          weights_cancel(state)};
  });
}

PrfAnswer precision_recall_fscore(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                                  PyObject* labels, PyObject* pos_label, bool binary,
                                  const formulas::PrfOptions& options) {
  const ConfusionCounts state = count(Arrays(y_true, y_pred, sample_weight));
  PrfAnswer answer;
  answer.labels_seen = state.labels().size();
  formulas::Selection selection;
  if (binary) {
    selection.push_back(position_of(state.labels(), pos_label));
    answer.pos_label_seen = selection.front() != kAbsent;
  } else {
    selection = select(state.labels(), labels);
  }
  runtime::enter([&] {
    answer.scores = formulas::precision_recall_fscore(state, selection, options);
    answer.weights_cancel = weights_cancel(state);
  });
  return answer;
}

ConfusionTable confusion_table(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight,
                               PyObject* labels) {
  ConfusionTable table;
  table.state = count(Arrays(y_true, y_pred, sample_weight));
  table.selection = select(table.state.labels(), labels);
  keep_last(table.selection);
  const metrics::Marginals marginals = table.state.result();
  table.any_true = std::ranges::any_of(table.selection, [&](std::ptrdiff_t label) {
    return label != kAbsent && marginals.counts[static_cast<std::size_t>(label)].actual > 0;
  });
  table.weights_cancel = marginals.weighted && marginals.weight.is_zero();
  return table;
}

void ConfusionTable::write(PyObject* out, formulas::Normalize normalize) const {
  write_matrix(state, selection, normalize, out);
}

void keep_last(formulas::Selection& selection) {
  std::unordered_set<std::ptrdiff_t> placed;
  for (auto label = selection.rbegin(); label != selection.rend(); ++label) {
    if (*label != kAbsent && !placed.insert(*label).second) *label = kAbsent;
  }
}

void write_matrix(const ConfusionCounts& state, const formulas::Selection& selection,
                  formulas::Normalize normalize, PyObject* out) {
  const Buffer buffer(out, "out", Access::write);
  if (!buffer.is_contiguous() || buffer.items() != selection.size() * selection.size()) {
    throw ShapeError("out: expected a contiguous array with a cell for each pair of labels");
  }
  if (buffer.dtype() == DType::int64 && normalize == formulas::Normalize::none) {
    formulas::confusion_matrix(state, selection, static_cast<std::int64_t*>(buffer.data()));
  } else if (buffer.dtype() == DType::float64) {
    runtime::enter([&] {
      formulas::confusion_matrix(state, selection, normalize, static_cast<double*>(buffer.data()));
    });
  } else {
    throw InvalidType("out: expected int64 for counts, or float64");
  }
}

}  // namespace lstmetrics::border
