// One pool of worker threads for the process.
//
// - Size: set_num_threads(), else LSTMETRICS_NUM_THREADS, else the CPUs this process may use
//   (affinity, then the cgroup's quota rounded up).
// - parallel_for runs task(i) for i in [0, count), the caller taking part. Tasks may run in any
//   order on any thread, so they must write to places of their own.
// - Nested entry (from inside a task) and concurrent entry (another thread while a region runs)
//   run their tasks on the calling thread, one after another: never a deadlock, never more threads.
// - Idle workers sleep; they never spin.
// - After fork() the child starts a pool of its own at first use. (A fork from inside a task is for
//   exec() alone: the tasks of the other threads are lost in the child.)
// - A task that throws stops those not yet begun. Once all that have begun have ended, the
// exception
//   of the lowest index is rethrown in the caller: the same one in every run.
// - Every task runs in the known floating-point environment.
#pragma once

#include <cstddef>
#include <functional>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

// InvalidValue when LSTMETRICS_NUM_THREADS is needed and is not a number from 1 to 1024.
LSTMETRICS_API std::size_t num_threads();
// InvalidValue for 0 or more than 1024. While a region runs, it takes effect after it.
LSTMETRICS_API void set_num_threads(std::size_t count);
// CPUs that affinity and cgroup limits leave to this process; at least 1.
LSTMETRICS_API std::size_t available_cpus();

// InvalidValue as for num_threads(), before any task is run.
LSTMETRICS_API void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace lstmetrics::runtime
