#include "lstmetrics/runtime/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

#if defined(__unix__) || defined(__APPLE__)
#define LSTMETRICS_POSIX 1
#include <pthread.h>
#include <signal.h>
#endif

namespace lstmetrics::runtime {
namespace {

using Task = std::function<void(std::size_t)>;

constexpr std::size_t kMaxThreads = 1024;
constexpr const char* kVariable = "LSTMETRICS_NUM_THREADS";

// ---- how many threads ---------------------------------------------------------------------------

std::size_t threads_of_environment() {
  const char* value = std::getenv(kVariable);
  const std::string_view text = value == nullptr ? "" : value;
  if (text.empty()) return std::min(available_cpus(), kMaxThreads);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool understood = error == std::errc() && end == text.data() + text.size();
  if (!understood || count < 1 || count > kMaxThreads) {
    throw InvalidValue(std::string(kVariable) + "='" + std::string(text) +
                       "': expected a whole number from 1 to " + std::to_string(kMaxThreads) +
                       "; unset it to use all CPUs that this process may use (" +
                       std::to_string(available_cpus()) + ")");
  }
  return count;
}

// 0 until first asked for or set. No lock: it must be usable in a child forked at any moment.
std::atomic<std::size_t> thread_count{0};

// ---- one region ---------------------------------------------------------------------------------

thread_local bool inside_task = false;

// Marks the thread as running tasks, so that nested entry is seen.
class InsideTask {
 public:
  InsideTask() noexcept { inside_task = true; }
  ~InsideTask() { inside_task = before_; }
  InsideTask(const InsideTask&) = delete;
  InsideTask& operator=(const InsideTask&) = delete;

 private:
  bool before_ = inside_task;
};

// Tasks are handed out in ascending order, and none after one has thrown. So every task below a
// throwing one has run, and the error kept is the same in each run: that of the least index.
class Region {
 public:
  Region(std::size_t count, const Task& task) noexcept : count_(count), task_(task) {}

  // Runs tasks until none is left; any number of threads may be in here at once.
  void run() noexcept {
    const InsideTask inside;
    enter([this] {
      for (std::size_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
        try {
          task_(i);
        } catch (...) {
          keep_error(i);
        }
      }
    });
  }

  // To be called when every thread has left run().
  void rethrow_error() const {
    if (error_) std::rethrow_exception(error_);
  }

  // Both guarded by the pool's mutex: workers that may still come, workers that are here.
  std::size_t seats = 0;
  std::size_t workers = 0;

 private:
  void keep_error(std::size_t i) noexcept {
    next_.store(count_, std::memory_order_relaxed);
    const std::lock_guard lock(error_mutex_);
    if (i < error_index_) {
      error_index_ = i;
      error_ = std::current_exception();
    }
  }

  const std::size_t count_;
  const Task& task_;
  alignas(kCacheLine) std::atomic<std::size_t> next_{0};
  std::mutex error_mutex_;
  std::size_t error_index_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error_;
};

// ---- the pool -----------------------------------------------------------------------------------

// Starts a thread that takes no signals: they belong to the threads of the program, whose system
// calls they are meant to interrupt. Faults stay with the thread that causes them.
template <class F>
std::thread start_without_signals(F&& body) {
#if defined(LSTMETRICS_POSIX)
  struct BlockedSignals {
    BlockedSignals() noexcept {
      sigset_t blocked;
      sigfillset(&blocked);
      for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) {
        sigdelset(&blocked, fault);
      }
      pthread_sigmask(SIG_SETMASK, &blocked, &before);
    }
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
    sigset_t before;
  } const blocked_signals;
#endif
  return std::thread(std::forward<F>(body));
}

class Pool {
 public:
  // Runs the tasks on up to `threads` threads; false, and nothing done, when a region runs already.
  bool try_run(std::size_t count, const Task& task, std::size_t threads) {
    const std::unique_lock entry(entry_, std::try_to_lock);
    if (!entry) return false;
    // As many workers as the region can use, and never more than were asked for.
    const std::size_t helpers = std::min(count, threads) - 1;
    resize(std::clamp(workers_.size(), helpers, threads - 1));
    Region region(count, task);
    {
      const std::lock_guard lock(mutex_);
      region.seats = std::min(helpers, workers_.size());
      region_ = &region;
    }
    for (std::size_t i = 0; i < helpers; ++i) work_.notify_one();
    region.run();
    {
      std::unique_lock lock(mutex_);
      region_ = nullptr;
      done_.wait(lock, [&] { return region.workers == 0; });
    }
    region.rethrow_error();
    return true;
  }

