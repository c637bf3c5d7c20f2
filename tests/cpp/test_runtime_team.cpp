#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "check.hpp"
#include "lstmetrics/runtime/team.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "pool_probes.hpp"
#include "subprocess.hpp"

using check::runs_each_once;
using check::runs_on;
using lstmetrics::runtime::for_teams;
using lstmetrics::runtime::Member;
using lstmetrics::runtime::no_helpers;
using lstmetrics::runtime::parallel_for;
using lstmetrics::runtime::set_num_threads;
using lstmetrics::runtime::Team;

namespace {

std::size_t members_of(Team& team) {
  std::size_t count = 0;
  team.run([&](Member& member) {
    if (member.index() == 0) count = member.count();
  });
  return count;
}

constexpr std::chrono::hours kForEver{1};

// Calls f(team) with a team of so many members that are all there.
template <class F>
void with_team_of(std::size_t members, const F& f, std::chrono::milliseconds patience = kForEver) {
  for (bool done = false; !done;) {
    Team team(members - 1, patience);
    std::vector<std::thread> helpers;
    for (std::size_t seat = 1; seat < members; ++seat) {
      helpers.emplace_back([&team, seat] { team.help(seat); });
    }
    // With less patience, some may leave before the last has come.
    const auto end = std::chrono::steady_clock::now() + 10 * patience;
    while (!done && std::chrono::steady_clock::now() < end) {
      done = members_of(team) == members;
      if (!done) std::this_thread::yield();
    }
    if (done) f(team);
    team.close();
    for (std::thread& helper : helpers) helper.join();
  }
}

}  // namespace

CASE("team: every member does its part once, the caller among them") {
  for (const std::size_t members : {2u, 3u, 5u}) {
    const auto caller = [&](Team& team) {
      std::vector<int> parts(members);
      std::atomic<bool> right{true};
      std::size_t there = 0;
      team.run([&](Member& member) {
        ++parts[member.index()];
        if (member.index() >= member.count()) right = false;
        if (member.index() == 0) there = member.count();
      });
      CHECK(right);
      for (std::size_t i = 0; i < members; ++i) CHECK_EQUAL(parts[i], i < there ? 1 : 0);
    };
    with_team_of(members, caller);
  }
}

CASE("team: shares are all of the items, each once, cut at grains") {
  for (const std::size_t members : {1u, 2u, 3u, 5u}) {
    const auto shares = [&](Team& team) {
      for (const std::size_t items : {0u, 1u, 2u, 7u, 16u, 41u}) {
        for (const std::size_t grain : {1u, 2u, 4u}) {
          std::vector<std::atomic<int>> taken(items);
          std::atomic<bool> cut{true};
          team.run([&](Member& member) {
            const auto [first, last] = member.share(items, grain);
            if (first % grain != 0 && first != items) cut = false;
            for (std::size_t i = first; i < last; ++i) ++taken[i];
          });
          CHECK(cut);
          for (const auto& times : taken) CHECK_EQUAL(times.load(), 1);
        }
      }
    };
    if (members == 1) {
      shares(no_helpers());
    } else {
      with_team_of(members, shares);
    }
  }
}

// What a member has written before it meets the others, these may read behind it: no atomics here.
CASE("team: members that meet have all come") {
  for (const std::size_t members : {2u, 3u, 5u}) {
    constexpr std::size_t kTurns = 200;
    const auto meetings = [&](Team& team) {
      std::vector<std::size_t> turns(members);
      std::atomic<std::size_t> wrong{0};
      team.run([&](Member& member) {
        for (std::size_t turn = 1; turn <= kTurns; ++turn) {
          turns[member.index()] = turn;
          member.meet();
          for (std::size_t i = 0; i < member.count(); ++i) wrong += turns[i] != turn ? 1 : 0;
          member.meet();
        }
      });
      CHECK_EQUAL(wrong.load(), 0);
      CHECK_EQUAL(turns[0], kTurns);
    };
    with_team_of(members, meetings);
  }
}

CASE("team: runs may have more meetings and fewer members than those before") {
  std::size_t sum = 0;
  const auto runs = [&](Team& team) {
    for (std::size_t run = 0; run < 300; ++run) {
      std::vector<std::size_t> parts(3);
      team.run([&](Member& member) {
        for (std::size_t turn = 0; turn < run % 4; ++turn) member.meet();
        parts[member.index()] = 1;
        member.meet();
        if (member.index() == 0) sum += parts[0];
      });
    }
  };
  with_team_of(3, runs);
  CHECK_EQUAL(sum, 300);
}

