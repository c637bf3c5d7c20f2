// PairedOutcomes as a Python class.
#include "lstmetrics/metrics/formulas/paired.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "border/labels.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/metrics/paired_outcomes.hpp"

namespace lstmetrics::border {
namespace {

using metrics::PairedOutcomes;
using metrics::PairedTable;
namespace formulas = metrics::formulas;
using PairedState = metrics::Guarded<PairedOutcomes>;
using ConfusionState = metrics::Guarded<metrics::ConfusionCounts>;

std::unique_ptr<PairedState> make_paired(const py::object& labels) {
  if (labels.is_none()) return std::make_unique<PairedState>();
  return std::make_unique<PairedState>(
      PairedOutcomes(metrics::LabelSet(label_list(labels.ptr(), "labels"))));
}

void update_paired(PairedState& self, const py::object& y_true, const py::object& y_pred_a,
                   const py::object& y_pred_b) {
  const Labels truth(y_true.ptr(), "y_true");
  const Labels a(y_pred_a.ptr(), "y_pred_a");
  const Labels b(y_pred_b.ptr(), "y_pred_b");
  without_gil([&] { self.update(truth.column(), a.column(), b.column()); });
}

std::unique_ptr<ConfusionState> confusion_of(const PairedState& self, bool of_a) {
  const auto model = of_a ? metrics::Model::a : metrics::Model::b;
  return read(self, [model](const PairedOutcomes& state) {
    return std::make_unique<ConfusionState>(state.confusion(model));
  });
}

// Both right, only A, only B, neither.
py::array_t<std::int64_t> table_of(const PairedState& self) {
  const PairedTable table = read(self, [](const PairedOutcomes& state) { return state.result(); });
  const std::int64_t cells[] = {table.both, table.only_a, table.only_b, table.neither};
  return py::array_t<std::int64_t>(py::array::ShapeContainer{2, 2}, cells);
}

template <class F>
auto of_table(F f) {
  return formula<PairedOutcomes>([f](const PairedOutcomes& state) { return f(state.result()); });
}

// The statistic and the p-value.
auto test_by(formulas::TestResult (*test)(const PairedTable&)) {
  return of_table([test](const PairedTable& table) {
    const formulas::TestResult result = test(table);
    return std::pair(result.statistic, result.p_value);
  });
}

auto bounds_by(formulas::Bounds (*bounds)(const PairedTable&, double)) {
  return [bounds](const PairedState& self, double level) {
    const formulas::Bounds found =
        read(self, [&](const PairedOutcomes& state) { return bounds(state.result(), level); });
    return std::pair(found.low, found.high);
  };
}

}  // namespace

void register_paired(py::module_& module) {
  auto type = register_accumulator<PairedOutcomes>(
      module, "PairedOutcomes", "How often each true label met each pair of predictions.");
  type.def(py::init(&make_paired), py::arg("labels") = py::none())
      .def("update", &update_paired, py::arg("y_true"), py::arg("y_pred_a"), py::arg("y_pred_b"))
      .def_property_readonly(
          "labels",
          [](const PairedState& self) {
            return list_of(read(self, [](const PairedOutcomes& s) { return s.labels(); }));
          })
      .def_property_readonly("is_declared", formula<PairedOutcomes>([](const PairedOutcomes& s) {
                               return s.is_declared();
                             }))
      .def_property_readonly(
          "samples", formula<PairedOutcomes>([](const PairedOutcomes& s) { return s.samples(); }))
      .def("confusion", &confusion_of, py::arg("of_a"))
      .def("table", &table_of)
      .def("accuracy_difference", of_table(&formulas::accuracy_difference))
      .def("mcnemar_exact", test_by(&formulas::mcnemar_exact))
      .def("mcnemar_chi_square", test_by(&formulas::mcnemar_chi_square))
      .def("newcombe_bounds", bounds_by(&formulas::newcombe_bounds), py::arg("level"))
      .def("normal_bounds", bounds_by(&formulas::accuracy_difference_bounds), py::arg("level"));
}

}  // namespace lstmetrics::border