  // After fork(): the pool of the parent, kept reachable because nothing in it may be destroyed.
  Pool* parent = nullptr;

 private:
  // Brings the number of workers to `size`. Only between regions.
  void resize(std::size_t size) {
    if (size == workers_.size()) return;
    {
      const std::lock_guard lock(mutex_);
      limit_ = size;
    }
    if (size < workers_.size()) {
      work_.notify_all();
      while (workers_.size() > size) {
        workers_.back().join();
        workers_.pop_back();
      }
    }
    workers_.reserve(size);
    try {
      while (workers_.size() < size) {
        const std::size_t index = workers_.size();
        workers_.push_back(start_without_signals([this, index] { work(index); }));
      }
    } catch (const std::system_error&) {
      // The system gives no more threads: go on with those there are; results do not depend on it.
    }
  }

  void work(std::size_t index) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_.wait(lock,
                 [&] { return index >= limit_ || (region_ != nullptr && region_->seats > 0); });
      if (index >= limit_) return;
      Region& region = *region_;
      --region.seats;
      ++region.workers;
      lock.unlock();
      region.run();
      lock.lock();
      if (--region.workers == 0) done_.notify_one();
    }
  }

  std::mutex entry_;                  // held by the thread whose region runs
  std::vector<std::thread> workers_;  // guarded by entry_

  std::mutex mutex_;
  std::condition_variable work_;  // a region came, or the limit fell
  std::condition_variable done_;  // the last worker left the region
  std::size_t limit_ = 0;         // workers from this index on end
  Region* region_ = nullptr;
};

// Never destroyed: workers sleep in it until the process ends.
std::atomic<Pool*> pool_in_use{nullptr};

Pool& pool() {
  if (Pool* pool = pool_in_use.load(std::memory_order_acquire)) return *pool;
  Pool* fresh = new Pool;
  Pool* before = nullptr;
  if (pool_in_use.compare_exchange_strong(before, fresh, std::memory_order_acq_rel)) return *fresh;
  delete fresh;  // another thread was faster; this one has no workers yet
  return *before;
}

#if defined(LSTMETRICS_POSIX)
// Only the thread that called fork() lives on in the child; locks may be held by threads that are
// gone, so the parent's pool is not touched again. The next region starts a new one.
Pool* pools_of_parents = nullptr;

void forget_pool_in_child() {
  Pool* pool = pool_in_use.exchange(nullptr, std::memory_order_relaxed);
  if (pool == nullptr) return;
  pool->parent = pools_of_parents;
  pools_of_parents = pool;
}

[[maybe_unused]] const int fork_handler = pthread_atfork(nullptr, nullptr, forget_pool_in_child);
#endif

}  // namespace

std::size_t num_threads() {
  if (const std::size_t count = thread_count.load(std::memory_order_relaxed)) return count;
  const std::size_t found = threads_of_environment();
  // A set_num_threads() that came in between stays in force.
  std::size_t before = 0;
  return thread_count.compare_exchange_strong(before, found, std::memory_order_relaxed) ? found
                                                                                        : before;
}

void set_num_threads(std::size_t count) {
  if (count < 1 || count > kMaxThreads) {
    throw InvalidValue("set_num_threads: expected 1 to " + std::to_string(kMaxThreads) +
                       " threads, got " + std::to_string(count));
  }
  thread_count.store(count, std::memory_order_relaxed);
}

void parallel_for(std::size_t count, const Task& task) {
  const std::size_t threads = num_threads();
  if (count == 0) return;
  if (count > 1 && threads > 1 && !inside_task && pool().try_run(count, task, threads)) return;
  Region region(count, task);
  region.run();
  region.rethrow_error();
}

}  // namespace lstmetrics::runtime
