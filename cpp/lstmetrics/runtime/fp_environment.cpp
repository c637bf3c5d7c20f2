#include "lstmetrics/runtime/fp_environment.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

namespace lstmetrics::runtime {
namespace {

// The control register as one number. kKnown is round-to-nearest, denormals on, nothing trapped.
#if defined(__x86_64__) || defined(_M_X64)

constexpr std::uint64_t kKnown = 0x1F80;
std::uint64_t read_control() noexcept { return _mm_getcsr(); }
void write_control(std::uint64_t value) noexcept { _mm_setcsr(static_cast<unsigned>(value)); }

#elif defined(__aarch64__)

constexpr std::uint64_t kKnown = 0;
std::uint64_t read_control() noexcept {
  std::uint64_t value;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(value));
  return value;
}
void write_control(std::uint64_t value) noexcept {
  __asm__ __volatile__("msr fpcr, %0" : : "r"(value));
}

#else

// The standard library knows of the rounding mode alone.
constexpr std::uint64_t kKnown = FE_TONEAREST;
std::uint64_t read_control() noexcept { return static_cast<std::uint64_t>(std::fegetround()); }
void write_control(std::uint64_t value) noexcept { std::fesetround(static_cast<int>(value)); }

#endif

}  // namespace

FpEnvironment::FpEnvironment() noexcept : saved_(read_control()) { write_control(kKnown); }

// On x86 this also puts back the caller's exception flags: the core's arithmetic leaves no trace.
FpEnvironment::~FpEnvironment() { write_control(saved_); }

}  // namespace lstmetrics::runtime
