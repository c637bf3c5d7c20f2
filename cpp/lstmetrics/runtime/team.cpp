#include "lstmetrics/runtime/team.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::runtime {
namespace {

// Tells the processor that a thread spins.
void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Some microseconds: longer than members that run are apart, shorter than a turn of the system's.
constexpr unsigned kSpins = 512;

struct Waited {
  std::chrono::steady_clock::duration beyond_spinning;
  bool in_vain;  // the most that was wanted has passed
};

// Waits for what another thread does.
template <class Done>
Waited wait_until(const Done& done, std::chrono::steady_clock::duration most =
                                        std::chrono::steady_clock::duration::max()) noexcept {
  for (unsigned spin = 0; spin < kSpins; ++spin) {
    if (done()) return {{}, false};
    relax();
  }
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (done()) return {waited, false};
    if (waited > most) return {waited, true};
    std::this_thread::yield();
  }
}

// Helpers that cost this part of the time must go, once it is that part of a team's patience.
constexpr int kLossPart = 4;
constexpr int kLeastLossPart = 20;

// Calls that go without helpers after some were sent away: twice as many each time it happens, half
// as many for each call in which it did not.
constexpr unsigned kMostAlone = 64;
std::atomic<unsigned> calls_alone{0};
std::atomic<unsigned> next_alone{1};

// Whether a call may have helpers; counts those that go alone.
bool may_have_helpers() noexcept {
  unsigned left = calls_alone.load(std::memory_order_relaxed);
  while (left > 0) {
    if (calls_alone.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return false;
  }
  return true;
}

void go_alone_for_a_while() noexcept {
  const unsigned calls = next_alone.load(std::memory_order_relaxed);
  calls_alone.store(calls, std::memory_order_relaxed);
  next_alone.store(std::min(2 * calls, kMostAlone), std::memory_order_relaxed);
}

void note_that_help_went_well() noexcept {
  const unsigned calls = next_alone.load(std::memory_order_relaxed);
  if (calls > 1) next_alone.store(calls / 2, std::memory_order_relaxed);
}

enum State : std::uint32_t {
  kAbsent,   // the helper has not come
  kIdle,     // it waits for work
  kCalled,   // its work is being written down
  kWorking,  // until it says that it is idle
  kClosed,   // it has left, or will not stay
};

}  // namespace

struct alignas(kCacheLine) Team::Seat {
  std::atomic<std::uint32_t> state{kAbsent};
  // Written by the caller while the state is kCalled, read by the helper while it is kWorking.
  Work work = nullptr;
  const void* part = nullptr;
  Member member;
  // How often the member with the number of this seat has met the others. Seat 0 is the caller's.
  alignas(kCacheLine) std::atomic<std::uint32_t> turn{0};
};

Team::Team() noexcept = default;
Team::Team(std::size_t helpers, std::chrono::milliseconds patience)
    : seats_(std::make_unique<Seat[]>(helpers + 1)),
      helpers_(helpers),
      patience_(patience),
      begun_(Clock::now()) {}
Team::Team(Team&&) noexcept = default;
Team::~Team() = default;

void Member::meet_others() noexcept {
  ++turn_;
  Team::Seat* seats = team_->seats_.get();
  seats[index_].turn.store(turn_, std::memory_order_release);
  for (std::size_t other = 0; other < count_; ++other) {
    if (other == index_) continue;
    const std::atomic<std::uint32_t>& turn = seats[other].turn;
    // The difference, for the number may have gone round.
    const Waited waited =
        wait_until([&] { return turn.load(std::memory_order_acquire) != turn_ - 1; });
    if (index_ == 0) team_->lost_ += waited.beyond_spinning;
  }
}

