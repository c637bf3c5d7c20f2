#include "lstmetrics/metrics/score_counts_sort.hpp"

#include "lstmetrics/metrics/score_counts_buckets.hpp"

namespace lstmetrics::metrics {

namespace detail {

void Buckets::cut(ScoreKey least, ScoreKey most, const std::vector<ScoreKey>& sample, std::size_t n,
                  std::size_t wanted) {
  least_ = least;
  range_ = most - least;
  const auto range_bits = static_cast<unsigned>(std::bit_width(range_));
  cell_shift_ = range_bits > kCellBits ? range_bits - kCellBits : 0;
  cell_mask_ = (ScoreKey{1} << cell_shift_) - 1;
  std::vector<std::size_t> counts((range_ >> cell_shift_) + 1);
  for (const ScoreKey key : sample) ++counts[std::min(key - least_, range_) >> cell_shift_];
  cells_.resize(counts.size());
  std::size_t in_last = wanted;  // items expected in the last bucket so far, which is full
  size_ = 0;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const std::size_t expected = counts[cell] * (n / sample.size());
    if (expected <= wanted) {
      if (size_ == 0 || in_last + expected > wanted) {
        ++size_;
        in_last = 0;
      }
      in_last += expected;
      cells_[cell] = {static_cast<std::uint32_t>(size_ - 1), cell_shift_};
      continue;
    }
    const unsigned bits =
        std::min(static_cast<unsigned>(std::bit_width(expected / wanted)), cell_shift_);
    cells_[cell] = {static_cast<std::uint32_t>(size_), cell_shift_ - bits};
    size_ += std::size_t{1} << bits;
    in_last = wanted;
  }
}

}  // namespace detail

namespace {

template <class Item>
void sort(RawVector<Item>& items) {
  const std::size_t n = items.size();
  if (n <= detail::kLargestBucket) return detail::BucketSort<Item>()(items.data(), n, items.data());
  const detail::Buckets buckets(n, detail::kWantedBucket<Item>,
                                [&](std::size_t i) { return key_of(items[i]); });
  if (buckets.size() == 1) return;
  const detail::Buckets::Map map = buckets.map();
  detail::Spreading spreading(buckets, 1, n);
  runtime::parallel_for(spreading.chunks(), [&](std::size_t chunk) {
    std::size_t* const counts = spreading.places(chunk);
    const std::size_t end = spreading.chunk_end(chunk);
    for (std::size_t i = spreading.chunk_begin(chunk); i < end; ++i) {
      ++counts[map.of(key_of(items[i]))];
    }
  });
  const std::vector<std::size_t> sizes = spreading.place();
  RawVector<Item> spread(n);
  runtime::parallel_for(spreading.chunks(), [&](std::size_t chunk) {
    std::size_t* const places = spreading.places(chunk);
    const std::size_t end = spreading.chunk_end(chunk);
    for (std::size_t i = spreading.chunk_begin(chunk); i < end; ++i) {
      spread[places[map.of(key_of(items[i]))]++] = items[i];
    }
  });
  spreading.for_each_bucket<Item>(
      sizes, [&](std::size_t, std::size_t begin, std::size_t end, detail::BucketSort<Item>& sort) {
        sort(spread.data() + begin, end - begin, items.data() + begin);
      });
}

}  // namespace

void sort_items(Keys& keys) { sort(keys); }
void sort_items(WeightedKeys& items) { sort(items); }

}  // namespace lstmetrics::metrics
