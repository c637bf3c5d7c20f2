// The bytes of states that are made of states.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/composite.hpp"

namespace lstmetrics::border {
namespace {

namespace py = pybind11;
using metrics::Composite;
using metrics::Tag;
using Members = std::vector<std::pair<py::bytes, py::bytes>>;

Tag tag_named(const std::string& name) {
  for (const Tag tag : {Tag::grouped, Tag::collection}) {
    if (metrics::state_name(static_cast<std::uint16_t>(tag)) == name) return tag;
  }
  throw InvalidValue("'" + name + "' is not made of states");
}

Composite composite_of(const py::bytes& parameters, const Members& members) {
  Composite composite{parameters, {}};
  for (const auto& [name, content] : members) composite.members.push_back({name, content});
  return composite;
}

py::bytes composite_bytes(const std::string& name, const py::bytes& parameters,
                          const Members& members) {
  return metrics::composite_bytes(tag_named(name), composite_of(parameters, members));
}

std::pair<py::bytes, Members> open_composite(const std::string& name, const py::bytes& data) {
  const Composite composite = metrics::open_composite(tag_named(name), std::string_view(data));
  Members members;
  for (const auto& [key, content] : composite.members) members.emplace_back(key, content);
  return {py::bytes(composite.parameters), std::move(members)};
}

py::bytes composite_digest_payload(const std::string& name, const py::bytes& parameters,
                                   const Members& members) {
  return metrics::composite_digest_payload(tag_named(name), composite_of(parameters, members));
}

}  // namespace

void register_composites(py::module_& module) {
  module.def("composite_bytes", &composite_bytes, py::arg("name"), py::arg("parameters"),
             py::arg("members"), "The bytes of a state made of states by name.");
  module.def("open_composite", &open_composite, py::arg("name"), py::arg("data"),
             "(parameters, members) of such bytes; FormatError for anything else.");
  module.def("composite_digest_payload", &composite_digest_payload, py::arg("name"),
             py::arg("parameters"), py::arg("members"),
             "What the digest is taken over, given those of the members.");
  module.def(
      "state_name",
      [](const py::bytes& data) {
        return std::string(metrics::state_name(metrics::peek_tag(std::string_view(data))));
      },
      py::arg("data"), "Which state bytes are of; FormatError when of none.");
}

}  // namespace lstmetrics::border
