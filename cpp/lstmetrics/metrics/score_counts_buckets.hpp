// The parts of the radix sort of score_counts_sort.hpp. Internal to metrics/.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "lstmetrics/metrics/score_counts_sort.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::detail {

// Fewer items than this are not worth a second thread.
inline constexpr std::size_t kWorthThreads = std::size_t{1} << 17;
// Up to so many items are sorted at once, in the cache: their places fit 16 bits.
inline constexpr std::size_t kLargestBucket = (std::size_t{1} << 16) - 1;
// So many are wanted in a bucket. Fewer buckets than this makes are quicker to spread into, and
// larger ones fall out of the cache.
template <class Item>
inline constexpr std::size_t kWantedBucket =
    std::min((std::size_t{1} << 18) / sizeof(Item), std::size_t{1} << 15);

template <class Item>
void insertion_sort(Item* items, std::size_t n) noexcept {
  for (std::size_t i = 1; i < n; ++i) {
    if (!(key_of(items[i]) < key_of(items[i - 1]))) continue;
    const Item item = items[i];
    std::size_t to = i;
    do {
      items[to] = items[to - 1];
      --to;
    } while (to > 0 && key_of(item) < key_of(items[to - 1]));
    items[to] = item;
  }
}

// The least key and the greatest; 0 and 0 of no items.
template <class Item>
std::pair<ScoreKey, ScoreKey> key_range(const Item* items, std::size_t n) noexcept {
  constexpr std::size_t kChains = 4;  // side by side: each comparison waits for the one before it
  std::array<ScoreKey, kChains> least;
  std::array<ScoreKey, kChains> most;
  least.fill(n == 0 ? 0 : key_of(items[0]));
  most = least;
  std::size_t i = 0;
  for (; i + kChains <= n; i += kChains) {
    for (std::size_t c = 0; c < kChains; ++c) {
      least[c] = std::min(least[c], key_of(items[i + c]));
      most[c] = std::max(most[c], key_of(items[i + c]));
    }
  }
  for (; i < n; ++i) {
    least[0] = std::min(least[0], key_of(items[i]));
    most[0] = std::max(most[0], key_of(items[i]));
  }
  return {*std::ranges::min_element(least), *std::ranges::max_element(most)};
}

// Lets the greater of two neighbours through in `last`, and gives the other.
template <class Item>
Item pass_greater(Item& last, const Item& next) noexcept {
  const bool turned = key_of(next) < key_of(last);
  const Item lesser = turned ? next : last;
  last = turned ? last : next;
  return lesser;
}

// Copies n > 2 items with two passes of a bubble sort, without a branch: what is out of order by
// a place or two, as items that share a digit mostly are, is then in order.
template <class Item>
void bubble(const Item* in, std::size_t n, Item* out) noexcept {
  Item first = in[0];
  Item second = pass_greater(first, in[1]);
  for (std::size_t i = 2; i < n; ++i) {
    out[i - 2] = pass_greater(second, pass_greater(first, in[i]));
  }
  out[n - 2] = pass_greater(second, first);
  out[n - 1] = second;
}

// Which bucket a key falls into. The range of a sample is cut into cells of equal width; cells with
// many keys of the sample are cut further, neighbours with few share a bucket. Keys beyond the
// range go to the first or the last bucket.
class Buckets {
 public:
  // Of `n` items, about so many in each; key_at(i) gives the key of one, for i < n.
  template <class KeyAt>
  Buckets(std::size_t n, std::size_t wanted, KeyAt key_at) {
    std::vector<ScoreKey> sample;
    const std::size_t step = std::max<std::size_t>(1, n / kSample);
    sample.reserve(n / step + 1);
    for (std::size_t i = 0; i < n; i += step) sample.push_back(key_at(i));
    auto [least, most] = std::ranges::minmax(sample);
    for (std::size_t i = 0; least == most && i < n; ++i) {
      least = std::min<ScoreKey>(least, key_at(i));
      most = std::max<ScoreKey>(most, key_at(i));
    }
    cut(least, most, sample, n, wanted);
  }

  std::size_t size() const noexcept { return size_; }

  struct Cell {
    std::uint32_t first;  // bucket
    std::uint32_t shift;  // of what is left of the key within the cell
  };
  // What tells the bucket of a key, to be held by value: a loop that writes counts would read the
  // members of an object anew for every key.
  struct Map {
    ScoreKey least;
    ScoreKey range;
    unsigned cell_shift;
    ScoreKey cell_mask;
    const Cell* cells;