// The seats of helpers that wait for work, now called; how many.
std::size_t Team::call_helpers(std::size_t (&called)[kMostMembers]) noexcept {
  std::size_t count = 0;
  for (std::size_t seat = 1; seat <= helpers_; ++seat) {
    std::uint32_t idle = kIdle;
    if (seats_[seat].state.compare_exchange_strong(idle, kCalled, std::memory_order_acquire)) {
      called[count++] = seat;
    }
  }
  return count;
}

void Team::run_together(Work work, const void* part) noexcept {
  std::size_t called[kMostMembers];
  const std::size_t count = call_helpers(called);
  helped_ = helped_ || count > 0;
  // Before any member begins, so that nobody takes an earlier run's meeting for one of this.
  for (std::size_t i = 0; i <= count; ++i) seats_[i].turn.store(turn_, std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    Seat& seat = seats_[called[i]];
    seat.work = work;
    seat.part = part;
    seat.member = Member(this, i + 1, count + 1, turn_);
    seat.state.store(kWorking, std::memory_order_release);
  }
  Member own(this, 0, count + 1, turn_);
  work(part, own);
  for (std::size_t i = 0; i < count; ++i) {
    const std::atomic<std::uint32_t>& state = seats_[called[i]].state;
    // It may have left since: whoever works no more has done its part.
    lost_ += wait_until([&] {
               return state.load(std::memory_order_acquire) != kWorking;
             }).beyond_spinning;
  }
  turn_ = own.turn_;
  if (lost_ != lost_before_) look_at_losses();
}

void Team::look_at_losses() noexcept {
  lost_before_ = lost_;
  if (lost_ * kLeastLossPart < patience_ || lost_ * kLossPart < Clock::now() - begun_) return;
  helped_ = false;
  close();
  go_alone_for_a_while();
}

void Team::help(std::size_t number) noexcept {
  Seat& seat = seats_[number];
  std::uint32_t before = kAbsent;
  if (!seat.state.compare_exchange_strong(before, kIdle, std::memory_order_acq_rel)) return;
  for (;;) {
    const auto called = [&] {
      const std::uint32_t state = seat.state.load(std::memory_order_acquire);
      return state == kWorking || state == kClosed;
    };
    before = kIdle;
    if (wait_until(called, patience_).in_vain &&
        seat.state.compare_exchange_strong(before, kClosed, std::memory_order_acq_rel)) {
      return;
    }
    wait_until(called);
    if (seat.state.load(std::memory_order_acquire) != kWorking) return;
    seat.work(seat.part, seat.member);
    seat.state.store(kIdle, std::memory_order_release);
  }
}

void Team::close() noexcept {
  for (std::size_t seat = 1; seat <= helpers_; ++seat) {
    seats_[seat].state.store(kClosed, std::memory_order_release);
  }
  helpers_ = 0;
  if (helped_) note_that_help_went_well();
}

Team& no_helpers() noexcept {
  static Team team;
  return team;
}

bool helpers_are_welcome() noexcept { return calls_alone.load(std::memory_order_relaxed) == 0; }

void for_teams(std::size_t count, const std::function<void(std::size_t, Team&)>& task) {
  const std::size_t threads = num_threads();
  const std::size_t spare = count > 0 && threads > count ? threads - count : 0;
  const std::size_t helpers = std::min(spare, count * (Team::kMostMembers - 1));
  if (helpers == 0 || !may_have_helpers()) {
    return parallel_for(count, [&](std::size_t i) {
      Team alone;
      task(i, alone);
    });
  }
  std::vector<Team> teams;
  teams.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    teams.emplace_back(helpers / count + (i < helpers % count ? 1 : 0));
  }
  // Tasks begin in ascending order: whoever helps finds that all teams have begun, and on one
  // thread alone, that all have ended.
  parallel_for(count + helpers, [&](std::size_t i) {
    if (i >= count) return teams[(i - count) % count].help((i - count) / count + 1);
    struct Closing {
      Team& team;
      ~Closing() { team.close(); }
    } const closing{teams[i]};
    task(i, teams[i]);
  });
}

}  // namespace lstmetrics::runtime
