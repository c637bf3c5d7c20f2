// PairedScores as a Python class.
#include "lstmetrics/metrics/paired_scores.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "border/buffer.hpp"
#include "border/labels.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/paired_areas.hpp"

namespace lstmetrics::border {
namespace {

using metrics::PairedScores;
namespace formulas = metrics::formulas;
using ScoresState = metrics::Guarded<PairedScores>;

std::unique_ptr<ScoresState> make_scores(const py::object& labels, const py::object& pos_label) {
  const metrics::LabelSet both(label_list(labels.ptr(), "labels"));
  const std::ptrdiff_t positive = position_of(both, pos_label.ptr());
  if (positive == metrics::kAbsent) {
    throw InvalidValue("pos_label=" + py::repr(pos_label).cast<std::string>() +
                       " is not a valid label. It should be one of " + both.names());
  }
  return std::make_unique<ScoresState>(PairedScores(both, static_cast<std::size_t>(positive)));
}

void update_scores(ScoresState& self, const py::object& y_true, const py::object& y_score_a,
                   const py::object& y_score_b) {
  const Labels truth(y_true.ptr(), "y_true");
  const Buffer a(y_score_a.ptr(), "y_score_a");
  const Buffer b(y_score_b.ptr(), "y_score_b");
  const Column scores_a = a.column();
  const Column scores_b = b.column();
  without_gil([&] { self.update(truth.column(), scores_a, scores_b); });
}

// Both areas, their difference and its standard error.
std::tuple<double, double, double, double> areas_of(const ScoresState& self) {
  const formulas::PairedAreas areas =
      read(self, [](const PairedScores& state) { return formulas::paired_areas(state.result()); });
  return {areas.a, areas.b, areas.difference, areas.standard_error};
}

std::pair<double, double> delong_of(const ScoresState& self) {
  const formulas::TestResult test = read(self, [](const PairedScores& state) {
    return formulas::delong_test(formulas::paired_areas(state.result()));
  });
  return {test.statistic, test.p_value};
}

std::pair<double, double> bounds_of(const ScoresState& self, double level) {
  const formulas::Bounds bounds = read(self, [level](const PairedScores& state) {
    return formulas::delong_bounds(formulas::paired_areas(state.result()), level);
  });
  return {bounds.low, bounds.high};
}

Floats replicates_of(const ScoresState& self, std::uint64_t seed, std::size_t replicates) {
  const std::vector<double> values = read(self, [&](const PairedScores& state) {
    return formulas::area_difference_replicates(state, seed, replicates);
  });
  return Floats(static_cast<py::ssize_t>(values.size()), values.data());
}

}  // namespace

void register_paired_scores(py::module_& module) {
  auto type = register_accumulator<PairedScores>(
      module, "PairedScores", "The scores of two models for the same samples of two classes.");
  type.def(py::init(&make_scores), py::arg("labels"), py::arg("pos_label"))
      .def("update", &update_scores, py::arg("y_true"), py::arg("y_score_a"), py::arg("y_score_b"))
      .def_property_readonly(
          "labels",
          [](const ScoresState& self) {
            return list_of(read(self, [](const PairedScores& s) { return s.labels(); }));
          })
      .def_property_readonly(
          "positive", formula<PairedScores>([](const PairedScores& s) { return s.positive(); }))
      .def_property_readonly(
          "samples", formula<PairedScores>([](const PairedScores& s) { return s.samples(); }))
      .def("areas", &areas_of)
      .def("delong", &delong_of)
      .def("bounds", &bounds_of, py::arg("level"))
      .def("area_difference_replicates", &replicates_of, py::arg("seed"), py::arg("replicates"));
}

}  // namespace lstmetrics::border
