// What every vec/<level>.hpp starts from.
//
// A level's header describes its registers, as few lines as it can:
//
//   kPartBytes               bytes of one register: 16 floats take 64 / kPartBytes of them
//   FloatPart, DoublePart    a register, with the compiler's own + - * /
//   FloatMask, DoubleMask    what a comparison of registers gives
//   less, greater, equal, unordered, either, any, select
//   lesser(a, b)             a < b ? a : b, so b if either is NaN
//   larger(a, b)             a > b ? a : b, so b if either is NaN
//   fma(a, b, c)             a * b + c, rounded once
//   scale(p, n)              p * 2^n, rounded once, for a whole n from -1075 to 1024
//   load_first, store_first  the first n lanes (at least 1, not all) and no byte beyond
//   kTileRows, kTileParts    rows and registers of the matrix product's largest tile
//
// vectors.inl.hpp makes of it what the kernel bodies are written in.
//
// All of it sits in an anonymous namespace and is forced inline: this code is compiled once per
// level, and a function that two levels shared by name could be the wrong level's in the end.
#pragma once

#include <cstddef>
#include <cstdint>

#define LSTMETRICS_INLINE inline __attribute__((always_inline))
#define LSTMETRICS_INLINE_LAMBDA __attribute__((always_inline))

// How functions of many operations are compiled: inline, unless the level has said otherwise.
#ifndef LSTMETRICS_LONG
#define LSTMETRICS_LONG LSTMETRICS_INLINE
#endif

namespace lstmetrics::kernels {
namespace {

// Asks for the cache line of an address, which need not be one of anything: nothing is read. A loop
// that keeps the machine busy with what lies in cache calls for what comes next in memory.
LSTMETRICS_INLINE void prefetch(const void* address) { __builtin_prefetch(address); }

// The same, but no nearer than the second level of cache.
LSTMETRICS_INLINE void prefetch_second_level(const void* address) {
  constexpr int kToRead = 0;
  constexpr int kSecondLevel = 2;
  __builtin_prefetch(address, kToRead, kSecondLevel);
}

}  // namespace
}  // namespace lstmetrics::kernels

#if defined(__FLT_EVAL_METHOD__)
static_assert(__FLT_EVAL_METHOD__ == 0, "float and double must be rounded to their own width");
#endif
#if defined(__FAST_MATH__)
#error "the numeric contract does not survive -ffast-math"
#endif
