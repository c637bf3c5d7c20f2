// EntityCounts as a Python class.
#include "lstmetrics/metrics/formulas/entities.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

#include "border/labels.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "core/scores.hpp"
#include "lstmetrics/metrics/entity_counts.hpp"

namespace lstmetrics::border {
namespace {

using metrics::EntityCounts;
using EntityState = metrics::Guarded<EntityCounts>;

// Tags of sequences one after the other, and the length of each.
class TaggedArrays {
 public:
  TaggedArrays(const py::object& tags, const py::object& lengths, const char* name)
      : tags_(tags.ptr(), name), lengths_(lengths.ptr(), "lengths") {}
  metrics::TaggedSequences sequences() const { return {tags_.column(), lengths_.column()}; }

 private:
  Labels tags_;
  Buffer lengths_;
};

void update_entities(EntityState& self, const py::object& y_true, const py::object& true_lengths,
                     const py::object& y_pred, const py::object& pred_lengths, bool suffix) {
  const TaggedArrays truth(y_true, true_lengths, "y_true");
  const TaggedArrays predicted(y_pred, pred_lengths, "y_pred");
  without_gil([&] {
    self.write([&](EntityCounts& state) {
      state.update(truth.sequences(), predicted.sequences(), suffix);
    });
  });
}

Scores entity_scores(const EntityState& self, int average, double beta, double zero_division) {
  const formulas::PrfOptions options{beta, static_cast<formulas::Average>(average), zero_division};
  return scores_of(read(self, [&](const EntityCounts& state) {
    return formulas::precision_recall_fscore(state, options);
  }));
}

// Scores of the types, and of micro, macro and weighted averages; the support.
std::tuple<Scores, Scores, Scores, Scores, double> entity_report_of(const EntityState& self,
                                                                    double zero_division) {
  const auto report = read(self, [&](const EntityCounts& state) {
    return formulas::entity_report(state, zero_division);
  });
  return {scores_of(report.per_label), scores_of(report.micro), scores_of(report.macro),
          scores_of(report.weighted), report.support};
}

// Of all types together: right, predicted and true entities.
std::tuple<std::int64_t, std::int64_t, std::int64_t> all_types(const EntityState& self) {
  const metrics::LabelCounts sum =
      read(self, [](const EntityCounts& state) { return state.all_types(); });
  return {sum.tp, sum.predicted, sum.actual};
}

// A row for each type: right, only predicted and only true entities.
py::array_t<std::int64_t> counts_of(const EntityState& self) {
  const auto outcomes = read(self, &formulas::entity_outcomes);
  const auto rows = static_cast<py::ssize_t>(outcomes.size());
  py::array_t<std::int64_t> out({rows, py::ssize_t{3}});
  std::int64_t* cell = out.mutable_data();
  for (const auto& [tp, fp, fn] : outcomes) {
    *cell++ = tp;
    *cell++ = fp;
    *cell++ = fn;
  }
  return out;
}

}  // namespace

void register_entities(py::module_& module) {
  auto type = register_accumulator<EntityCounts>(module, "EntityCounts",
                                                 "Entities of tagged sequences, by type.");
  type.def(py::init([](std::int64_t scheme) {
             return std::make_unique<EntityState>(EntityCounts(metrics::scheme_of(scheme)));
           }),
           py::arg("scheme") = 0)
      .def("update", &update_entities, py::arg("y_true"), py::arg("true_lengths"),
           py::arg("y_pred"), py::arg("pred_lengths"), py::arg("suffix"))
      .def_property_readonly("scheme", formula<EntityCounts>([](const EntityCounts& s) {
                               return static_cast<int>(s.scheme());
                             }))
      .def_property_readonly(
          "types",
          [](const EntityState& self) {
            return list_of(read(self, [](const EntityCounts& s) { return s.types(); }));
          })
      .def_property_readonly(
          "tokens", formula<EntityCounts>([](const EntityCounts& s) { return s.tokens(); }))
      .def_property_readonly("right_tokens", formula<EntityCounts>([](const EntityCounts& s) {
                               return s.right_tokens();
                             }))
      .def("token_accuracy",
           formula<EntityCounts>([](const EntityCounts& s) { return formulas::token_accuracy(s); }))
      .def("scores", &entity_scores, py::arg("average"), py::arg("beta"), py::arg("zero_division"))
      .def("report", &entity_report_of, py::arg("zero_division"))
      .def("all_types", &all_types)
      .def("counts", &counts_of)
      .def_static("schemes", [] {
        py::typing::List<py::str> names;
        for (int i = 0; i < metrics::kTagSchemes; ++i) {
          names.append(std::string(metrics::scheme_name(metrics::scheme_of(i))));
        }
        return names;
      });
}

}  // namespace lstmetrics::border
