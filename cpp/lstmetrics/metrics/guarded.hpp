// A state that many threads may use: one mutex, every call in the known floating-point
// environment. The border lets go of the GIL first and then calls this.
#pragma once

#include <mutex>
#include <type_traits>
#include <utility>

#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::metrics {

template <Accumulator A>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(A state) : state_(std::move(state)) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // f(A&) under the lock: for updates. What f throws leaves the state as A's own update does.
  template <class F>
  std::invoke_result_t<F&, A&> write(F&& f) {
    const std::scoped_lock lock(mutex_);
    return runtime::enter([&]() -> std::invoke_result_t<F&, A&> { return f(state_); });
  }

  // f(const A&) under the lock: for results.
  template <class F>
  std::invoke_result_t<F&, const A&> read(F&& f) const {
    const std::scoped_lock lock(mutex_);
    return runtime::enter([&]() -> std::invoke_result_t<F&, const A&> { return f(state_); });
  }

  // state.update(args...)
  template <class... Args>
  decltype(auto) update(Args&&... args) {
    return write([&](A& state) -> decltype(auto) { return state.update(args...); });
  }

  // Both locks are taken at once; merging a state with itself doubles it.
  void merge(const Guarded& other) {
    if (this == &other) return merge_self();
    const std::scoped_lock lock(mutex_, other.mutex_);
    runtime::enter([&] { state_.merge(other.state_); });
  }

  bool equals(const Guarded& other) const {
    if (this == &other) return true;
    const std::scoped_lock lock(mutex_, other.mutex_);
    return runtime::enter([&] { return state_ == other.state_; });
  }

  A copy() const {
    return read([](const A& state) { return state; });
  }

  // Nothing seen, the same parameters.
  void reset() {
    write([](A& state) { state = state.blank(); });
  }

 private:
  void merge_self() {
    write([](A& state) {
      const A twin = state;
      state.merge(twin);
    });
  }

  mutable std::mutex mutex_;
  A state_;
};

}  // namespace lstmetrics::metrics
