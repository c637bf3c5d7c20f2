// Letting other Python threads run while the core works.
#pragma once

#include <Python.h>

#include <cstddef>
#include <utility>

namespace lstmetrics::border {

// Below this many items a call is over before another thread could make use of the GIL.
inline constexpr std::size_t kWorthReleasing = 4096;

// Lets go of the GIL for its lifetime, if told to.
class ReleasedGil {
 public:
  explicit ReleasedGil(bool release) noexcept : state_(release ? PyEval_SaveThread() : nullptr) {}
  ~ReleasedGil() {
    if (state_ != nullptr) PyEval_RestoreThread(state_);
  }
  ReleasedGil(const ReleasedGil&) = delete;
  ReleasedGil& operator=(const ReleasedGil&) = delete;

 private:
  PyThreadState* state_;
};

// Runs f() without the GIL when it has enough to do.
template <class F>
decltype(auto) unlocked(std::size_t items, F&& f) {
  const ReleasedGil released(items >= kWorthReleasing);
  return f();
}

}  // namespace lstmetrics::border
