// TopKCounts as a Python class.
#include "lstmetrics/metrics/formulas/top_k.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/top_k_counts.hpp"

namespace lstmetrics::border {
namespace {

using metrics::TopKCounts;
using metrics::TopKTally;
using TopKState = metrics::Guarded<TopKCounts>;

std::unique_ptr<TopKState> make_top_k(std::vector<std::int64_t> ks, const py::object& labels) {
  if (!labels.is_none() && py::len(labels) == 0) throw InvalidValue("labels must not be empty");
  metrics::LabelSet set(label_list(labels.ptr(), "labels"));
  return std::make_unique<TopKState>(TopKCounts(std::move(ks), std::move(set)));
}

void update_top_k(TopKState& self, const py::object& y_true, const py::object& y_score,
                  const py::object& sample_weight) {
  const LossArrays arrays(y_true.ptr(), y_score.ptr(), sample_weight.ptr(), "y_score");
  without_gil([&] {
    self.write([&](TopKCounts& state) {
      state.update(arrays.y_true(), arrays.probabilities(), arrays.weights());
    });
  });
}

// f(tally, place) for each k, in their order.
template <class F>
auto for_each_k(F f) {
  return formula<TopKCounts>([f](const TopKCounts& state) {
    std::vector<double> values;
    for (std::size_t i = 0; i < state.result().top.size(); ++i) {
      values.push_back(f(state.result(), i));
    }
    return values;
  });
}

}  // namespace

void register_top_k(py::module_& module) {
  auto type = register_accumulator<TopKCounts>(
      module, "TopKCounts", "How often the true label was among the k of the highest scores.");
  type.def(py::init(&make_top_k), py::arg("ks"), py::arg("labels") = py::none())
      .def("update", &update_top_k, py::arg("y_true"), py::arg("y_score"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly("ks", formula<TopKCounts>([](const TopKCounts& s) { return s.ks(); }))
      .def_property_readonly(
          "labels",
          [](const TopKState& self) {
            return list_of(read(self, [](const TopKCounts& s) { return s.labels(); }));
          })
      .def_property_readonly("samples",
                             formula<TopKCounts>([](const TopKCounts& s) { return s.samples(); }))
      .def_property_readonly("is_weighted", formula<TopKCounts>([](const TopKCounts& s) {
                               return s.result().weighted;
                             }))
      .def("accuracies", for_each_k(&metrics::formulas::top_k_accuracy))
      .def("hits", for_each_k(&metrics::formulas::top_k_hits));
}

}  // namespace lstmetrics::border
