// How many CPUs this process may use: what affinity and cgroups leave of the machine.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

// The CPUs in the affinity mask of the calling thread; all of the machine where there are no masks.
LSTMETRICS_API std::size_t affinity_cpus();

// A file's text; nothing when it cannot be read.
using ReadText = std::function<std::optional<std::string>(const std::string& path)>;

// The CPU quota of the process's cgroup and of every group above it, the smallest of them, rounded
// up to whole CPUs; nothing when none is set. Versions 1 and 2 and both at once. The quotas, and
// /proc/self/{cgroup,mountinfo} that tell where they lie, come through `read`.
LSTMETRICS_API std::optional<std::size_t> cgroup_cpus(const ReadText& read);

}  // namespace lstmetrics::runtime
