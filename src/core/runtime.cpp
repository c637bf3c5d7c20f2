// The runtime's settings, seen from Python as lstmetrics.runtime.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "core/registrations.hpp"
#include "lstmetrics/base/contract.hpp"
#include "lstmetrics/runtime/isa.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "lstmetrics/runtime/version.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

std::vector<std::string> level_names(bool available_only) {
  std::vector<std::string> names;
  for (const runtime::IsaLevel& level : runtime::isa_levels()) {
    if (level.available || !available_only) names.emplace_back(level.name);
  }
  return names;
}

}  // namespace

void register_runtime(py::module_& module) {
  module.def("version", [] { return std::string(runtime::version()); });
  module.def("compiler", &runtime::compiler);
  module.attr("CONTRACT_VERSION") = kContractVersion;
  module.def("compiled_isa_levels", [] { return level_names(false); });
  module.def("available_isa_levels", [] { return level_names(true); });
  module.def("current_isa", [] { return std::string(runtime::current_isa().name); });
  module.def("set_isa", [](const std::string& name) { runtime::set_isa(name); }, py::arg("name"));
  module.def("num_threads", &runtime::num_threads);
  module.def("set_num_threads", &runtime::set_num_threads, py::arg("count"));
  module.def("available_cpus", &runtime::available_cpus);
}

}  // namespace lstmetrics::border
