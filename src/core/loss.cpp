// LossSum as a Python class.
#include <cstdint>
#include <memory>
#include <optional>
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
#include "lstmetrics/metrics/formulas/intervals.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"

namespace lstmetrics::border {
namespace {

using metrics::LossSum;
namespace formulas = metrics::formulas;
using LossState = metrics::Guarded<LossSum>;

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

}  // namespace

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
      .def("d2_log_loss",
           formula<LossSum>([](const LossSum& s) { return formulas::d2_log_loss(s); }))
      .def("d2_brier", formula<LossSum>([](const LossSum& s) { return formulas::d2_brier(s); }))
      .def(
          "bounds",
          [](const LossState& self, double level) {
            const auto bounds = read(self, [level](const LossSum& state) {
              return formulas::mean_loss_bounds(state.result(), level);
            });
            return std::pair(bounds.low, bounds.high);
          },
          py::arg("level"))
      .def("standard_error", of_moments(&formulas::mean_loss_standard_error));
}

}  // namespace lstmetrics::border
