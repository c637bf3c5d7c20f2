// What cases ask of the thread pool.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "lstmetrics/runtime/thread_pool.hpp"

namespace check {

// Opens once so many threads have come: proof that they run at the same time.
class Gate {
 public:
  explicit Gate(std::size_t threads) : missing_(threads) {}

  // False when the others did not come within a minute.
  bool pass() {
    std::unique_lock lock(mutex_);
    if (missing_ > 0) --missing_;
    changed_.notify_all();
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t missing_;
};

// Each task counts itself; every count must be 1.
inline bool runs_each_once(std::size_t count) {
  std::vector<int> runs(count);
  lstmetrics::runtime::parallel_for(count, [&](std::size_t i) { ++runs[i]; });
  return std::all_of(runs.begin(), runs.end(), [](int n) { return n == 1; });
}

// True when `threads` tasks run at the same time on as many threads.
inline bool runs_on(std::size_t threads) {
  Gate gate(threads);
  std::atomic<bool> passed{true};
  lstmetrics::runtime::parallel_for(threads, [&](std::size_t) {
    if (!gate.pass()) passed = false;
  });
  return passed;
}

// Calls f() while both tasks of another thread's region of two run.
template <class F>
void while_the_pool_is_busy(const F& f) {
  Gate inside(3);
  Gate leave(3);
  std::thread other([&] {
    lstmetrics::runtime::parallel_for(2, [&](std::size_t) {
      inside.pass();
      leave.pass();
    });
  });
  inside.pass();
  f();
  leave.pass();
  other.join();
}

}  // namespace check
