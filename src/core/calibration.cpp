// CalibrationBins as a Python class.
#include "lstmetrics/metrics/formulas/calibration.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "border/buffer.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/calibration_bins.hpp"

namespace lstmetrics::border {
namespace {

using metrics::CalibrationBins;
using metrics::Judged;
using metrics::formulas::CalibrationNorm;
using Counts = py::array_t<std::int64_t>;
using CalibrationState = metrics::Guarded<CalibrationBins>;

constexpr std::pair<const char*, Judged> kKinds[] = {
    {"binary", Judged::greater_label},
    {"top_label", Judged::top_label},
    {"classwise", Judged::each_label},
};
constexpr std::pair<const char*, CalibrationNorm> kNorms[] = {
    {"l1", CalibrationNorm::l1},
    {"l2", CalibrationNorm::l2},
    {"max", CalibrationNorm::max},
};

template <class Table>
auto named(const Table& table, const std::string& name, const char* rule) {
  for (const auto& [known, value] : table) {
    if (name == known) return value;
  }
  throw InvalidValue(std::string(rule) + ", got '" + name + "'");
}

const char* kind_of(const CalibrationState& self) {
  const Judged judged = read(self, [](const CalibrationBins& s) { return s.judged(); });
  for (const auto& [name, value] : kKinds) {
    if (value == judged) return name;
  }
  return "unknown";
}

std::unique_ptr<CalibrationState> make_calibration(std::vector<double> edges,
                                                   const py::object& labels,
                                                   const std::string& kind) {
  metrics::LabelSet set(label_list(labels.ptr(), "labels"));
  return std::make_unique<CalibrationState>(
      CalibrationBins(std::move(edges), std::move(set),
                      named(kKinds, kind, "kind must be 'binary', 'top_label' or 'classwise'")));
}

std::int64_t update_calibration(CalibrationState& self, const py::object& y_true,
                                const py::object& y_prob, const py::object& sample_weight) {
  const LossArrays arrays(y_true.ptr(), y_prob.ptr(), sample_weight.ptr(), "y_prob");
  return without_gil([&] {
    return self.write([&](CalibrationBins& state) {
      return state.update(arrays.y_true(), arrays.probabilities(), arrays.weights());
    });
  });
}

// Bins that are not empty, as columns: which, samples, weight, share that came true, mean
// probability.
std::tuple<Counts, Counts, Floats, Floats, Floats> reliability(const CalibrationState& self,
                                                               std::size_t table) {
  const auto points = read(self, [table](const CalibrationBins& state) {
    if (table >= state.tables()) throw InvalidValue("there are no bins of such a label");
    return metrics::formulas::reliability_curve(state, table);
  });
  const auto n = static_cast<py::ssize_t>(points.size());
  Counts bins(n);
  Counts samples(n);
  Floats weight(n);
  Floats prob_true(n);
  Floats prob_pred(n);
  for (py::ssize_t i = 0; i < n; ++i) {
    const auto& point = points[static_cast<std::size_t>(i)];
    bins.mutable_at(i) = static_cast<std::int64_t>(point.bin);
    samples.mutable_at(i) = point.samples;
    weight.mutable_at(i) = point.weight;
    prob_true.mutable_at(i) = point.prob_true;
    prob_pred.mutable_at(i) = point.prob_pred;
  }
  return std::make_tuple(bins, samples, weight, prob_true, prob_pred);
}

double error_by(const CalibrationState& self, const std::string& norm) {
  const CalibrationNorm which = named(kNorms, norm, "norm must be 'l1', 'l2' or 'max'");
  return read(self, [which](const CalibrationBins& state) {
    return metrics::formulas::calibration_error(state, which);
  });
}

}  // namespace

void register_calibration(py::module_& module) {
  auto type = register_accumulator<CalibrationBins>(
      module, "CalibrationBins", "How often predictions of each size came true.");
  type.def(py::init(&make_calibration), py::arg("edges"), py::arg("labels"), py::arg("kind"))
      .def("update", &update_calibration, py::arg("y_true"), py::arg("y_prob"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly("kind", &kind_of)
      .def_property_readonly(
          "labels",
          [](const CalibrationState& self) {
            return list_of(read(self, [](const CalibrationBins& s) { return s.labels(); }));
          })
      .def_property_readonly("edges", formula<CalibrationBins>([](const CalibrationBins& s) {
                               return s.edges().values();
                             }))
      .def_property_readonly(
          "samples", formula<CalibrationBins>([](const CalibrationBins& s) { return s.samples(); }))
      .def("reliability", &reliability, py::arg("table"))
      .def("error", &error_by, py::arg("norm"));
}

}  // namespace lstmetrics::border
