#include "lstmetrics/runtime/version.hpp"

#if !defined(LSTMETRICS_VERSION)
#error "LSTMETRICS_VERSION must be defined by the build"
#endif

namespace lstmetrics::runtime {

const char* version() { return LSTMETRICS_VERSION; }

std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) + "." +
         std::to_string(__GNUC_PATCHLEVEL__);
#elif defined(_MSC_VER)
  return "MSVC " + std::to_string(_MSC_VER);
#else
  return "unknown";
#endif
}

}  // namespace lstmetrics::runtime
