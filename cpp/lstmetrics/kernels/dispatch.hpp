// The kernels of the instruction-set level in force.
#pragma once

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::kernels {

// The table of runtime::current_isa(), with its errors. Take it once per entry to the core, not
// once per row.
LSTMETRICS_API const Table& table();

}  // namespace lstmetrics::kernels
