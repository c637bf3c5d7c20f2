// Sorting keys, alone or with a weight: a radix sort that looks at the range of its keys.
//
// Keys go into buckets by the upper bits of their distance from the least of a sample, and buckets,
// small enough for the cache, are sorted by what their own range leaves to tell apart. Buckets that
// stay large, because keys crowd together, are sorted in the same way again. What is sorted is
// integers (weights of equal keys may come in any order: sums of weights are exact), so neither
// the way nor the number of threads can show. Internal to metrics/.
#pragma once

#include "lstmetrics/base/uninitialized.hpp"
#include "lstmetrics/metrics/score_counts_keys.hpp"

namespace lstmetrics::metrics {

struct WeightedKey {
  ScoreKey key;
  double weight;
};

using Keys = RawVector<ScoreKey>;
using NarrowKeys = RawVector<NarrowKey>;
using WeightedKeys = RawVector<WeightedKey>;

inline ScoreKey key_of(ScoreKey key) noexcept { return key; }
inline ScoreKey key_of(NarrowKey key) noexcept { return key; }
inline ScoreKey key_of(const WeightedKey& item) noexcept { return item.key; }

// By key, ascending, with the threads of the pool where that pays.
void sort_items(Keys& keys);
void sort_items(WeightedKeys& items);

}  // namespace lstmetrics::metrics
