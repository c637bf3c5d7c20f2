// Samples cut into as many parts as there are threads, where they are worth it. Internal to
// metrics/.
#pragma once

#include <algorithm>
#include <cstddef>

#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {

class Parts {
 public:
  explicit Parts(std::size_t samples)
      : samples_(samples), count_(samples < kWorthThreads ? 1 : runtime::num_threads()) {}

  std::size_t count() const noexcept { return count_; }

  // f(part, begin, end) for each, on several threads; the last ones may be empty.
  template <class F>
  void run(F&& f) const {
    if (count_ == 1) return f(std::size_t{0}, std::size_t{0}, samples_);
    const std::size_t size = (samples_ / count_ + kLongBlock) / kLongBlock * kLongBlock;
    runtime::parallel_for(count_, [&](std::size_t part) {
      const std::size_t begin = std::min(samples_, part * size);
      f(part, begin, std::min(samples_, begin + size));
    });
  }

 private:
  static constexpr std::size_t kWorthThreads = std::size_t{1} << 20;

  std::size_t samples_;
  std::size_t count_;
};

}  // namespace lstmetrics::metrics
