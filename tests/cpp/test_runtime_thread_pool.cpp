#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "pool_probes.hpp"
#include "subprocess.hpp"

using check::Gate;
using check::runs_each_once;
using check::runs_on;
using lstmetrics::InvalidValue;
using lstmetrics::runtime::available_cpus;
using lstmetrics::runtime::num_threads;
using lstmetrics::runtime::parallel_for;
using lstmetrics::runtime::set_num_threads;

namespace {

std::set<std::thread::id> threads_of(std::size_t count) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  parallel_for(count, [&](std::size_t) {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  return threads;
}

bool runs_on_caller_alone(std::size_t count) {
  return threads_of(count) == std::set{std::this_thread::get_id()};
}

// A new process that prints how many threads it starts with.
check::Outcome start_with_variable(const std::string& value) {
  return check::run_case("pool: how many threads at first", {{"LSTMETRICS_NUM_THREADS", value}});
}

}  // namespace

CASE("pool: every task runs once") {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    set_num_threads(threads);
    for (const std::size_t count : {0u, 1u, 2u, 3u, 7u, 1000u}) CHECK(runs_each_once(count));
  }
}

CASE("pool: as many threads as were asked for take part, the caller one of them") {
  for (const std::size_t threads : {2u, 4u, 3u}) {
    set_num_threads(threads);
    CHECK(runs_on(threads));
    CHECK(threads_of(200).size() <= threads);
  }
}

CASE("pool: one thread, or one task, is the caller's own") {
  set_num_threads(1);
  CHECK(runs_on_caller_alone(10));
  set_num_threads(4);
  CHECK(runs_on_caller_alone(1));
}

