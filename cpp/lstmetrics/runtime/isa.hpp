// Instruction-set levels: which were compiled in, which this machine has, which one is in force.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

struct IsaLevel {
  const char* name;
  int priority;       // the highest that the machine has is chosen
  bool available;     // this machine has it
  std::size_t index;  // its row in isa_levels.inc, and so in the array of kernel tables
};

// Every level compiled in, highest priority first.
LSTMETRICS_API const std::vector<IsaLevel>& isa_levels();

// The level in force: LSTMETRICS_ISA, or else the best this machine has. IsaError when
// LSTMETRICS_ISA names one that is unknown or that the machine lacks.
LSTMETRICS_API const IsaLevel& current_isa();

// Forces a level by name; "auto" goes back to the best. IsaError as above, nothing changed.
LSTMETRICS_API void set_isa(std::string_view name);

// The rule behind both, a pure function: the one of `levels` (highest priority first) that is
// requested, or the best available for "auto" and "". `origin` says in the error who asked.
LSTMETRICS_API const IsaLevel& choose_isa(const std::vector<IsaLevel>& levels,
                                          std::string_view request, std::string_view origin);

}  // namespace lstmetrics::runtime
