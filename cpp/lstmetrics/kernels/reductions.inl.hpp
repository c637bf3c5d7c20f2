// Reductions over one row: sum, max, argmax, softmax, log-sum-exp.
//
// A row is read as blocks of 16, element i in lane i mod 16; lanes beyond the end hold the
// identity, and the 16 partial results fold 8+8, 4+4, 2+2, 1+1. Sums start at +0 in every lane, so
// the sum of nothing, and of negative zeros, is +0.
#pragma once

#include "lstmetrics/kernels/math_f32.inl.hpp"
#include "lstmetrics/kernels/math_f64.inl.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::kernels {
namespace {

// 16 elements, in one vector of floats or two of doubles.
template <class T>
constexpr std::size_t kVectors = kLanes / kLanesOf<T>;

template <class T>
struct Block {
  Vec<T> at[kVectors<T>];
};

template <class T>
LSTMETRICS_INLINE Block<T> splat_block(T a) {
  Block<T> block;
  for (Vec<T>& v : block.at) v = splat(a);
  return block;
}

template <class T>
LSTMETRICS_INLINE Block<T> load_block(const T* x) {
  Block<T> block;
  for (std::size_t v = 0; v < kVectors<T>; ++v) block.at[v] = load(x + v * kLanesOf<T>);
  return block;
}

// visit(offset, count, block) for the row's blocks; count is 16 but for the last.
template <class T, class Visit>
LSTMETRICS_INLINE void each_block(const T* x, std::size_t n, T fill, Visit visit) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) visit(i, kLanes, load_block(x + i));
  if (i == n) return;
  Block<T> block;
  for (std::size_t v = 0; v < kVectors<T>; ++v) {
    const std::size_t begin = i + v * kLanesOf<T>;
    block.at[v] = begin < n ? load_first(x + begin, n - begin, fill) : splat(fill);
  }
  visit(i, n - i, block);
}

template <class T>
LSTMETRICS_INLINE void store_block(T* y, std::size_t count, const Block<T>& block) {
  for (std::size_t v = 0; v < kVectors<T>; ++v) {
    const std::size_t begin = v * kLanesOf<T>;
    if (begin < count) store_first(y + begin, block.at[v], count - begin);
  }
}

// Each half of the 16 lanes onto the other: first whole registers, then within the last of them.
template <class T, class Combine>
LSTMETRICS_INLINE T fold(const Block<T>& block, Combine combine) {
  constexpr std::size_t kAll = kVectors<T> * kParts;
  typename Register<T>::Part part[kAll];
  for (std::size_t i = 0; i < kAll; ++i) part[i] = block.at[i / kParts].part[i % kParts];
  for (std::size_t half = kAll / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) part[i] = combine(part[i], part[i + half]);
  }
  if constexpr (kPartLanes<T> > 8) part[0] = combine(part[0], rotated<T, 8>(part[0]));
  if constexpr (kPartLanes<T> > 4) part[0] = combine(part[0], rotated<T, 4>(part[0]));
  if constexpr (kPartLanes<T> > 2) part[0] = combine(part[0], rotated<T, 2>(part[0]));
  part[0] = combine(part[0], rotated<T, 1>(part[0]));
  return part[0][0];
}

template <class T>
LSTMETRICS_INLINE T fold_sum(const Block<T>& block) {
  using Part = typename Register<T>::Part;
  return fold(block, [](Part a, Part b) LSTMETRICS_INLINE_LAMBDA { return a + b; });
}

template <class T>
LSTMETRICS_INLINE void accumulate(Block<T>& sums, const Block<T>& block) {
  for (std::size_t v = 0; v < kVectors<T>; ++v) sums.at[v] = sums.at[v] + block.at[v];
}

template <class T>
LSTMETRICS_INLINE T canonical_scalar(T a) {
  return a == a ? a : static_cast<T>(__builtin_nanf(""));
}

template <class T>
T sum(const T* x, std::size_t n) noexcept {
  Block<T> sums = splat_block(T{0});
  each_block(x, n, T{0},
             [&](std::size_t, std::size_t, const Block<T>& block)
                 LSTMETRICS_INLINE_LAMBDA { accumulate(sums, block); });
  return canonical_scalar(fold_sum(sums));
}

// ---- max ----------------------------------------------------------------------------------------

template <class T>
constexpr T kInfinity = static_cast<T>(__builtin_inff());

template <class T>
LSTMETRICS_INLINE void raise(Block<T>& best, const Block<T>& block) {
  for (std::size_t v = 0; v < kVectors<T>; ++v) best.at[v] = larger(block.at[v], best.at[v]);
}

