// How many values of a row lie above a bound: what ranks are made of.
#pragma once

#include "lstmetrics/kernels/reductions.inl.hpp"

namespace lstmetrics::kernels {
namespace {

// Counts are kept in lanes of T: so many values at a time, and every float count is exact.
constexpr std::size_t kCountedAtOnce = std::size_t{1} << 23;
// Two chains of additions hide the latency of one.
constexpr std::size_t kCountChains = 2;

template <class T>
struct AboveState {
  Vec<T> above[kCountChains];
  Vec<T> residue[kCountChains];  // of x - x: 0, or NaN from where x was NaN or infinite

  LSTMETRICS_INLINE void take(std::size_t chain, Vec<T> x, Vec<T> bound) {
    above[chain] = above[chain] + select(greater(x, bound), splat(T{1}), splat(T{0}));
    residue[chain] = residue[chain] + (x - x);
  }
};

template <class T>
LSTMETRICS_INLINE T fold_chains(const Vec<T>* chains) {
  Block<T> block = splat_block(T{0});
  for (std::size_t i = 0; i < kCountChains; ++i) {
    Vec<T>& to = block.at[i % kVectors<T>];
    to = to + chains[i];
  }
  return fold_sum(block);
}

template <class T>
LSTMETRICS_INLINE AboveCount count_piece(const T* x, std::size_t n, T bound) {
  const Vec<T> limit = splat(bound);
  AboveState<T> state;
  for (std::size_t chain = 0; chain < kCountChains; ++chain) {
    state.above[chain] = splat(T{0});
    state.residue[chain] = splat(T{0});
  }
  std::size_t i = 0;
  for (; i + kCountChains * kLanesOf<T> <= n; i += kCountChains * kLanesOf<T>) {
    for (std::size_t chain = 0; chain < kCountChains; ++chain) {
      state.take(chain, load(x + i + chain * kLanesOf<T>), limit);
    }
  }
  std::size_t filled = 0;  // lanes beyond the end hold 0, which may lie above the bound
  for (std::size_t chain = 0; i < n; ++chain, i += kLanesOf<T>) {
    const std::size_t left = n - i;
    filled = left < kLanesOf<T> ? kLanesOf<T> - left : 0;
    state.take(chain, load_first(x + i, left, T{0}), limit);
  }
  const auto counted = static_cast<std::size_t>(fold_chains(state.above));
  return {counted - (T{0} > bound ? filled : 0), fold_chains(state.residue) == T{0}};
}

template <class T>
AboveCount count_above(const T* x, std::size_t n, T bound) noexcept {
  AboveCount all = {0, true};
  for (std::size_t i = 0; i < n; i += kCountedAtOnce) {
    const std::size_t left = n - i;
    const AboveCount piece =
        count_piece(x + i, left < kCountedAtOnce ? left : kCountedAtOnce, bound);
    all.count += piece.count;
    all.finite = all.finite && piece.finite;
  }
  return all;
}

}  // namespace
}  // namespace lstmetrics::kernels
