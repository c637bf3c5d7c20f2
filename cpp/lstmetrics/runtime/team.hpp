// Threads that work on one thing together, step by step, where parallel_for is too coarse.
//
// - for_teams runs task(i, team) for i in [0, count), as parallel_for does. Threads that would be
//   left over help: each belongs to one of the teams, and does what that team's task gives out.
// - team.run(part) calls part(member) on every member that is there at that moment, the caller
//   always one of them, and returns when all have ended. Nobody waits for a helper that comes late:
//   it takes part from the next run on.
// - member.meet() returns when every member of the run has called it as often.
// - Who waits spins for some microseconds, then yields, so that a machine with other work goes on.
//   A team whose helpers keep it waiting sends them away, and the calls after it go without.
// - Parts must not throw. They see how many members there are and no result may depend on it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/base/export.hpp"

namespace lstmetrics::runtime {

class Team;

// One thread's part in a run.
class Member {
 public:
  // One that is alone.
  Member() noexcept = default;

  std::size_t index() const noexcept { return index_; }
  std::size_t count() const noexcept { return count_; }

  struct Share {
    std::size_t first;
    std::size_t last;
  };
  // Its share of so many items, cut at multiples of `grain`.
  Share share(std::size_t items, std::size_t grain = 1) const noexcept {
    const std::size_t grains = (items + grain - 1) / grain;
    const auto cut = [&](std::size_t at) {
      const std::size_t item = grains * at / count_ * grain;
      return item < items ? item : items;
    };
    return {cut(index_), cut(index_ + 1)};
  }
  void meet() noexcept {
    if (count_ > 1) meet_others();
  }

 private:
  friend class Team;
  Member(Team* team, std::size_t index, std::size_t count, std::uint32_t turn) noexcept
      : team_(team), index_(index), count_(count), turn_(turn) {}

  LSTMETRICS_API void meet_others() noexcept;

  Team* team_ = nullptr;
  std::size_t index_ = 0;
  std::size_t count_ = 1;
  std::uint32_t turn_ = 0;  // how often members of the team have met
};

class LSTMETRICS_API Team {
 public:
  // More would wait for each other longer than they work.
  static constexpr std::size_t kMostMembers = 8;
  static constexpr std::chrono::milliseconds kPatience{2};

  // The caller alone: stateless, so that any number of threads may share one.
  Team() noexcept;
  // A helper leaves when nothing has come for as long as the team's patience, and the caller sends
  // helpers away that cost a fourth of its time, once that is a twentieth of the patience.
  explicit Team(std::size_t helpers, std::chrono::milliseconds patience = kPatience);
  ~Team();
  Team(Team&&) noexcept;
  Team& operator=(Team&&) = delete;

  bool alone() const noexcept { return helpers_ == 0; }
  // Members of a run at most.
  std::size_t most() const noexcept { return helpers_ + 1; }

  // Where it does not pay to share the work, the caller does it alone.
  template <class Part>
  void run(const Part& part, bool pays = true) noexcept {
    if (alone() || !pays) {
      Member member;
      part(member);
    } else {
      run_together([](const void* given,
                      Member& member) noexcept { (*static_cast<const Part*>(given))(member); },
                   &part);
    }
  }

  // What a helper does: takes part until the team is closed.
  void help(std::size_t seat) noexcept;
  // Lets the helpers go; those that have not come will not stay.
  void close() noexcept;

 private:
  friend class Member;
  using Clock = std::chrono::steady_clock;
  using Work = void (*)(const void* part, Member& member) noexcept;
  struct Seat;

  void run_together(Work work, const void* part) noexcept;
  std::size_t call_helpers(std::size_t (&called)[kMostMembers]) noexcept;
  void look_at_losses() noexcept;

  std::unique_ptr<Seat[]> seats_;
  std::size_t helpers_ = 0;
  bool helped_ = false;  // in some run, to the caller's gain
  std::uint32_t turn_ = 0;
  Clock::duration patience_ = kPatience;
  // Of the caller: when the team began, and how long it has waited for helpers beyond spinning.
  Clock::time_point begun_{};
  Clock::duration lost_{};
  Clock::duration lost_before_{};
};

// The team of a thread that has no helpers.
LSTMETRICS_API Team& no_helpers() noexcept;

// False while calls go alone, because helpers were sent away not long ago.
LSTMETRICS_API bool helpers_are_welcome() noexcept;

// InvalidValue as for num_threads(). Where all of the process's threads have tasks of their own, or
// the pool is busy, every team is its task's thread alone.
LSTMETRICS_API void for_teams(std::size_t count,
                              const std::function<void(std::size_t, Team&)>& task);

}  // namespace lstmetrics::runtime
