// Clustered counts and losses as Python classes.
#include "lstmetrics/metrics/formulas/clusters.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "border/buffer.hpp"
#include "border/labels.hpp"
#include "border/losses.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/clustered_counts.hpp"
#include "lstmetrics/metrics/clustered_losses.hpp"

namespace lstmetrics::border {
namespace {

using metrics::ClusteredCounts;
using metrics::ClusteredLosses;
using metrics::ClusterSums;
using metrics::ConfusionCounts;
namespace formulas = metrics::formulas;
using CountsState = metrics::Guarded<ClusteredCounts>;
using LossesState = metrics::Guarded<ClusteredLosses>;
using ConfusionState = metrics::Guarded<ConfusionCounts>;
using Confusions = std::vector<std::unique_ptr<ConfusionState>>;

Confusions guarded(std::vector<ConfusionCounts> states) {
  Confusions all;
  for (ConfusionCounts& state : states) {
    all.push_back(std::make_unique<ConfusionState>(std::move(state)));
  }
  return all;
}

std::unique_ptr<CountsState> make_counts(std::size_t models, const py::object& labels) {
  if (!labels.is_none() && py::len(labels) == 0) {
    throw InvalidValue("'labels' should contain at least one label.");
  }
  return std::make_unique<CountsState>(
      ClusteredCounts(models, metrics::LabelSet(label_list(labels.ptr(), "labels"))));
}

void update_counts(CountsState& self, const py::object& ids, const py::object& y_true,
                   const std::vector<py::object>& y_pred) {
  static constexpr const char* kNames[] = {"y_pred", "y_pred_b"};
  if (y_pred.size() > ClusteredCounts::kMostModels) throw InvalidValue("too many models");
  const Labels clusters(ids.ptr(), "ids");
  const Labels truth(y_true.ptr(), "y_true");
  std::vector<std::unique_ptr<Labels>> held;
  std::vector<metrics::LabelColumn> columns;
  for (const py::object& predictions : y_pred) {
    held.push_back(std::make_unique<Labels>(predictions.ptr(), kNames[held.size()]));
    columns.push_back(held.back()->column());
  }
  without_gil([&] { self.update(clusters.column(), truth.column(), columns); });
}

// Of each replicate, the confusion counts of each model.
std::vector<Confusions> replicates_of_counts(const CountsState& self, std::uint64_t seed,
                                             std::uint64_t first, std::size_t count) {
  return without_gil([&] {
    auto drawn = self.read(
        [&](const ClusteredCounts& state) { return metrics::drawn(state, seed, first, count); });
    std::vector<Confusions> all;
    for (auto& replicate : drawn) all.push_back(guarded(std::move(replicate)));
    return all;
  });
}

void update_losses(LossesState& self, const py::object& ids, const std::vector<py::object>& losses,
                   const py::object& sample_weight) {
  const Labels clusters(ids.ptr(), "ids");
  const OptionalColumn weights(sample_weight.ptr(), "sample_weight");
  std::vector<std::unique_ptr<Buffer>> held;
  std::vector<Column> columns;
  for (const py::object& of_model : losses) {
    held.push_back(std::make_unique<Buffer>(of_model.ptr(), "losses"));
    columns.push_back(held.back()->column());
  }
  without_gil([&] { self.update(clusters.column(), columns, weights.get()); });
}

// The means of the models, and the difference of the two.
std::array<double, 3> means_of(const ClusterSums& sums) {
  return {formulas::cluster_mean(sums, 0), formulas::cluster_mean(sums, 1),
          formulas::cluster_mean_difference(sums)};
}

std::vector<std::array<double, 3>> replicates_of_losses(const LossesState& self, std::uint64_t seed,
                                                        std::uint64_t first, std::size_t count) {
  return read(self, [&](const ClusteredLosses& state) {
    std::vector<std::array<double, 3>> all;
    for (const ClusterSums& sums : metrics::drawn(state, seed, first, count)) {
      all.push_back(means_of(sums));
    }
    return all;
  });
}

template <class A>
auto ids_of() {
  return [](const metrics::Guarded<A>& self) {
    return list_of(read(self, [](const A& state) { return state.ids(); }));
  };
}

}  // namespace

void register_clusters(py::module_& module) {
  auto counts = register_accumulator<ClusteredCounts>(module, "ClusteredCounts",
                                                      "Confusion counts by cluster.");
  counts.def(py::init(&make_counts), py::arg("models"), py::arg("labels") = py::none())
      .def("update", &update_counts, py::arg("ids"), py::arg("y_true"), py::arg("y_pred"))
      .def_property_readonly("ids", ids_of<ClusteredCounts>())
      .def_property_readonly(
          "labels",
          [](const CountsState& self) {
            return list_of(read(self, [](const ClusteredCounts& s) { return s.labels(); }));
          })
      .def_property_readonly(
          "models", formula<ClusteredCounts>([](const ClusteredCounts& s) { return s.models(); }))
      .def_property_readonly(
          "samples", formula<ClusteredCounts>([](const ClusteredCounts& s) { return s.samples(); }))
      .def("confusions",
           [](const CountsState& self) {
             return guarded(read(self, [](const ClusteredCounts& s) { return s.result(); }));
           })
      .def("replicates", &replicates_of_counts, py::arg("seed"), py::arg("first"),
           py::arg("count"));

  auto losses = register_accumulator<ClusteredLosses>(module, "ClusteredLosses",
                                                      "Exact sums of losses by cluster.");
  losses
      .def(py::init([](std::size_t models) {
             return std::make_unique<LossesState>(ClusteredLosses(models));
           }),
           py::arg("models"))
      .def("update", &update_losses, py::arg("ids"), py::arg("losses"),
           py::arg("sample_weight") = py::none())
      .def_property_readonly("ids", ids_of<ClusteredLosses>())
      .def_property_readonly(
          "models", formula<ClusteredLosses>([](const ClusteredLosses& s) { return s.models(); }))
      .def_property_readonly(
          "samples", formula<ClusteredLosses>([](const ClusteredLosses& s) { return s.samples(); }))
      .def("means",
           formula<ClusteredLosses>([](const ClusteredLosses& s) { return means_of(s.result()); }))
      .def("cluster_replicates", &replicates_of_losses, py::arg("seed"), py::arg("first"),
           py::arg("count"));
}

}  // namespace lstmetrics::border
