// ScoreCounts as a Python class.
#include "lstmetrics/metrics/score_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/formulas/ranking.hpp"
#include "lstmetrics/metrics/formulas/ranking_averages.hpp"
#include "lstmetrics/metrics/formulas/ranking_curves.hpp"

namespace lstmetrics::border {
namespace {

namespace formulas = metrics::formulas;
using formulas::Average;
using formulas::Curve;
using formulas::CurveKind;
using formulas::Ranking;
using formulas::RankingMetric;
using metrics::ScoreCounts;
using metrics::ScoreParameters;
using metrics::ScoreTask;
using ScoresState = metrics::Guarded<ScoreCounts>;

// Of two labels the positive one is named, or the greater; of more each has a column; of none,
// `columns` labels of an indicator.
std::unique_ptr<ScoresState> make_scores(const py::object& labels, const py::object& pos_label,
                                         std::size_t columns, std::uint64_t max_points,
                                         bool probabilities) {
  ScoreParameters parameters = ScoreParameters::multilabel(columns);
  if (!labels.is_none()) {
    const metrics::LabelSet all(label_list(labels.ptr(), "labels"));
    if (all.size() < 2) throw InvalidValue("labels must be at least two, got " + all.names());
    if (all.size() > 2) {
      parameters = ScoreParameters::multiclass(all, true);
    } else {
      const std::ptrdiff_t positive = pos_label.is_none() ? 1 : position_of(all, pos_label.ptr());
      if (positive == metrics::kAbsent) {
        throw InvalidValue("pos_label=" + py::repr(pos_label).cast<std::string>() +
                           " is not a valid label. It should be one of " + all.names());
      }
      parameters = ScoreParameters::binary(all, positive);
    }
  }
  parameters.limits.max_points = max_points;
  if (probabilities) parameters.limits.map = metrics::KeyMap::probability;
  return std::make_unique<ScoresState>(ScoreCounts(std::move(parameters)));
}

void update_labels(ScoresState& self, const py::object& y_true, const py::object& y_score,
                   const py::object& sample_weight) {
  const LossArrays arrays(y_true.ptr(), y_score.ptr(), sample_weight.ptr(), "y_score");
  without_gil([&] {
    self.write([&](ScoreCounts& state) {
      state.update(arrays.y_true(), arrays.probabilities(), arrays.weights());
    });
  });
}

void update_indicator(ScoresState& self, const py::object& y_true, const py::object& y_score,
                      const py::object& sample_weight) {
  const Buffer truth(y_true.ptr(), "y_true");
  const Buffer scores(y_score.ptr(), "y_score");
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  const Matrix indicator = truth.matrix();
  const Matrix table = scores.matrix();
  without_gil([&] {
    self.write([&](ScoreCounts& state) { state.update(indicator, table, weights.get()); });
  });
}

// The value of each column, and their average. Codes are those of _arrays: RANKING_METRICS,
// AVERAGES, CURVES.
std::pair<std::vector<double>, double> values_of(const ScoresState& self, int metric, int average,
                                                 double max_fpr) {
  return read(self, [&](const ScoreCounts& state) {
    formulas::RankingColumns found = formulas::ranking_columns(
        state, static_cast<RankingMetric>(metric), static_cast<Average>(average), max_fpr);
    return std::pair(std::move(found.values), found.average);
  });
}

double one_vs_one_of(const ScoresState& self, bool weighted) {
  return read(self, [&](const ScoreCounts& state) {
    return formulas::one_vs_one_roc_auc(state, RankingMetric::roc_auc, weighted);
  });
}

Ranking column_of(const ScoresState& self, std::size_t column) {
  return read(self, [&](const ScoreCounts& state) { return Ranking::of_column(state, column); });
}

std::tuple<Floats, Floats, Floats> curve_of(const ScoresState& self, int kind,
                                            bool drop_intermediate, std::size_t column) {
  const Curve curve = without_gil([&] {
    return Curve(self.read([&](const ScoreCounts& s) { return Ranking::of_column(s, column); }),
                 static_cast<CurveKind>(kind), drop_intermediate);
  });
  const auto points = static_cast<py::ssize_t>(curve.points());
  Floats x(points);
  Floats y(points);
  Floats thresholds(static_cast<py::ssize_t>(curve.thresholds()));
  runtime::enter(
      [&] { curve.write(x.mutable_data(), y.mutable_data(), thresholds.mutable_data()); });
  return {std::move(x), std::move(y), std::move(thresholds)};
}

// Five rows: true negatives, false positives, false negatives, true positives, thresholds.
Floats outcomes_of(const ScoresState& self, std::size_t column) {
  const Ranking ranking = column_of(self, column);
  const std::size_t size = without_gil([&] { return formulas::thresholds_of(ranking); });
  Floats rows({py::ssize_t{5}, static_cast<py::ssize_t>(size)});
  double* const first = rows.mutable_data();
  const auto row = [&](std::size_t i) { return first + i * size; };
  runtime::enter(
      [&] { formulas::write_outcomes(ranking, size, {row(0), row(1), row(2), row(3), row(4)}); });
  return rows;
}

double standard_error_of(const ScoresState& self, std::size_t column) {
  return read(self, [&](const ScoreCounts& state) {
    return formulas::roc_auc_standard_error(Ranking::of_column(state, column));
  });
}

std::pair<double, double> bounds_of(const ScoresState& self, std::size_t column, double level) {
  return read(self, [&](const ScoreCounts& state) {
    const Ranking ranking = Ranking::of_column(state, column);
    const formulas::Bounds bounds = formulas::normal_bounds(
        formulas::roc_auc(ranking), formulas::roc_auc_standard_error(ranking), level);
    return std::pair(bounds.low < 0 ? 0.0 : bounds.low, bounds.high > 1 ? 1.0 : bounds.high);
  });
}

template <class F>
auto parameter(F f) {
  return formula<ScoreCounts>([f](const ScoreCounts& s) { return f(s.parameters()); });
}

}  // namespace

void register_scores(py::module_& module) {
  auto type = register_accumulator<ScoreCounts>(
      module, "ScoreCounts", "How often each score came for positives and for negatives.");
  type.def(py::init(&make_scores), py::arg("labels"), py::arg("pos_label"), py::arg("columns"),
           py::arg("max_points"), py::arg("probabilities"))
      .def("update", &update_labels, py::arg("y_true"), py::arg("y_score"),
           py::arg("sample_weight") = py::none())
      .def("update_indicator", &update_indicator, py::arg("y_true"), py::arg("y_score"),
           py::arg("sample_weight") = py::none())
      .def("values", &values_of, py::arg("metric"), py::arg("average"), py::arg("max_fpr"))
      .def("one_vs_one", &one_vs_one_of, py::arg("weighted"))
      .def("curve", &curve_of, py::arg("kind"), py::arg("drop_intermediate"), py::arg("column"))
      .def("outcomes", &outcomes_of, py::arg("column"))
      .def("standard_error", &standard_error_of, py::arg("column"))
      .def("bounds", &bounds_of, py::arg("column"), py::arg("level"))
      .def_property_readonly(
          "labels",
          [](const ScoresState& self) {
            return list_of(read(self, [](const ScoreCounts& s) { return s.parameters().labels; }));
          })
      .def_property_readonly("positive",
                             parameter([](const ScoreParameters& p) { return p.positive; }))
      .def_property_readonly("columns",
                             parameter([](const ScoreParameters& p) { return p.columns; }))
      .def_property_readonly(
          "max_points", parameter([](const ScoreParameters& p) { return p.limits.max_points; }))
      .def_property_readonly("probabilities", parameter([](const ScoreParameters& p) {
                               return p.limits.map == metrics::KeyMap::probability;
                             }))
      .def_property_readonly("is_multilabel", parameter([](const ScoreParameters& p) {
                               return p.task == ScoreTask::multilabel;
                             }))
      .def_property_readonly("samples",
                             formula<ScoreCounts>([](const ScoreCounts& s) { return s.samples(); }))
      .def_property_readonly("is_weighted", formula<ScoreCounts>([](const ScoreCounts& s) {
                               return s.is_weighted();
                             }));
}

}  // namespace lstmetrics::border