    std::size_t of(ScoreKey key) const noexcept {
      const ScoreKey distance = std::min(key > least ? key - least : 0, range);
      const Cell cell = cells[distance >> cell_shift];
      return cell.first + ((distance & cell_mask) >> cell.shift);
    }
  };
  Map map() const noexcept { return {least_, range_, cell_shift_, cell_mask_, cells_.data()}; }

 private:
  static constexpr std::size_t kSample = 4096;
  static constexpr unsigned kCellBits = 11;

  void cut(ScoreKey least, ScoreKey most, const std::vector<ScoreKey>& sample, std::size_t n,
           std::size_t wanted);

  ScoreKey least_ = 0;
  ScoreKey range_ = 0;
  unsigned cell_shift_ = 0;
  ScoreKey cell_mask_ = 0;
  std::size_t size_ = 1;
  std::vector<Cell> cells_;
};

// Sorts one bucket after the other, with room of its own.
template <class Item>
class BucketSort {
 public:
  // `in` and `out` may be the same.
  void operator()(const Item* in, std::size_t n, Item* out) { sort(in, n, out, 0); }

 private:
  static constexpr std::size_t kShort =
      16;  // no more are sorted by insertion, but in small buckets
  static constexpr std::size_t kSmall = 32;

  void sort(const Item* in, std::size_t n, Item* out, unsigned depth);
  void sort_large(const Item* in, std::size_t n, Item* out, unsigned depth);
  void spread(const Item* in, std::size_t n, ScoreKey least, unsigned shift);
  void sort_within(Item* items, std::size_t n, ScoreKey least, unsigned shift, unsigned depth);

  RawVector<Item> scratch_;
  std::vector<std::uint16_t> places_;  // by digit
};

template <class Item>
void BucketSort<Item>::sort(const Item* in, std::size_t n, Item* out, unsigned depth) {
  if (n > kLargestBucket) return sort_large(in, n, out, depth);
  const auto [least, most] = key_range(in, n);
  if (n <= kSmall || least == most) {
    if (in != out) std::copy_n(in, n, out);
    if (least != most) insertion_sort(out, n);
    return;
  }
  // About as many digits as items: most then have one of their own, or few.
  const auto range_bits = static_cast<unsigned>(std::bit_width(most - least));
  const auto digit_bits = static_cast<unsigned>(std::bit_width(n));
  const unsigned shift = range_bits > digit_bits ? range_bits - digit_bits : 0;
  places_.assign(((most - least) >> shift) + 1, 0);
  spread(in, n, least, shift);
  if (shift == 0) {
    std::copy_n(scratch_.data(), n, out);
    return;
  }
  bubble(scratch_.data(), n, out);
  sort_within(out, n, least, shift, depth);
}

// Into scratch_, by digit.
template <class Item>
void BucketSort<Item>::spread(const Item* in, std::size_t n, ScoreKey least, unsigned shift) {
  if (scratch_.size() < n) scratch_.resize(std::max(n, kWantedBucket<Item>));
  Item* const scratch = scratch_.data();
  std::uint16_t* const places = places_.data();
  for (std::size_t i = 0; i < n; ++i) ++places[(key_of(in[i]) - least) >> shift];
  std::uint16_t start = 0;
  for (std::uint16_t& place : places_) {
    const std::uint16_t count = std::exchange(place, start);
    start = static_cast<std::uint16_t>(start + count);
  }
  for (std::size_t i = 0; i < n; ++i) scratch[places[(key_of(in[i]) - least) >> shift]++] = in[i];
}

// Items that are already in the order of their digits.
template <class Item>
void BucketSort<Item>::sort_within(Item* items, std::size_t n, ScoreKey least, unsigned shift,
                                   unsigned depth) {
  const auto digit = [&](std::size_t i) { return (key_of(items[i]) - least) >> shift; };
  for (std::size_t i = 1; i < n; ++i) {
    if (!(key_of(items[i]) < key_of(items[i - 1]))) continue;
    std::size_t begin = i - 1;
    while (begin > 0 && digit(begin - 1) == digit(i)) --begin;
    std::size_t end = i + 1;
    while (end < n && digit(end) == digit(i)) ++end;
    if (end - begin <= kShort)
      insertion_sort(items + begin, end - begin);
    else
      sort(items + begin, end - begin, items + begin, depth);
    i = end - 1;
  }
}

