// The known floating-point environment, entered from callers that have set another one.
#include <atomic>
#include <bit>
#include <cfenv>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

using lstmetrics::runtime::enter;
using lstmetrics::runtime::parallel_for;
using lstmetrics::runtime::set_num_threads;

namespace {

std::uint64_t read_control() {
#if defined(__x86_64__)
  return _mm_getcsr();
#elif defined(__aarch64__)
  std::uint64_t value;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(value));
  return value;
#else
  return static_cast<std::uint64_t>(std::fegetround());
#endif
}

void write_control(std::uint64_t value) {
#if defined(__x86_64__)
  _mm_setcsr(static_cast<unsigned>(value));
#elif defined(__aarch64__)
  __asm__ __volatile__("msr fpcr, %0" : : "r"(value));
#else
  std::fesetround(static_cast<int>(value));
#endif
}

// What no core computation may notice: flush-to-zero, denormals-are-zero, rounding upward.
#if defined(__x86_64__)
constexpr std::uint64_t kHostile = 0x1F80 | 0x8000 | 0x0040 | 0x4000;
#elif defined(__aarch64__)
constexpr std::uint64_t kHostile = (1u << 24) | (1u << 22);
#else
constexpr std::uint64_t kHostile = FE_UPWARD;
#endif

// Sets the hostile environment, and puts the test's own back.
class HostileCaller {
 public:
  HostileCaller() { write_control(kHostile); }
  ~HostileCaller() { write_control(before_); }
  HostileCaller(const HostileCaller&) = delete;
  HostileCaller& operator=(const HostileCaller&) = delete;

 private:
  std::uint64_t before_ = read_control();
};

// Bit patterns, so that looking at them is no floating-point arithmetic.
struct Answers {
  std::uint64_t third;        // 1 / 3: rounds down to nearest
  std::uint64_t denormal;     // the least normal double / 4
  std::uint64_t denormal_in;  // the least denormal * 2^60
  std::uint32_t denormal_float;
  bool operator==(const Answers&) const = default;
};

constexpr Answers kRight = {0x3FD5555555555555u, 0x0004000000000000u, 0x0090000000000000u,
                            0x00200000u};

Answers compute() {
  const volatile double one = 1.0;
  const volatile double three = 3.0;
  const volatile double least_normal = std::numeric_limits<double>::min();
  const volatile double least_denormal = std::numeric_limits<double>::denorm_min();
  const volatile double quarter = 0.25;
  const volatile double power = 0x1p60;
  const volatile float least_normal_float = std::numeric_limits<float>::min();
  const volatile float quarter_float = 0.25f;
  const volatile double third = one / three;
  const volatile double denormal = least_normal * quarter;
  const volatile double denormal_in = least_denormal * power;
  const volatile float denormal_float = least_normal_float * quarter_float;
  return {std::bit_cast<std::uint64_t>(+third), std::bit_cast<std::uint64_t>(+denormal),
          std::bit_cast<std::uint64_t>(+denormal_in),
          std::bit_cast<std::uint32_t>(+denormal_float)};
}

}  // namespace

CASE("environment: a hostile caller does compute other numbers") {
  Answers answers;
  {
    const HostileCaller hostile;
    answers = compute();
  }
  CHECK(!(answers == kRight));
  CHECK(compute() == kRight);
}

CASE("environment: enter computes right under a hostile caller and restores what it had") {
  Answers inside;
  std::uint64_t control_before;
  std::uint64_t control_after;
  {
    const HostileCaller hostile;
    control_before = read_control();
    inside = enter(compute);
    control_after = read_control();
  }
  CHECK(inside == kRight);
  CHECK_EQUAL(control_after, control_before);
}

CASE("environment: every control bit of the caller comes back") {
#if defined(__x86_64__)
  constexpr unsigned kLast = 0xFFFF;  // all of MXCSR's bits, the exception flags included
#else
  constexpr unsigned kLast = 0;
#endif
  const std::uint64_t before = read_control();
  std::vector<unsigned> lost;
  for (unsigned control = 0; control <= kLast; ++control) {
    // A flag with its exception unmasked would trap: leave the six masks set, as they always are.
    const std::uint64_t wanted = kLast == 0 ? kHostile : control | 0x1F80u;
    write_control(wanted);
    const bool right = enter(compute) == kRight;
    const std::uint64_t after = read_control();
    write_control(before);
    if (!right || after != wanted) lost.push_back(control);
  }
  CHECK(lost.empty());
}

CASE("environment: entries nest, and values and references pass through") {
  const HostileCaller hostile;
  const std::uint64_t control = read_control();
  int value = 1;
  int& same = enter([&]() -> int& {
    enter([&] { value = 2; });
    CHECK(compute() == kRight);
    return value;
  });
  CHECK(&same == &value && value == 2);
  CHECK_EQUAL(read_control(), control);
}

CASE("environment: an exception passes through and the caller's environment comes back") {
  const HostileCaller hostile;
  const std::uint64_t control = read_control();
  CHECK_THROWS_SAYING(enter([]() -> int { throw std::runtime_error("out"); }), std::runtime_error,
                      "out");
  CHECK_EQUAL(read_control(), control);
}

CASE("environment: every task of the pool has it, on every thread and whoever calls") {
  constexpr std::size_t kTasks = 64;
  for (const std::size_t threads : {1u, 4u}) {
    set_num_threads(threads);
    std::vector<Answers> answers(kTasks);
    std::uint64_t control_before;
    std::uint64_t control_after;
    {
      // Workers inherit the environment of the thread that starts them.
      const HostileCaller hostile;
      control_before = read_control();
      parallel_for(kTasks, [&](std::size_t i) { answers[i] = compute(); });
      control_after = read_control();
    }
    CHECK_EQUAL(control_after, control_before);
    for (const Answers& one : answers) CHECK(one == kRight);
  }
}