CASE("pool: the tasks of one thread run in order") {
  set_num_threads(1);
  std::vector<std::size_t> order;
  parallel_for(5, [&](std::size_t i) { order.push_back(i); });
  CHECK(order == (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

CASE("pool: many small regions") {
  set_num_threads(3);
  std::vector<std::size_t> sums(4);
  for (std::size_t round = 0; round < 5000; ++round) {
    parallel_for(sums.size(), [&](std::size_t i) { sums[i] += i + round; });
  }
  for (std::size_t i = 0; i < sums.size(); ++i) CHECK_EQUAL(sums[i], 5000 * i + 4999 * 5000 / 2);
}

CASE("pool: nested entry runs on the thread of the task") {
  set_num_threads(4);
  std::atomic<int> inner{0};
  std::atomic<bool> stayed{true};
  parallel_for(8, [&](std::size_t) {
    if (!runs_on_caller_alone(8)) stayed = false;
    parallel_for(8, [&](std::size_t) { parallel_for(2, [&](std::size_t) { ++inner; }); });
  });
  CHECK(stayed);
  CHECK_EQUAL(inner.load(), 8 * 8 * 2);
  CHECK(runs_on(4));
}

CASE("pool: nested entry from a region of one task stays on its thread as well") {
  set_num_threads(4);
  bool stayed = false;
  parallel_for(1, [&](std::size_t) { stayed = runs_on_caller_alone(8); });
  CHECK(stayed);
}

CASE("pool: concurrent entry runs on the thread that enters") {
  set_num_threads(2);
  bool alone = false;
  check::while_the_pool_is_busy([&] { alone = runs_on_caller_alone(16); });
  CHECK(alone);
  CHECK(runs_on(2));
}

CASE("pool: many threads enter at once") {
  set_num_threads(3);
  std::atomic<bool> right{true};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (!runs_each_once(17)) right = false;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(right);
}

CASE("pool: the exception of the first failing task reaches the caller") {
  for (const std::size_t threads : {1u, 4u}) {
    set_num_threads(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> running{0};
      const auto run = [&] {
        parallel_for(100, [&](std::size_t i) {
          ++running;
          if (i >= 20 && i % 2 == 0) {
            --running;
            throw std::runtime_error("task " + std::to_string(i) + " failed");
          }
          --running;
        });
      };
      CHECK_THROWS_SAYING(run(), std::runtime_error, "task 20 failed");
      CHECK_EQUAL(running.load(), 0);
    }
    CHECK(runs_each_once(100));
  }
}

CASE("pool: an exception in a nested region passes through both") {
  set_num_threads(3);
  const auto run = [] {
    parallel_for(4, [](std::size_t) {
      parallel_for(4, [](std::size_t i) {
        if (i == 3) throw InvalidValue("inner");
      });
    });
  };
  CHECK_THROWS_SAYING(run(), InvalidValue, "inner");
  CHECK(runs_on(3));
}

CASE("pool: an exception that is no std::exception passes too") {
  set_num_threads(2);
  int caught = 0;
  try {
    parallel_for(2, [](std::size_t) { throw 7; });
  } catch (int value) {
    caught = value;
  }
  CHECK_EQUAL(caught, 7);
}

CASE("pool: set_num_threads refuses what is no number of threads") {
  set_num_threads(3);
  CHECK_THROWS_SAYING(set_num_threads(0), InvalidValue, "expected 1 to 1024 threads, got 0");
  CHECK_THROWS_SAYING(set_num_threads(1025), InvalidValue, "got 1025");
  CHECK_EQUAL(num_threads(), 3);
  set_num_threads(1024);
  CHECK_EQUAL(num_threads(), 1024);
}

CASE("pool: set_num_threads while a region runs takes effect after it") {
  set_num_threads(2);
  Gate both(2);
  parallel_for(2, [&](std::size_t i) {
    both.pass();
    if (i == 0) set_num_threads(5);
  });
  CHECK_EQUAL(num_threads(), 5);
  CHECK(runs_on(5));
  parallel_for(5, [&](std::size_t) { set_num_threads(2); });
  CHECK(runs_on(2));
  CHECK(threads_of(50).size() <= 2);
}

CASE("pool: sizes change while other threads compute") {
  std::atomic<bool> right{true};
  std::thread caller([&] {
    for (int round = 0; round < 300; ++round) {
      if (!runs_each_once(9)) right = false;
    }
  });
  for (std::size_t round = 0; round < 300; ++round) {
    set_num_threads(1 + round % 4);
    if (!runs_each_once(5)) right = false;
  }
  caller.join();
  CHECK(right);
}

CASE("pool: idle workers use no processor time") {
  set_num_threads(4);
  CHECK(runs_on(4));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // let them fall asleep
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto used = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  CHECK(used < 0.05);
}

CASE("pool: workers leave signals to the threads of the program") {
  set_num_threads(3);
  const auto caller = std::this_thread::get_id();
  Gate all(3);
  std::atomic<int> blocked{0};
  parallel_for(3, [&](std::size_t) {
    all.pass();
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    const bool of_worker = std::this_thread::get_id() != caller;
    if (of_worker && sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGSEGV) == 0) ++blocked;
  });
  CHECK_EQUAL(blocked.load(), 2);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  CHECK_EQUAL(sigismember(&mask, SIGINT), 0);
}

CASE("pool: the environment sets the number of threads") {
  const auto set = start_with_variable("7");
  CHECK_EQUAL(set.output, "7 threads\n");
  CHECK_EQUAL(set.status, 0);
  const auto empty = start_with_variable("");
  CHECK_EQUAL(empty.output, std::to_string(available_cpus()) + " threads\n");
}

CASE("pool: a number of threads in the environment that is none is a clear error") {
  for (const char* text : {"0", "-1", "1025", "four", "2 ", "2.0", "99999999999999999999999"}) {
    const auto run = start_with_variable(text);
    CHECK_EQUAL(run.status, 1);
    const std::string said = "LSTMETRICS_NUM_THREADS='" + std::string(text) +
                             "': expected a whole number from 1 to 1024; unset it";
    CHECK(run.output.find(said) != std::string::npos);
  }
}

CASE("pool: how many threads at first") {
  std::printf("%zu threads\n", num_threads());
  CHECK(runs_each_once(10));
}