// The largest numbers of the row by lane, NaN passed over; -inf when empty. Zeros are equal here:
// which one comes back is not said. Any order gives this answer, so four chains hide the latency of
// one.
template <class T>
LSTMETRICS_INLINE Block<T> largest_by_lane(const T* x, std::size_t n) {
  constexpr std::size_t kChains = 4;
  Block<T> best[kChains];
  for (Block<T>& chain : best) chain = splat_block(-kInfinity<T>);
  std::size_t i = 0;
  for (; i + kChains * kLanes <= n; i += kChains * kLanes) {
    for (std::size_t chain = 0; chain < kChains; ++chain) {
      raise(best[chain], load_block(x + i + chain * kLanes));
    }
  }
  raise(best[0], best[2]);
  raise(best[1], best[3]);
  raise(best[0], best[1]);
  each_block(x + i, n - i, -kInfinity<T>,
             [&](std::size_t, std::size_t, const Block<T>& block)
                 LSTMETRICS_INLINE_LAMBDA { raise(best[0], block); });
  return best[0];
}

template <class T>
LSTMETRICS_INLINE T fold_largest(const Block<T>& block) {
  using Part = typename Register<T>::Part;
  return fold(block, [](Part a, Part b) LSTMETRICS_INLINE_LAMBDA { return larger(a, b); });
}

template <class T>
LSTMETRICS_INLINE T largest(const T* x, std::size_t n) {
  return fold_largest(largest_by_lane(x, n));
}

template <class T>
LSTMETRICS_INLINE bool has_nan(const T* x, std::size_t n) {
  Mask<T> nan = unordered(splat(T{0}));
  each_block(x, n, T{0},
             [&](std::size_t, std::size_t, const Block<T>& block) LSTMETRICS_INLINE_LAMBDA {
               for (const Vec<T>& v : block.at) nan = either(nan, unordered(v));
             });
  return any(nan);
}

template <class T>
T max(const T* x, std::size_t n) noexcept {
  if (has_nan(x, n)) return static_cast<T>(__builtin_nanf(""));
  const T best = largest(x, n);
  if (best != 0) return best;
  // Of the zeros, +0 if there is one.
  for (std::size_t i = 0; i < n; ++i) {
    if (x[i] == 0 && !__builtin_signbit(x[i])) return T{0};
  }
  return -T{0};
}

template <class T>
std::size_t argmax(const T* x, std::size_t n) noexcept {
  const Vec<T> best = splat(largest(x, n));
  std::size_t i = 0;
  while (i + kLanesOf<T> <= n && !any(equal(load(x + i), best))) i += kLanesOf<T>;
  T value[kLanesOf<T>];
  store(value, best);
  for (; i < n; ++i) {
    if (x[i] == value[0]) return i;
  }
  return 0;
}

// ---- softmax ------------------------------------------------------------------------------------

// exp(x - max), into y, and their sum. Where the row holds NaN, +inf or only -inf the differences
// are NaN, and so is the sum.
template <class T>
void softmax(const T* x, T* y, std::size_t n) noexcept {
  const Vec<T> top = splat(largest(x, n));
  Block<T> sums = splat_block(T{0});
  each_block(x, n, -kInfinity<T>,
             [&](std::size_t i, std::size_t count, Block<T> block) LSTMETRICS_INLINE_LAMBDA {
               for (Vec<T>& v : block.at) v = exp_bounded(v - top);
               store_block(y + i, count, block);
               accumulate(sums, block);
             });
  const Vec<T> total = splat(fold_sum(sums));
  map(y, y, n, [&](Vec<T> e) LSTMETRICS_INLINE_LAMBDA { return e / total; });
}

// ---- log-sum-exp --------------------------------------------------------------------------------

constexpr double kNaN = __builtin_nan("");
constexpr LogSum kEmpty = {-kInfinity<double>, 0.0};

LSTMETRICS_INLINE LogSum canonical_sum(LogSum sum) {
  return sum.sum == sum.sum ? sum : LogSum{kNaN, kNaN};
}

// What two maxima come to: the higher one, and what the sum that goes with the lower one counts
// for, exp(difference). Of a NaN both are NaN.
struct Meeting {
  bool left_leads;
  double max;
  double difference;
};

LSTMETRICS_INLINE Meeting meet(double left, double right) {
  const bool left_leads = left > right;
  const double high = left_leads ? left : right;
  const double low = left_leads ? right : left;
  // Of two that are empty either sum is 0, and counts for anything but NaN.
  const double difference = high == low ? 0.0 : low - high;
  return {left_leads, difference == difference ? high : kNaN, difference};
}

