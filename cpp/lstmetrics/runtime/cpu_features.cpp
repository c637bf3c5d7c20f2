#include "lstmetrics/runtime/cpu_features.hpp"

namespace lstmetrics::runtime {
namespace {

CpuFeatures read_cpu_features() noexcept {
  CpuFeatures cpu;
#if defined(__x86_64__) && defined(__GNUC__)
  // These also ask the operating system (XGETBV) whether it saves the wide registers.
  __builtin_cpu_init();
  cpu.avx2 = __builtin_cpu_supports("avx2");
  cpu.fma = __builtin_cpu_supports("fma");
  cpu.avx512f = __builtin_cpu_supports("avx512f");
  cpu.avx512bw = __builtin_cpu_supports("avx512bw");
  cpu.avx512dq = __builtin_cpu_supports("avx512dq");
  cpu.avx512vl = __builtin_cpu_supports("avx512vl");
  cpu.avx512vnni = __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__) || defined(_M_ARM64)
  cpu.neon = true;  // part of the base architecture
#endif
  return cpu;
}

}  // namespace

const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures cpu = read_cpu_features();
  return cpu;
}

}  // namespace lstmetrics::runtime
