// Any machine: the compiler's own vectors of 16 bytes, and no fused multiply-add in hardware.
//
// The float fma here is exact arithmetic in double, so its bits are those of the instruction. The
// double one is the C library's, which is correctly rounded on every machine.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>  // products of bytes alone
#endif

// An fma takes dozens of instructions here, and what is made of many had been copied to wherever it
// is used: a megabyte, and most of the time that the core compiles. A call costs next to nothing.
#define LSTMETRICS_LONG [[gnu::noinline]]

#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kPartBytes = 16;
using FloatPart [[gnu::vector_size(16)]] = float;
using DoublePart [[gnu::vector_size(16)]] = double;
using Bits32 [[gnu::vector_size(16)]] = std::uint32_t;
using Bits64 [[gnu::vector_size(16)]] = std::uint64_t;

struct FloatMask {
  Bits32 lanes;
};
struct DoubleMask {
  Bits64 lanes;
};

// Each step converts through doubles: more accumulators would only spill.
constexpr std::size_t kTileRows = 2;
constexpr std::size_t kTileParts = 8;

LSTMETRICS_INLINE FloatMask less(FloatPart a, FloatPart b) {
  return {reinterpret_cast<Bits32>(a < b)};
}
LSTMETRICS_INLINE DoubleMask less(DoublePart a, DoublePart b) {
  return {reinterpret_cast<Bits64>(a < b)};
}
LSTMETRICS_INLINE FloatMask greater(FloatPart a, FloatPart b) { return less(b, a); }
LSTMETRICS_INLINE DoubleMask greater(DoublePart a, DoublePart b) { return less(b, a); }
LSTMETRICS_INLINE FloatMask equal(FloatPart a, FloatPart b) {
  return {reinterpret_cast<Bits32>(a == b)};
}
LSTMETRICS_INLINE DoubleMask equal(DoublePart a, DoublePart b) {
  return {reinterpret_cast<Bits64>(a == b)};
}
LSTMETRICS_INLINE FloatMask unordered(FloatPart a) { return {reinterpret_cast<Bits32>(a != a)}; }
LSTMETRICS_INLINE DoubleMask unordered(DoublePart a) { return {reinterpret_cast<Bits64>(a != a)}; }

LSTMETRICS_INLINE FloatMask either(FloatMask a, FloatMask b) { return {a.lanes | b.lanes}; }
LSTMETRICS_INLINE DoubleMask either(DoubleMask a, DoubleMask b) { return {a.lanes | b.lanes}; }
LSTMETRICS_INLINE bool any(DoubleMask m) { return (m.lanes[0] | m.lanes[1]) != 0; }
LSTMETRICS_INLINE bool any(FloatMask m) {
  return any(DoubleMask{reinterpret_cast<Bits64>(m.lanes)});
}

LSTMETRICS_INLINE FloatPart select(FloatMask m, FloatPart a, FloatPart b) {
  return reinterpret_cast<FloatPart>((m.lanes & reinterpret_cast<Bits32>(a)) |
                                     (~m.lanes & reinterpret_cast<Bits32>(b)));
}
LSTMETRICS_INLINE DoublePart select(DoubleMask m, DoublePart a, DoublePart b) {
  return reinterpret_cast<DoublePart>((m.lanes & reinterpret_cast<Bits64>(a)) |
                                      (~m.lanes & reinterpret_cast<Bits64>(b)));
}
LSTMETRICS_INLINE FloatPart lesser(FloatPart a, FloatPart b) { return select(less(a, b), a, b); }
LSTMETRICS_INLINE DoublePart lesser(DoublePart a, DoublePart b) { return select(less(a, b), a, b); }
LSTMETRICS_INLINE FloatPart larger(FloatPart a, FloatPart b) { return select(greater(a, b), a, b); }
LSTMETRICS_INLINE DoublePart larger(DoublePart a, DoublePart b) {
  return select(greater(a, b), a, b);
}

struct Widened {
  DoublePart low;
  DoublePart high;
};

