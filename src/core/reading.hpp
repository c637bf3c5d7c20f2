// How the classes of states read them, and hand over what they find.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <string>

#include "border/labels.hpp"
#include "core/accumulators.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::border {

using Floats = py::array_t<double>;

// f(const A&) under the state's lock and without the GIL.
template <class State, class F>
decltype(auto) read(const State& state, F&& f) {
  return without_gil([&] { return state.read(f); });
}

// A method that is a formula over the state.
template <class A, class F>
auto formula(F f) {
  return [f](const metrics::Guarded<A>& self) { return read(self, f); };
}

using LabelNames = py::typing::Union<py::typing::List<py::int_>, py::typing::List<py::str>>;

inline LabelNames list_of(const std::vector<std::int64_t>& integers,
                          const std::vector<std::string>& texts) {
  py::list list;
  for (const std::int64_t label : integers) list.append(label);
  for (const std::string& label : texts) list.append(label);
  return list;
}

inline LabelNames list_of(const metrics::LabelSet& labels) {
  return list_of(labels.integers(), labels.texts());
}

inline std::optional<metrics::LabelList> optional_labels(const py::object& labels) {
  if (labels.is_none()) return std::nullopt;
  return label_list(labels.ptr(), "labels");
}

}  // namespace lstmetrics::border