// One sum after the other onto `all`, at most a vector of them. What each counts for depends on
// maxima alone, so that all have one exponential. A NaN makes both numbers of the result NaN.
LSTMETRICS_INLINE LogSum combine(LogSum all, const LogSum* sums, std::size_t count) {
  constexpr std::size_t kMost = kLanesOf<double>;
  Meeting meetings[kMost];
  double power[kMost] = {};
  for (std::size_t i = 0; i < count; ++i) {
    meetings[i] = meet(all.max, sums[i].max);
    all.max = meetings[i].max;
    power[i] = meetings[i].difference;
  }
  store(power, exp(load(power)));
  for (std::size_t i = 0; i < count; ++i) {
    const double sum = sums[i].sum;
    all.sum = meetings[i].left_leads ? all.sum + sum * power[i] : sum + all.sum * power[i];
  }
  return canonical_sum(all);
}

LogSum combine_log_sums(LogSum left, LogSum right) noexcept { return combine(left, &right, 1); }

constexpr std::size_t kLogSumGroup = kLanesOf<double>;    // tiles that wait together
constexpr std::size_t kLogSumFetched = 64 * kLogSumTile;  // values ahead that memory is asked for

// The sum of exp(x - top) by lane. NaN where the row holds NaN or +inf, or top is -inf.
template <class T>
LSTMETRICS_INLINE Block<T> exp_sums(const T* x, std::size_t n, T top) {
  Block<T> sums = splat_block(T{0});
  each_block(x, n, -kInfinity<T>,
             [&](std::size_t i, std::size_t, Block<T> block) LSTMETRICS_INLINE_LAMBDA {
               // What maxima to come will read: they would ask for more than memory has ready.
               for (std::size_t v = 0; v < kVectors<T>; ++v) {
                 prefetch_second_level(x + i + v * kLanesOf<T> + kLogSumFetched);
               }
               for (Vec<T>& v : block.at) v = exp_bounded(v - splat(top));
               accumulate(sums, block);
             });
  return sums;
}

// A tile of n values from its largest, NaN passed over, and its sum. NaN or +inf among them gives
// (NaN, NaN), and so a NaN loss.
template <class T>
LSTMETRICS_INLINE LogSum log_sum_tile(const T* x, std::size_t n, T top, T exp_sum) {
  // Nothing but -inf, unless NaN was passed over.
  if (top == -kInfinity<T>) return sum(x, n) == top ? kEmpty : LogSum{kNaN, kNaN};
  return canonical_sum({static_cast<double>(top), static_cast<double>(exp_sum)});
}

template <class T>
LogSum log_sum_exp(const T* x, std::size_t n) noexcept {
  constexpr std::size_t kMost = kLogSumGroup;
  LogSum all = kEmpty;
  for (std::size_t begin = 0; begin < n;) {
    const std::size_t left = (n - begin + kLogSumTile - 1) / kLogSumTile;
    const std::size_t tiles = left < kMost ? left : kMost;
    const auto start = [&](std::size_t tile) { return begin + tile * kLogSumTile; };
    const auto size = [&](std::size_t tile) {
      const std::size_t from_here = n - start(tile);
      return from_here < kLogSumTile ? from_here : kLogSumTile;
    };
    // One kind of work for all tiles before the next: folding waits at every step, and so the tiles
    // wait together.
    Block<T> lanes[kMost];
    T top[kMost];
    T exp_sum[kMost];
    for (std::size_t i = 0; i < tiles; ++i) lanes[i] = largest_by_lane(x + start(i), size(i));
    // + 0, so that of zeros of both signs it is +0 that is the largest.
    for (std::size_t i = 0; i < tiles; ++i) top[i] = fold_largest(lanes[i]) + T{0};
    for (std::size_t i = 0; i < tiles; ++i) lanes[i] = exp_sums(x + start(i), size(i), top[i]);
    for (std::size_t i = 0; i < tiles; ++i) exp_sum[i] = fold_sum(lanes[i]);
    LogSum sums[kMost];
    for (std::size_t i = 0; i < tiles; ++i) {
      sums[i] = log_sum_tile(x + start(i), size(i), top[i], exp_sum[i]);
    }
    all = n <= kLogSumTile ? sums[0] : combine(all, sums, tiles);
    begin += tiles * kLogSumTile;
  }
  return all;
}

// x - max - log(sum), the logarithm rounded to float before the subtraction from x - max.
void log_softmax(const float* x, float* y, std::size_t n) noexcept {
  const LogSum all = log_sum_exp(x, n);
  const F16 top = splat(static_cast<float>(all.max));
  const F16 rest = splat(static_cast<float>(log(splat(all.sum)).part[0][0]));
  map(x, y, n, [&](F16 v) LSTMETRICS_INLINE_LAMBDA { return (v - top) - rest; });
}

}  // namespace
}  // namespace lstmetrics::kernels
