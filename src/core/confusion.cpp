// ConfusionCounts as a Python class.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "border/buffer.hpp"
#include "border/classification.hpp"
#include "border/counting.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "core/scores.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/agreement.hpp"
#include "lstmetrics/metrics/formulas/chance.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/report.hpp"

namespace lstmetrics::border {
namespace {

using metrics::ConfusionCounts;
namespace formulas = metrics::formulas;
using ConfusionState = metrics::Guarded<ConfusionCounts>;

std::unique_ptr<ConfusionState> make_confusion(const py::object& labels) {
  if (labels.is_none()) return std::make_unique<ConfusionState>();
  return std::make_unique<ConfusionState>(
      ConfusionCounts(metrics::LabelSet(label_list(labels.ptr(), "labels"))));
}

std::unique_ptr<ConfusionState> confusion_from_matrix(const py::object& matrix,
                                                      const py::object& labels, bool declare) {
  const Buffer buffer(matrix.ptr(), "matrix");
  return std::make_unique<ConfusionState>(
      ConfusionCounts::from_matrix(label_list(labels.ptr(), "labels"), buffer.matrix(), declare));
}

void update_confusion(ConfusionState& self, const py::object& y_true, const py::object& y_pred,
                      const py::object& sample_weight) {
  const Labels truth(y_true.ptr(), "y_true");
  const Labels predicted(y_pred.ptr(), "y_pred");
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  without_gil([&] { self.update(truth.column(), predicted.column(), weights.get()); });
}

formulas::Selection selection_of(const ConfusionCounts& state,
                                 const std::optional<metrics::LabelList>& labels) {
  return labels ? state.labels().select(*labels) : formulas::all_labels(state);
}

Scores confusion_scores(const ConfusionState& self, const py::object& labels, int average,
                        double beta, double zero_division) {
  const auto wanted = optional_labels(labels);
  const formulas::PrfOptions options{beta, static_cast<formulas::Average>(average), zero_division};
  return scores_of(read(self, [&](const ConfusionCounts& state) {
    return formulas::precision_recall_fscore(state, selection_of(state, wanted), options);
  }));
}

// Per label, or of all for an average; the average; whether some ratio was 0/0.
std::tuple<Floats, double, bool> confusion_jaccard(const ConfusionState& self,
                                                   const py::object& labels, int average,
                                                   double zero_division) {
  const auto wanted = optional_labels(labels);
  const formulas::JaccardOptions options{static_cast<formulas::Average>(average), zero_division};
  const auto result = read(self, [&](const ConfusionCounts& state) {
    return formulas::jaccard(state, selection_of(state, wanted), options);
  });
  const auto size = static_cast<py::ssize_t>(result.entries.size());
  return {Floats(size, result.entries.data()), result.average, result.undefined};
}

// Scores of the labels, of micro, macro and weighted averages; the support; whether micro is
// accuracy; whether no sample is right.
std::tuple<Scores, Scores, Scores, Scores, double, bool, bool> confusion_report(
    const ConfusionState& self, const py::object& labels, double zero_division) {
  const auto wanted = optional_labels(labels);
  const auto report = read(self, [&](const ConfusionCounts& state) {
    return formulas::classification_report(state, selection_of(state, wanted), zero_division);
  });
  return {scores_of(report.per_label), scores_of(report.micro), scores_of(report.macro),
          scores_of(report.weighted),  report.support,          report.all_labels,
          report.none_correct};
}

formulas::Selection axis_of(const ConfusionCounts& state,
                            const std::optional<metrics::LabelList>& labels) {
  formulas::Selection selection = selection_of(state, labels);
  formulas::keep_last(selection);
  return selection;
}

// The value, and whether it is undefined for want of samples, or of a second label.
std::tuple<double, bool, bool> confusion_kappa(const ConfusionState& self, const py::object& labels,
                                               int disagreement) {
  const auto wanted = optional_labels(labels);
  const auto how = static_cast<formulas::Disagreement>(disagreement);
  const auto kappa = read(self, [&](const ConfusionCounts& state) {
    return formulas::cohen_kappa(state, axis_of(state, wanted), how);
  });
  return {kappa.value, kappa.no_samples, kappa.one_label};
}

// The two ratios; which counts are zero: positives, true and false ones, true negatives.
std::tuple<std::pair<double, double>, std::tuple<bool, bool, bool, bool>> confusion_likelihoods(
    const ConfusionState& self, const py::object& labels) {
  const auto wanted = optional_labels(labels);
  const auto ratios = read(self, [&](const ConfusionCounts& state) {
    const formulas::Selection selection = axis_of(state, wanted);
    if (selection.size() != 2) {
      throw InvalidValue(
          "likelihood ratios need two labels, the negative and the positive one: "
          "pass both as `labels`");
    }
    return formulas::likelihood_ratios(state, selection);
  });
  return {{ratios.positive, ratios.negative},
          {ratios.no_positives, ratios.no_true_positives, ratios.no_false_positives,
           ratios.no_true_negatives}};
}

py::object confusion_against_rest(const ConfusionState& self, const py::object& labels) {
  const auto wanted = optional_labels(labels);
  const ConfusionCounts state = without_gil([&] { return self.copy(); });
  return against_rest(state.result(), selection_of(state, wanted));
}

// A copy taken under the lock, so that the matrix is of one moment although its size must be
// known before the array for it is made.
py::object confusion_table_of(const ConfusionState& self, const py::object& labels, int normalize) {
  const auto wanted = optional_labels(labels);
  const ConfusionCounts state = without_gil([&] { return self.copy(); });
  const formulas::Selection selection = axis_of(state, wanted);
  const auto how = static_cast<formulas::Normalize>(normalize);
  const auto size = static_cast<py::ssize_t>(selection.size());
  const py::array::ShapeContainer shape{size, size};
  const bool as_counts = how == formulas::Normalize::none && !state.is_weighted();
  py::object out = as_counts ? py::object(py::array_t<std::int64_t>(shape))
                             : py::object(py::array_t<double>(shape));
  write_matrix(state, selection, how, out.ptr());
  return out;
}

}  // namespace

void register_confusion(py::module_& module) {
  auto type = register_accumulator<ConfusionCounts>(
      module, "ConfusionCounts", "How often each label was predicted as each other.");
  type.def(py::init(&make_confusion), py::arg("labels") = py::none())
      .def_static("from_matrix", &confusion_from_matrix, py::arg("matrix"), py::arg("labels"),
                  py::arg("declare"))
      .def("update", &update_confusion, py::arg("y_true"), py::arg("y_pred"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly(
          "labels",
          [](const ConfusionState& self) {
            return list_of(read(self, [](const ConfusionCounts& s) { return s.labels(); }));
          })
      .def_property_readonly("is_declared", formula<ConfusionCounts>([](const ConfusionCounts& s) {
                               return s.is_declared();
                             }))
      .def_property_readonly(
          "samples", formula<ConfusionCounts>([](const ConfusionCounts& s) { return s.samples(); }))
      .def_property_readonly("is_weighted", formula<ConfusionCounts>([](const ConfusionCounts& s) {
                               return s.is_weighted();
                             }))
      .def("accuracy",
           formula<ConfusionCounts>([](const ConfusionCounts& s) { return formulas::accuracy(s); }))
      .def("correct", formula<ConfusionCounts>(&formulas::correct))
      .def("error_rate", formula<ConfusionCounts>(&formulas::error_rate))
      .def("errors", formula<ConfusionCounts>(&formulas::errors))
      .def("matthews_corrcoef", formula<ConfusionCounts>(&formulas::matthews_corrcoef))
      .def("chance_test",
           [](const ConfusionState& self) {
             const formulas::TestResult test = read(
                 self, [](const ConfusionCounts& state) { return formulas::chance_test(state); });
             return std::pair{test.statistic, test.p_value};
           })
      .def("cohen_kappa", &confusion_kappa, py::arg("labels"), py::arg("disagreement"))
      .def("likelihood_ratios", &confusion_likelihoods, py::arg("labels"))
      .def("jaccard", &confusion_jaccard, py::arg("labels"), py::arg("average"),
           py::arg("zero_division"))
      .def("report", &confusion_report, py::arg("labels"), py::arg("zero_division"))
      .def("one_against_rest", &confusion_against_rest, py::arg("labels"))
      .def(
          "balanced_accuracy",
          [](const ConfusionState& self, bool adjusted) {
            const auto answer = read(self, [&](const ConfusionCounts& s) {
              return formulas::balanced_accuracy(s, adjusted);
            });
            return std::pair(answer.value, answer.labels_dropped);
          },
          py::arg("adjusted"))
      .def("scores", &confusion_scores, py::arg("labels"), py::arg("average"), py::arg("beta"),
           py::arg("zero_division"))
      .def("matrix", &confusion_table_of, py::arg("labels"), py::arg("normalize"));
}

}  // namespace lstmetrics::border
