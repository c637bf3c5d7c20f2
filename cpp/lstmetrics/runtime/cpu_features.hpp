// What the processor offers and the operating system lets programs use.
#pragma once

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

struct CpuFeatures {
  bool neon = false;
  bool avx2 = false;
  bool fma = false;
  bool avx512f = false;
  bool avx512bw = false;
  bool avx512dq = false;
  bool avx512vl = false;
  bool avx512vnni = false;
};

// Read once, at the first call.
LSTMETRICS_API const CpuFeatures& cpu_features() noexcept;

}  // namespace lstmetrics::runtime
