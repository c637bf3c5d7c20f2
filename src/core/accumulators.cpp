// The states as Python classes: what each has beyond the template.
#include "core/accumulators.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "border/buffer.hpp"
#include "border/classification.hpp"
#include "border/counting.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/formulas/agreement.hpp"
#include "lstmetrics/metrics/formulas/classification.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/metrics/formulas/report.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::border {
namespace {

using metrics::ConfusionCounts;
using metrics::Guarded;
using metrics::LossSum;
using metrics::TokenLoss;
namespace formulas = metrics::formulas;
using ConfusionState = Guarded<ConfusionCounts>;
using LossState = Guarded<LossSum>;
using TokenState = Guarded<TokenLoss>;

// f(const A&) under the state's lock and without the GIL.
template <class State, class F>
decltype(auto) read(const State& state, F&& f) {
  return without_gil([&] { return state.read(f); });
}

// A method that is a formula over the state.
template <class A, class F>
auto formula(F f) {
  return [f](const Guarded<A>& self) { return read(self, f); };
}

using LabelNames = py::typing::Union<py::typing::List<py::int_>, py::typing::List<py::str>>;

LabelNames list_of(const metrics::LabelSet& labels) {
  py::list list;
  for (const std::int64_t label : labels.integers()) list.append(label);
  for (const std::string& label : labels.texts()) list.append(label);
  return list;
}

// ---- confusion ----------------------------------------------------------------------------------

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

std::optional<metrics::LabelList> optional_labels(const py::object& labels) {
  if (labels.is_none()) return std::nullopt;
  return label_list(labels.ptr(), "labels");
}

using Floats = py::array_t<double>;
// Per label: precision, recall, F. Support. Their averages. Whether each was 0/0 somewhere.
using Scores = std::tuple<std::tuple<Floats, Floats, Floats>, Floats,
                          std::tuple<double, double, double>, std::tuple<bool, bool, bool>>;

Floats column_of(const std::vector<formulas::Prf>& entries, double formulas::Prf::* member) {
  Floats column(static_cast<py::ssize_t>(entries.size()));
  double* out = column.mutable_data();
  for (const formulas::Prf& entry : entries) *out++ = entry.*member;
  return column;
}

Scores scores_of(const formulas::PrfResult& result) {
  using formulas::Prf;
  const auto column = [&](double Prf::* member) { return column_of(result.entries, member); };
  const auto size = static_cast<py::ssize_t>(result.support.size());
  const Prf& average = result.average;
  return {{column(&Prf::precision), column(&Prf::recall), column(&Prf::f_score)},
          Floats(size, result.support.data()),
          {average.precision, average.recall, average.f_score},
          {result.precision_undefined, result.recall_undefined, result.f_score_undefined}};
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
  keep_last(selection);
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
  const formulas::Selection selection = selection_of(state, wanted);
  const auto size = static_cast<py::ssize_t>(selection.size());
  const py::array::ShapeContainer shape{size, py::ssize_t{2}, py::ssize_t{2}};
  py::object out = state.is_weighted() ? py::object(py::array_t<double>(shape))
                                       : py::object(py::array_t<std::int64_t>(shape));
  write_against_rest(state, selection, out.ptr());
  return out;
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
      .def("accuracy", formula<ConfusionCounts>(&formulas::accuracy))
      .def("correct", formula<ConfusionCounts>(&formulas::correct))
      .def("error_rate", formula<ConfusionCounts>(&formulas::error_rate))
      .def("errors", formula<ConfusionCounts>(&formulas::errors))
      .def("matthews_corrcoef", formula<ConfusionCounts>(&formulas::matthews_corrcoef))
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

// ---- losses -------------------------------------------------------------------------------------

metrics::Loss loss_named(const std::string& name) {
  if (name == "log_loss") return metrics::Loss::log_loss;
  if (name == "brier") return metrics::Loss::brier;
  if (name == "user") return metrics::Loss::user;
  throw InvalidValue("loss must be 'log_loss', 'brier' or 'user', got '" + name + "'");
}

const char* name_of(metrics::Loss loss) {
  switch (loss) {
    case metrics::Loss::log_loss:
      return "log_loss";
    case metrics::Loss::brier:
      return "brier";
    case metrics::Loss::user:
      return "user";
  }
  return "unknown";
}

std::unique_ptr<LossState> make_loss(const std::string& loss, const py::object& labels) {
  const metrics::Loss kind = loss_named(loss);
  if (!labels.is_none() && py::len(labels) == 0) throw InvalidValue("labels must not be empty");
  return std::make_unique<LossState>(
      LossSum(kind, metrics::LabelSet(label_list(labels.ptr(), "labels"))));
}

std::int64_t update_loss(LossState& self, const py::object& y_true, const py::object& y_proba,
                         const py::object& sample_weight) {
  const LossArrays arrays(y_true.ptr(), y_proba.ptr(), sample_weight.ptr());
  return without_gil([&] {
    return self.write(
        [&](LossSum& state) { return arrays.update(state, false).rows_not_summing_to_one; });
  });
}

void update_losses(LossState& self, const py::object& losses, const py::object& sample_weight) {
  const Buffer buffer(losses.ptr(), "losses");
  const Column column = buffer.column();
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  without_gil(
      [&] { self.write([&](LossSum& state) { state.update_losses(column, weights.get()); }); });
}

template <class F>
auto of_moments(F f) {
  return formula<LossSum>([f](const LossSum& state) { return f(state.result()); });
}

void register_loss(py::module_& module) {
  auto type = register_accumulator<LossSum>(module, "LossSum", "Exact sums of a loss.");
  type.def(py::init(&make_loss), py::arg("loss"), py::arg("labels") = py::none())
      .def("update", &update_loss, py::arg("y_true"), py::arg("y_proba"),
           py::arg("sample_weight") = py::none())
      .def("update_losses", &update_losses, py::arg("losses"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly(
          "loss",
          [](const LossState& self) {
            return name_of(read(self, [](const LossSum& s) { return s.loss(); }));
          })
      .def_property_readonly(
          "labels",
          [](const LossState& self) {
            return list_of(read(self, [](const LossSum& s) { return s.labels(); }));
          })
      .def_property_readonly("is_declared",
                             formula<LossSum>([](const LossSum& s) { return s.is_declared(); }))
      .def_property_readonly("samples",
                             formula<LossSum>([](const LossSum& s) { return s.samples(); }))
      .def("value", of_moments(&formulas::mean_loss))
      .def("total", of_moments(&formulas::total_loss))
      .def(
          "brier_score",
          [](const LossState& self, bool half) {
            return read(self, [half](const LossSum& state) {
              return formulas::brier_score(state.result(), half);
            });
          },
          py::arg("half"))
      .def("d2_log_loss", formula<LossSum>(&formulas::d2_log_loss))
      .def("d2_brier", formula<LossSum>(&formulas::d2_brier))
      .def("standard_error", of_moments(&formulas::mean_loss_standard_error));
}

// ---- tokens -------------------------------------------------------------------------------------

void update_logits(TokenState& self, const py::object& logits, const py::object& targets,
                   const py::object& mask, const py::object& sample_weight, bool log_probabilities,
                   const py::object& ignore_index, std::int64_t characters, std::int64_t bytes) {
  const TokenArrays arrays(logits.ptr(), targets.ptr(), mask.ptr(), sample_weight.ptr());
  metrics::TokenOptions options = arrays.options(log_probabilities, ignore_index.ptr());
  options.characters = characters;
  options.bytes = bytes;
  without_gil([&] {
    self.write(
        [&](TokenLoss& state) { state.update_logits(arrays.matrix(), arrays.targets(), options); });
  });
}

void update_nll(TokenState& self, const py::object& nll, const py::object& mask,
                const py::object& sample_weight, const py::object& correct, std::int64_t characters,
                std::int64_t bytes) {
  const Buffer buffer(nll.ptr(), "nll");
  const Column column = buffer.column();
  const OptionalColumn masked(mask.ptr(), "mask");
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  const OptionalColumn right(correct.ptr(), "correct");
  const metrics::NllOptions options{masked.get(), weights.get(), right.get(), characters, bytes};
  without_gil([&] { self.write([&](TokenLoss& state) { state.update_nll(column, options); }); });
}

std::vector<std::pair<std::int64_t, double>> top_k_accuracies(const TokenState& self) {
  return read(self, [](const TokenLoss& state) {
    std::vector<std::pair<std::int64_t, double>> all;
    const metrics::TokenSums& sums = state.result();
    for (std::size_t i = 0; i < sums.top.size(); ++i) {
      all.emplace_back(sums.top[i].k, formulas::top_k_accuracy(sums, i));
    }
    return all;
  });
}

template <class F>
auto of_tokens(F f) {
  return formula<TokenLoss>([f](const TokenLoss& state) { return f(state.result()); });
}

void register_tokens(py::module_& module) {
  using metrics::TokenSums;
  auto type = register_accumulator<TokenLoss>(module, "TokenLoss",
                                              "The exact loss of a language model over tokens.");
  type.def(py::init([](std::vector<std::int64_t> top_k) {
             return std::make_unique<TokenState>(TokenLoss(std::move(top_k)));
           }),
           py::arg("top_k"))
      .def("update_logits", &update_logits, py::arg("logits"), py::arg("targets"), py::arg("mask"),
           py::arg("sample_weight"), py::arg("log_probabilities"), py::arg("ignore_index"),
           py::arg("characters"), py::arg("bytes"))
      .def("update_nll", &update_nll, py::arg("nll"), py::arg("mask"), py::arg("sample_weight"),
           py::arg("correct"), py::arg("characters"), py::arg("bytes"))
      .def_property_readonly("top_k",
                             formula<TokenLoss>([](const TokenLoss& s) { return s.top_k(); }))
      .def_property_readonly("tokens",
                             formula<TokenLoss>([](const TokenLoss& s) { return s.tokens(); }))
      .def_property_readonly("characters",
                             of_tokens([](const TokenSums& s) { return s.characters; }))
      .def_property_readonly("bytes", of_tokens([](const TokenSums& s) { return s.bytes; }))
      .def("cross_entropy", of_tokens(&formulas::cross_entropy))
      .def("perplexity", of_tokens(&formulas::perplexity))
      .def("bits_per_token", of_tokens(&formulas::bits_per_token))
      .def("bits_per_character", of_tokens(&formulas::bits_per_character))
      .def("bits_per_byte", of_tokens(&formulas::bits_per_byte))
      .def("total", of_tokens([](const TokenSums& s) { return formulas::total_loss(s.nll); }))
      .def("standard_error",
           of_tokens([](const TokenSums& s) { return formulas::mean_loss_standard_error(s.nll); }))
      .def("token_accuracy", of_tokens(&formulas::token_accuracy))
      .def("top_k_accuracies", &top_k_accuracies);
}

}  // namespace

void register_accumulators(py::module_& module) {
  register_confusion(module);
  register_loss(module);
  register_tokens(module);
}

}  // namespace lstmetrics::border
