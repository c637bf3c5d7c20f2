#include "lstmetrics/runtime/isa.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/cpu_features.hpp"

namespace lstmetrics::runtime {
namespace {

constexpr const char* kVariable = "LSTMETRICS_ISA";

std::vector<IsaLevel> make_levels() {
  [[maybe_unused]] const CpuFeatures& cpu = cpu_features();
  std::vector<IsaLevel> levels;
#define LSTMETRICS_ISA_LEVEL(name, priority, test) \
  levels.push_back({#name, priority, test, levels.size()});
#include "isa_levels.inc"
#undef LSTMETRICS_ISA_LEVEL
  std::stable_sort(levels.begin(), levels.end(),
                   [](const IsaLevel& a, const IsaLevel& b) { return a.priority > b.priority; });
  return levels;
}

std::string names(const std::vector<IsaLevel>& levels, bool only_available) {
  std::string text;
  for (const IsaLevel& level : levels) {
    if (only_available && !level.available) continue;
    if (!text.empty()) text += ", ";
    text += level.name;
  }
  return text;
}

// The environment is read at first use, not when the library is loaded: a program may set it.
const IsaLevel& level_of_environment() {
  const char* value = std::getenv(kVariable);
  const std::string_view request = value == nullptr ? "" : value;
  return choose_isa(isa_levels(), request, kVariable);
}

// Null until first use. Levels are never destroyed, so a pointer to one stays good.
std::atomic<const IsaLevel*> level_in_force{nullptr};

}  // namespace

const std::vector<IsaLevel>& isa_levels() {
  // Never destroyed: a thread that still computes while the process exits may look at it.
  static const auto& levels = *new std::vector<IsaLevel>(make_levels());
  return levels;
}

const IsaLevel& choose_isa(const std::vector<IsaLevel>& levels, std::string_view request,
                           std::string_view origin) {
  const bool best = request.empty() || request == "auto";
  const auto wanted = std::find_if(levels.begin(), levels.end(), [&](const IsaLevel& level) {
    return best ? level.available : request == level.name;
  });
  if (wanted != levels.end() && wanted->available) return *wanted;

  std::string message = std::string(origin) + ": ";
  if (wanted == levels.end()) {
    message += "unknown instruction set '" + std::string(request) + "' (this build knows " +
               names(levels, false) + ")";
  } else {
    message += "this machine lacks the instruction set '" + std::string(request) + "'";
  }
  throw IsaError(message + "; this machine has " + names(levels, true) +
                 ": choose one of these, or 'auto' for the best of them");
}

const IsaLevel& current_isa() {
  if (const IsaLevel* level = level_in_force.load(std::memory_order_acquire)) return *level;
  const IsaLevel* chosen = &level_of_environment();
  // A set_isa() that came in between stays in force.
  const IsaLevel* before = nullptr;
  return level_in_force.compare_exchange_strong(before, chosen, std::memory_order_acq_rel)
             ? *chosen
             : *before;
}

void set_isa(std::string_view name) {
  level_in_force.store(&choose_isa(isa_levels(), name, "set_isa"), std::memory_order_release);
}

}  // namespace lstmetrics::runtime
