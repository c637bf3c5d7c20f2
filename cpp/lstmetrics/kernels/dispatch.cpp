#include "lstmetrics/kernels/dispatch.hpp"

#include "lstmetrics/runtime/isa.hpp"

// isa_levels.inc is written by cpp/cmake/isa_levels.cmake; its order is that of the level indices.
extern "C" {
#define LSTMETRICS_ISA_LEVEL(name, priority, test) \
  extern const lstmetrics::kernels::Table lstmetrics_kernels_table_##name;
#include "isa_levels.inc"
#undef LSTMETRICS_ISA_LEVEL
}

namespace lstmetrics::kernels {
namespace {

#define LSTMETRICS_ISA_LEVEL(name, priority, test) &lstmetrics_kernels_table_##name,
constexpr const Table* kTables[] = {
#include "isa_levels.inc"
};
#undef LSTMETRICS_ISA_LEVEL

}  // namespace

const Table& table() { return *kTables[runtime::current_isa().index]; }

}  // namespace lstmetrics::kernels
