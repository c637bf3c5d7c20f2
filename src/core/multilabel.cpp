// MultilabelCounts as a Python class.
#include "border/multilabel.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "core/scores.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/formulas/multilabel.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"

namespace lstmetrics::border {
namespace {

using metrics::MultilabelCounts;
using MultilabelState = metrics::Guarded<MultilabelCounts>;

std::unique_ptr<MultilabelState> make_multilabel(std::optional<std::size_t> labels) {
  if (!labels) return std::make_unique<MultilabelState>();
  return std::make_unique<MultilabelState>(MultilabelCounts(*labels));
}

void update_multilabel(MultilabelState& self, const py::object& y_true, const py::object& y_pred,
                       const py::object& sample_weight) {
  const IndicatorArrays arrays(y_true.ptr(), y_pred.ptr(), sample_weight.ptr());
  without_gil([&] { self.write([&](MultilabelCounts& state) { arrays.update(state, false); }); });
}

using Columns = std::optional<std::vector<std::int64_t>>;

formulas::Selection selection_of(const MultilabelCounts& state, const Columns& labels) {
  if (!labels) return formulas::all_labels(state.result());
  formulas::Selection selection;
  const auto count = static_cast<std::int64_t>(state.labels());
  for (const std::int64_t label : *labels) {
    if (label < 0 || label >= count) {
      throw InvalidValue("All labels must be in [0, n labels) for multilabel targets. Got " +
                         std::to_string(label) + " of " + std::to_string(count));
    }
    selection.push_back(static_cast<std::ptrdiff_t>(label));
  }
  return selection;
}

Scores multilabel_scores(const MultilabelState& self, const Columns& labels, int average,
                         double beta, double zero_division) {
  const formulas::PrfOptions options{beta, static_cast<formulas::Average>(average), zero_division};
  return scores_of(read(self, [&](const MultilabelCounts& state) {
    return formulas::precision_recall_fscore(state, selection_of(state, labels), options);
  }));
}

// Per label; the average; whether some ratio was 0/0.
std::tuple<Floats, double, bool> multilabel_jaccard_of(const MultilabelState& self,
                                                       const Columns& labels, int average,
                                                       double zero_division) {
  const formulas::JaccardOptions options{static_cast<formulas::Average>(average), zero_division};
  const auto result = read(self, [&](const MultilabelCounts& state) {
    return formulas::jaccard(state, selection_of(state, labels), options);
  });
  const auto size = static_cast<py::ssize_t>(result.entries.size());
  return {Floats(size, result.entries.data()), result.average, result.undefined};
}

// Scores of the labels, of micro, macro and weighted averages, and of samples; the support.
std::tuple<Scores, Scores, Scores, Scores, Scores, double> multilabel_report_of(
    const MultilabelState& self, double zero_division) {
  const auto [labels, samples] = read(self, [&](const MultilabelCounts& state) {
    return formulas::classification_report(state, formulas::all_labels(state.result()),
                                           zero_division);
  });
  return {scores_of(labels.per_label), scores_of(labels.micro), scores_of(labels.macro),
          scores_of(labels.weighted),  scores_of(samples),      labels.support};
}

// The bounds of a rate of labels, averaged.
std::tuple<double, double> multilabel_bounds(const MultilabelState& self, const Columns& labels,
                                             int rate, int average, double zero_division,
                                             double level) {
  const formulas::JaccardOptions options{static_cast<formulas::Average>(average), zero_division};
  const formulas::Bounds bounds = read(self, [&](const MultilabelCounts& state) {
    return formulas::bounds_by_label(state, selection_of(state, labels),
                                     static_cast<formulas::LabelRate>(rate), options, level);
  });
  return {bounds.low, bounds.high};
}

py::object multilabel_against_rest(const MultilabelState& self, const Columns& labels) {
  const MultilabelCounts state = without_gil([&] { return self.copy(); });
  return against_rest(state.result(), selection_of(state, labels));
}

}  // namespace

void register_multilabel(py::module_& module) {
  auto type = register_accumulator<MultilabelCounts>(
      module, "MultilabelCounts", "What came of the labels of samples that may have several.");
  type.def(py::init(&make_multilabel), py::arg("labels") = py::none())
      .def("update", &update_multilabel, py::arg("y_true"), py::arg("y_pred"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly(
          "labels", formula<MultilabelCounts>([](const MultilabelCounts& s) { return s.labels(); }))
      .def_property_readonly("samples", formula<MultilabelCounts>(
                                            [](const MultilabelCounts& s) { return s.samples(); }))
      .def_property_readonly(
          "is_declared",
          formula<MultilabelCounts>([](const MultilabelCounts& s) { return s.is_declared(); }))
      .def_property_readonly(
          "is_weighted",
          formula<MultilabelCounts>([](const MultilabelCounts& s) { return s.is_weighted(); }))
      .def("accuracy", formula<MultilabelCounts>(
                           [](const MultilabelCounts& s) { return formulas::accuracy(s); }))
      .def("error_rate", formula<MultilabelCounts>(
                             [](const MultilabelCounts& s) { return formulas::error_rate(s); }))
      .def("correct", formula<MultilabelCounts>(
                          [](const MultilabelCounts& s) { return formulas::correct(s); }))
      .def("errors",
           formula<MultilabelCounts>([](const MultilabelCounts& s) { return formulas::errors(s); }))
      .def("hamming_loss", formula<MultilabelCounts>(&formulas::hamming_loss))
      .def("scores", &multilabel_scores, py::arg("labels"), py::arg("average"), py::arg("beta"),
           py::arg("zero_division"))
      .def("jaccard", &multilabel_jaccard_of, py::arg("labels"), py::arg("average"),
           py::arg("zero_division"))
      .def("report", &multilabel_report_of, py::arg("zero_division"))
      .def("bounds_by_label", &multilabel_bounds, py::arg("labels"), py::arg("rate"),
           py::arg("average"), py::arg("zero_division"), py::arg("level"))
      .def("one_against_rest", &multilabel_against_rest, py::arg("labels"));
  register_replicates<MultilabelCounts>(
      type, "row_replicates", [](const MultilabelCounts& state) { return state.row_replicator(); });
}

}  // namespace lstmetrics::border