// Buckets of more items than fit the cache.
template <class Item>
void BucketSort<Item>::sort_large(const Item* in, std::size_t n, Item* out, unsigned depth) {
  constexpr unsigned kDeepest = 16;  // a level takes some 11 bits off the range
  const Buckets buckets(n, kWantedBucket<Item>, [&](std::size_t i) { return key_of(in[i]); });
  if (depth > kDeepest || buckets.size() == 1) {
    if (in != out) std::copy_n(in, n, out);
    if (depth > kDeepest) {
      std::sort(out, out + n, [](const Item& a, const Item& b) { return key_of(a) < key_of(b); });
    }
    return;
  }
  const Buckets::Map map = buckets.map();
  std::vector<std::size_t> ends(buckets.size());
  for (std::size_t i = 0; i < n; ++i) ++ends[map.of(key_of(in[i]))];
  std::size_t start = 0;
  for (std::size_t& end : ends) start += std::exchange(end, start);
  RawVector<Item> spread(n);
  for (std::size_t i = 0; i < n; ++i) spread[ends[map.of(key_of(in[i]))]++] = in[i];
  for (std::size_t bucket = 0, begin = 0; bucket < ends.size(); begin = ends[bucket++]) {
    sort(spread.data() + begin, ends[bucket] - begin, out + begin, depth + 1);
  }
}

// Items on their way into the buckets of some groups: chunks of the input are counted, then
// spread, each chunk by a task. A source calls f(keys, groups, weights, n) for blocks of a chunk;
// the items of a group lie side by side in the end, its buckets in order.
class Spreading {
 public:
  Spreading(Buckets buckets, std::size_t groups, std::size_t rows)
      : buckets_(std::move(buckets)), groups_(groups), rows_(rows) {
    chunks_ = rows < kWorthThreads ? 1 : runtime::num_threads();
    places_.assign(chunks_, std::vector<std::size_t>(groups * buckets_.size()));
  }

  std::size_t chunks() const noexcept { return chunks_; }
  std::size_t slots() const noexcept { return groups_ * buckets_.size(); }
  std::size_t chunk_begin(std::size_t chunk) const noexcept { return rows_ / chunks_ * chunk; }
  std::size_t chunk_end(std::size_t chunk) const noexcept {
    return chunk + 1 == chunks_ ? rows_ : rows_ / chunks_ * (chunk + 1);
  }
  const Buckets& buckets() const noexcept { return buckets_; }
  std::size_t* places(std::size_t chunk) noexcept { return places_[chunk].data(); }

  std::size_t group(std::size_t slot) const noexcept { return slot / buckets_.size(); }

  // From counts to places: of each chunk where its next item of a slot goes within the group.
  // Gives the sizes of the groups.
  std::vector<std::size_t> place() {
    std::vector<std::size_t> sizes(groups_);
    starts_.resize(groups_ * buckets_.size());
    for (std::size_t slot = 0; slot < starts_.size(); ++slot) {
      std::size_t& at = sizes[slot / buckets_.size()];
      starts_[slot] = at;
      for (auto& places : places_) at += std::exchange(places[slot], at);
    }
    return sizes;
  }

  // f(group, begin, end, sort) for each bucket, by tasks of neighbouring buckets.
  template <class Item, class F>
  void for_each_bucket(const std::vector<std::size_t>& sizes, F f) const {
    const std::size_t tasks = chunks_ == 1 ? 1 : 4 * chunks_;
    runtime::parallel_for(tasks, [&](std::size_t task) {
      BucketSort<Item> sort;
      const std::size_t last = starts_.size() * (task + 1) / tasks;
      for (std::size_t slot = starts_.size() * task / tasks; slot < last; ++slot) {
        const std::size_t group = slot / buckets_.size();
        const bool ends_group = (slot + 1) % buckets_.size() == 0;
        const std::size_t end = ends_group ? sizes[group] : starts_[slot + 1];
        if (end > starts_[slot]) f(group, starts_[slot], end, sort);
      }
    });
  }

 private:
  Buckets buckets_;
  std::size_t groups_;
  std::size_t rows_;
  std::size_t chunks_ = 1;
  std::vector<std::vector<std::size_t>> places_;  // by chunk and slot
  std::vector<std::size_t> starts_;               // by slot
};

}  // namespace lstmetrics::metrics::detail
