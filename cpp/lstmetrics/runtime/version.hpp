// What this copy of the core is: its version, and what it was built with.
#pragma once

#include <string>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

// The version of the package, as pyproject.toml states it.
LSTMETRICS_API const char* version();

// The compiler's name and version, e.g. "GCC 12.2.0".
LSTMETRICS_API std::string compiler();

}  // namespace lstmetrics::runtime
