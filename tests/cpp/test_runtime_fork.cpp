// fork() around the pool: the child has only the thread that forked, and must compute all the same.
//
// Not under ThreadSanitizer, which does not support threads that a forked child starts.
#if !defined(__SANITIZE_THREAD__)

#include <array>
#include <atomic>
#include <thread>

#include "check.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "pool_probes.hpp"
#include "subprocess.hpp"

using check::runs_each_once;
using check::runs_on;
using lstmetrics::runtime::num_threads;
using lstmetrics::runtime::parallel_for;
using lstmetrics::runtime::set_num_threads;

CASE("pool: a fork computes on threads of its own and exits") {
  set_num_threads(3);
  CHECK(runs_on(3));
  const auto child = [] {
    CHECK_EQUAL(num_threads(), 3);
    CHECK(runs_on(3));
    CHECK(runs_each_once(100));
    set_num_threads(2);
    CHECK(runs_on(2));
  };
  CHECK_EQUAL(check::run_in_fork(child), 0);
  CHECK(runs_on(3));
}

CASE("pool: a fork of a fork") {
  set_num_threads(2);
  CHECK(runs_on(2));
  const auto child = [] {
    CHECK(runs_on(2));
    CHECK_EQUAL(check::run_in_fork([] { CHECK(runs_on(2)); }), 0);
    CHECK(runs_on(2));
  };
  CHECK_EQUAL(check::run_in_fork(child), 0);
}

CASE("pool: a fork before any region has nothing to forget") {
  const auto child = [] {
    set_num_threads(2);
    CHECK(runs_on(2));
  };
  CHECK_EQUAL(check::run_in_fork(child), 0);
}

CASE("pool: a fork while a region runs in another thread") {
  set_num_threads(2);
  int status = 0;
  check::while_the_pool_is_busy([&] {
    status = check::run_in_fork([] {
      CHECK(runs_on(2));
      CHECK(runs_each_once(50));
    });
  });
  CHECK_EQUAL(status, 0);
  CHECK(runs_on(2));
}

CASE("pool: forks at any moment of another thread's regions") {
  set_num_threads(2);
  std::atomic<bool> stop{false};
  // This thread is gone in the child, wherever it was. It allocates nothing: what a sanitizer's
  // allocator locks would stay locked, and what the thread owned would look lost.
  std::thread other([&] {
    std::array<std::size_t, 4> runs{};
    while (!stop) parallel_for(runs.size(), [&](std::size_t i) { ++runs[i]; });
  });
  int failures = 0;
  for (int round = 0; round < 20; ++round) {
    failures += check::run_in_fork([] { CHECK(runs_each_once(16)); });
  }
  stop = true;
  other.join();
  CHECK_EQUAL(failures, 0);
}

#endif
