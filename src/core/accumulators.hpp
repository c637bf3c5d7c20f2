// One template gives every state its Python class.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/guarded.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

// Runs f() without the GIL. A state's mutex is only ever taken in here: a thread that waits for
// it while holding the GIL could wait for ever.
template <class F>
decltype(auto) without_gil(F&& f) {
  const py::gil_scoped_release released;
  return f();
}

inline std::string_view view_of(const py::bytes& bytes) { return std::string_view(bytes); }

// What copy.deepcopy hands over.
using Memo = py::typing::Dict<py::int_, py::object>;

template <metrics::Accumulator A>
using Class = py::class_<metrics::Guarded<A>>;

// Replicates for a bootstrap under this name, given what makes a state's replicator.
template <metrics::Accumulator A, class Replicator>
void register_replicates(Class<A>& type, const char* name, Replicator replicator) {
  using Replicate =
      decltype(replicator(std::declval<const A&>())(std::declval<const metrics::Draws&>()));
  using Replicates = std::vector<std::unique_ptr<metrics::Guarded<Replicate>>>;
  type.def(
      name,
      [replicator](const metrics::Guarded<A>& self, std::uint64_t seed, std::uint64_t first,
                   std::size_t count) {
        return without_gil([&] {
          auto drawn = self.read(
              [&](const A& a) { return metrics::drawn_by(replicator(a), seed, first, count); });
          Replicates all;
          all.reserve(count);
          for (Replicate& replicate : drawn) {
            all.push_back(std::make_unique<metrics::Guarded<Replicate>>(std::move(replicate)));
          }
          return all;
        });
      },
      py::arg("seed"), py::arg("first"), py::arg("count"),
      "Draw the replicates [first, first + count) of the bootstrap with a seed.");
}

// Everything that is the same for all states. What differs (constructors, update, results) is
// added by the caller.
template <metrics::Accumulator A>
Class<A> register_accumulator(py::module_& module, const char* name, const char* doc) {
  using State = metrics::Guarded<A>;
  const auto make = [](A state) { return std::make_unique<State>(std::move(state)); };
  const auto copy = [make](const State& self) {
    return without_gil([&] { return make(self.copy()); });
  };
  const auto sum = [make](const State& self, const State& other) {
    return without_gil([&] {
      auto total = make(self.copy());
      total->merge(other);
      return total;
    });
  };
  const auto bytes = [](const State& self) {
    return py::bytes(
        without_gil([&] { return self.read([](const A& a) { return metrics::to_bytes(a); }); }));
  };
  const auto from_bytes = [make](const py::bytes& data) {
    const std::string_view view = view_of(data);
    return without_gil([&] { return make(metrics::from_bytes<A>(view)); });
  };
  const auto digest_payload = [](const State& self) {
    return without_gil(
        [&] { return self.read([](const A& a) { return metrics::digest_payload(a); }); });
  };

  Class<A> type(module, name, doc);
  type.def(
      "merge", [](State& self, const State& other) { without_gil([&] { self.merge(other); }); },
      py::arg("other"), "Add another state to this one; MergeError if their parameters differ.");
  type.def("copy", copy, "Return an independent copy.");
  type.def("__copy__", copy);
  type.def(
      "__deepcopy__", [copy](const State& self, const Memo&) { return copy(self); },
      py::arg("memo"));
  type.def("__add__", sum, py::is_operator(), py::arg("other"));
  type.def(
      "__iadd__",
      [](State& self, const State& other) -> State& {
        without_gil([&] { self.merge(other); });
        return self;
      },
      py::is_operator(), py::arg("other"));
  type.def(
      "__eq__",
      [](const State& self, const py::object& other) -> py::object {
        if (!py::isinstance<State>(other)) {
          return py::reinterpret_borrow<py::object>(Py_NotImplemented);
        }
        const auto& state = other.cast<const State&>();
        return py::bool_(without_gil([&] { return self.equals(state); }));
      },
      py::arg("other"));
  type.def(
      "reset", [](State& self) { without_gil([&] { self.reset(); }); },
      "Forget everything seen; keep the parameters.");
  type.def("to_bytes", bytes, "Serialise to canonical bytes.");
  type.def_static("from_bytes", from_bytes, py::arg("data"),
                  "Restore what to_bytes made; FormatError for anything else.");
  type.def(
      "digest",
      [digest_payload](const State& self) {
        const py::object sha256 = py::module_::import("hashlib").attr("sha256");
        return sha256(py::bytes(digest_payload(self)))
            .attr("hexdigest")()
            .template cast<std::string>();
      },
      "SHA-256, in hexadecimal, of the contract's version and the canonical content.");
  type.def("__repr__", [name = std::string(name), digest_payload](const State& self) {
    return "<" + name + ", " + std::to_string(digest_payload(self).size()) + " bytes of state>";
  });
  type.def("__sizeof__", [digest_payload](const State& self) {
    return sizeof(State) + digest_payload(self).size();
  });
  type.def(py::pickle(bytes, from_bytes));
  if constexpr (metrics::Replicable<A>) {
    register_replicates<A>(type, "replicates", [](const A& a) { return a.replicator(); });
  }
  return type;
}

}  // namespace lstmetrics::border