LSTMETRICS_INLINE Widened widen(FloatPart a) {
  return {__builtin_convertvector(__builtin_shufflevector(a, a, 0, 1), DoublePart),
          __builtin_convertvector(__builtin_shufflevector(a, a, 2, 3), DoublePart)};
}

LSTMETRICS_INLINE FloatPart narrow(Widened a) {
  using Pair [[gnu::vector_size(8)]] = float;
  return __builtin_shufflevector(__builtin_convertvector(a.low, Pair),
                                 __builtin_convertvector(a.high, Pair), 0, 1, 2, 3);
}

// product + c rounded to odd: to the double beside it whose last bit is 1, unless it is exact.
// Rounding that to float (at most 24 bits, so 2 fewer than a double's 53 and more) gives what one
// rounding of the exact sum gives. TwoSum's error is NaN beside infinities and NaN, where neither
// comparison holds and the sum stays.
LSTMETRICS_INLINE DoublePart add_to_odd(DoublePart product, DoublePart c) {
  const DoublePart sum = product + c;
  const DoublePart back = sum - product;
  const DoublePart error = (product - (sum - back)) + (c - back);
  const DoublePart zero = {};
  const Bits64 up = less(zero, error).lanes;
  const Bits64 down = less(error, zero).lanes;
  const Bits64 positive = less(zero, sum).lanes;
  const Bits64 bits = reinterpret_cast<Bits64>(sum);
  const Bits64 even = (bits & 1) - 1;
  // The bits count away from zero: +1 where sum and error have one sign, -1 (all ones) elsewhere.
  const Bits64 step = (up ^ positive) | 1;
  return reinterpret_cast<DoublePart>(bits + ((up | down) & even & step));
}

[[gnu::noinline, gnu::cold]] FloatPart fma_by_odd(FloatPart a, FloatPart b, FloatPart c) {
  const Widened x = widen(a);
  const Widened y = widen(b);
  const Widened z = widen(c);
  return narrow({add_to_odd(x.low * y.low, z.low), add_to_odd(x.high * y.high, z.high)});
}

// The product of two floats is exact in double. The sum is rounded to double and then to float,
// and the second rounding can only differ from a single one where the first landed on the middle
// between two floats, or where the float is subnormal and its middles lie elsewhere: then the slow
// way, for about one random vector in 2^27.
LSTMETRICS_INLINE FloatPart fma(FloatPart a, FloatPart b, FloatPart c) {
  using Signed [[gnu::vector_size(16)]] = std::int32_t;
  const Widened x = widen(a);
  const Widened y = widen(b);
  const Widened z = widen(c);
  const Widened sum = {x.low * y.low + z.low, x.high * y.high + z.high};
  const Bits32 low = reinterpret_cast<Bits32>(sum.low);
  const Bits32 high = reinterpret_cast<Bits32>(sum.high);
  constexpr int kTail = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1;
  constexpr int kHead = 1 - kTail;
  const Bits32 tail = __builtin_shufflevector(low, high, kTail, kTail + 2, kTail + 4, kTail + 6);
  const Bits32 head =
      __builtin_shufflevector(low, high, kHead, kHead + 2, kHead + 4, kHead + 6) & 0x7fffffffU;
  const auto middle = (tail & 0x1fffffffU) == 0x10000000U;
  // 0x38100000 is the head of 2^-126, the least normal float; an exact zero needs no care.
  const auto size = reinterpret_cast<Signed>(head);
  const auto subnormal = (size > 0) & (size <= 0x38100000);
  if (any(FloatMask{reinterpret_cast<Bits32>(middle | subnormal)})) [[unlikely]] {
    return fma_by_odd(a, b, c);
  }
  return narrow(sum);
}

LSTMETRICS_INLINE DoublePart fma(DoublePart a, DoublePart b, DoublePart c) {
  return DoublePart{__builtin_fma(a[0], b[0], c[0]), __builtin_fma(a[1], b[1], c[1])};
}

}  // namespace
}  // namespace lstmetrics::kernels

#include "lstmetrics/kernels/vec/buffered.inl.hpp"
#include "lstmetrics/kernels/vec/scale.inl.hpp"
#include "lstmetrics/kernels/vec/vectors.inl.hpp"
