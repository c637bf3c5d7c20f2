// A known floating-point environment for every entry to the core.
//
// Any library built with -ffast-math turns denormals off for its whole process, and callers may
// have set another rounding mode; neither may change a result. `enter` sets round-to-nearest with
// denormals on, runs the callable behind a call the optimiser cannot see through (it would move
// arithmetic across the change otherwise), and restores what the caller had.
#pragma once

#include <cstdint>
#include <type_traits>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

class LSTMETRICS_API FpEnvironment {
 public:
  FpEnvironment() noexcept;
  ~FpEnvironment();
  FpEnvironment(const FpEnvironment&) = delete;
  FpEnvironment& operator=(const FpEnvironment&) = delete;

 private:
  std::uint64_t saved_;
};

namespace detail {
#if defined(__clang__)
#define LSTMETRICS_OPAQUE [[clang::noinline, clang::optnone]]
#else
#define LSTMETRICS_OPAQUE [[gnu::noinline, gnu::noipa]]
#endif
template <class F>
LSTMETRICS_OPAQUE std::invoke_result_t<F&> call_opaquely(F& f) {
  return f();
}
}  // namespace detail

// Runs f() in the known environment.
template <class F>
std::invoke_result_t<F&> enter(F&& f) {
  FpEnvironment environment;
  return detail::call_opaquely(f);
}

}  // namespace lstmetrics::runtime
