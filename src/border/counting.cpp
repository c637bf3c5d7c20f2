#include "border/counting.hpp"

#include <algorithm>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

using metrics::ConfusionCounts;
using metrics::kAbsent;
using metrics::formulas::Selection;

PairArrays::PairArrays(PyObject* y_true, PyObject* y_pred, PyObject* sample_weight)
    : y_true_(y_true, "y_true", Objects::text), y_pred_(y_pred, "y_pred", Objects::text) {
  if (sample_weight != Py_None) weights_.emplace(sample_weight, "sample_weight");
  // An empty input has no score; scikit-learn refuses it.
  if (y_true_.size() == 0) throw InvalidValue("y_true is empty: at least 1 sample is required");
}

void PairArrays::update(ConfusionCounts& state) const {
  const metrics::ConfusionOptions options{.allow_negative_weights = true};
  if (!weights_) return state.update(y_true_.column(), y_pred_.column(), nullptr, options);
  const Column weights = weights_->column();
  state.update(y_true_.column(), y_pred_.column(), &weights, options);
}

std::optional<metrics::EqualLabels> PairArrays::count_equal() const {
  if (weights_) return std::nullopt;
  return unlocked(rows(), [&] {
    return runtime::enter([&] { return metrics::count_equal(y_true_.column(), y_pred_.column()); });
  });
}

ConfusionCounts count(const PairArrays& arrays) {
  ConfusionCounts state;
  unlocked(arrays.rows(), [&] { runtime::enter([&] { arrays.update(state); }); });
  return state;
}

bool weights_cancel(const ConfusionCounts& state) {
  return state.is_weighted() && state.result().weight.is_zero();
}

bool any_true(const ConfusionCounts& state, const Selection& selection) {
  const metrics::Marginals marginals = state.result();
  return std::ranges::any_of(selection, [&](std::ptrdiff_t label) {
    return label != kAbsent && marginals.counts[static_cast<std::size_t>(label)].actual > 0;
  });
}

}  // namespace lstmetrics::border