CASE("team: one thread has no helpers") {
  set_num_threads(1);
  bool alone = false;
  for_teams(3, [&](std::size_t, Team& team) { alone = team.alone() && members_of(team) == 1; });
  CHECK(alone);
}

CASE("team: every task runs once, whatever the number of threads") {
  for (const std::size_t threads : {1u, 2u, 3u, 5u, 20u}) {
    set_num_threads(threads);
    for (const std::size_t count : {0u, 1u, 2u, 3u, 7u}) {
      std::vector<int> runs(count);
      for_teams(count, [&](std::size_t i, Team& team) {
        team.run([&](Member& member) {
          if (member.index() == 0) ++runs[i];
        });
      });
      CHECK(runs == std::vector<int>(count, 1));
    }
  }
}

CASE("team: inside a task, and while the pool is busy, the caller works alone") {
  set_num_threads(2);
  std::atomic<int> alone{0};
  parallel_for(2, [&](std::size_t) {
    for_teams(1, [&](std::size_t, Team& team) { alone += members_of(team) == 1 ? 1 : 0; });
  });
  CHECK_EQUAL(alone.load(), 2);

  check::while_the_pool_is_busy([&] {
    for_teams(1, [&](std::size_t, Team& team) { alone += members_of(team) == 1 ? 1 : 0; });
  });
  CHECK_EQUAL(alone.load(), 3);
  CHECK(runs_on(2));
}

CASE("team: many threads make teams at once") {
  set_num_threads(3);
  std::atomic<std::size_t> parts{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        for_teams(2, [&](std::size_t, Team& team) {
          team.run([&](Member& member) {
            member.meet();
            if (member.index() == 0) ++parts;
          });
        });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK_EQUAL(parts.load(), 4 * 50 * 2);
}

CASE("team: a task that throws lets its helpers go") {
  set_num_threads(3);
  for (int round = 0; round < 50; ++round) {
    const auto run = [&] {
      for_teams(1, [&](std::size_t, Team& team) {
        members_of(team);
        throw std::runtime_error("the task failed");
      });
    };
    CHECK_THROWS_SAYING(run(), std::runtime_error, "the task failed");
  }
  CHECK(runs_on(3));
  CHECK(runs_each_once(50));
}

// On a machine with much other work a thread may miss what another does, so these try some times.
CASE("team: helpers that keep it waiting are sent away") {
  const auto slow = [](Team& team) {
    for (int run = 0; run < 20 && !team.alone(); ++run) {
      team.run([](Member& member) {
        if (member.index() != 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      });
    }
    CHECK(team.alone());
    CHECK_EQUAL(members_of(team), 1);
  };
  with_team_of(2, slow, Team::kPatience);
}

CASE("team: a helper that is not needed goes to sleep") {
  const auto idle = [](Team& team) {
    std::size_t members = 2;
    for (int wait = 0; wait < 50 && members == 2; ++wait) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      members = members_of(team);
    }
    CHECK_EQUAL(members, 1);
  };
  with_team_of(2, idle, Team::kPatience);
}

CASE("team: a helper may go to sleep before the caller has seen that it is done") {
  const auto late = [](Team& team) {
    for (int run = 0; run < 50 && members_of(team) == 2; ++run) {
      team.run([](Member& member) {
        if (member.index() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      });
    }
    CHECK_EQUAL(members_of(team), 1);
  };
  with_team_of(2, late, Team::kPatience);
}

// Not under ThreadSanitizer, which does not support threads that a forked child starts.
#if !defined(__SANITIZE_THREAD__)
CASE("team: a fork makes teams of its own") {
  set_num_threads(2);
  const auto works = [] {
    std::size_t parts = 0;
    for (int round = 0; round < 20; ++round) {
      for_teams(1, [&](std::size_t, Team& team) {
        team.run([&](Member& member) {
          member.meet();
          if (member.index() == 0) ++parts;
        });
      });
    }
    CHECK_EQUAL(parts, 20);
  };
  works();
  CHECK_EQUAL(check::run_in_fork(works), 0);
  works();
}

#if !defined(__SANITIZE_ADDRESS__)  // a child has the locks of its allocator as they were
CASE("team: forks while another thread's team works") {
  set_num_threads(2);
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) {
      for_teams(1, [](std::size_t, Team& team) {
        for (int run = 0; run < 20; ++run) team.run([](Member& member) { member.meet(); });
      });
    }
  });
  int failures = 0;
  for (int round = 0; round < 10; ++round) {
    failures += check::run_in_fork([] { CHECK(runs_each_once(16)); });
  }
  stop = true;
  other.join();
  CHECK_EQUAL(failures, 0);
}
#endif
#endif
