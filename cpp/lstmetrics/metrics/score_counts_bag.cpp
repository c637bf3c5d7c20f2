#include "lstmetrics/metrics/score_counts_bag.hpp"

#include <algorithm>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

using numeric::ExactSum;

ScoreBag::ScoreBag(Keys sorted) : keys_(std::move(sorted)) {}
ScoreBag::ScoreBag(NarrowKeys sorted) : narrow_(std::move(sorted)) {}
ScoreBag::ScoreBag(WeightedKeys sorted) : weighted_(true), items_(std::move(sorted)) {}

void ScoreBag::Cursor::read() {
  const ScoreBag& bag = *bag_;
  count_ = 0;
  if (at_ >= bag.size()) return;
  next_ = at_ + 1;
  if (bag.counted_) {
    key_ = bag.keys_[at_];
    count_ = bag.counts_[at_];
    if (bag.weighted_) weight_ = bag.sums_[at_];
    return;
  }
  if (bag.weighted_) {
    key_ = bag.items_[at_].key;
    weight_ = ExactSum();
    weight_.add(bag.items_[at_].weight);
    for (; next_ < bag.items_.size() && bag.items_[next_].key == key_; ++next_) {
      weight_.add(bag.items_[next_].weight);
    }
  } else if (bag.narrow_.empty()) {
    key_ = bag.keys_[at_];
    while (next_ < bag.keys_.size() && bag.keys_[next_] == key_) ++next_;
  } else {
    const NarrowKey key = bag.narrow_[at_];
    while (next_ < bag.narrow_.size() && bag.narrow_[next_] == key) ++next_;
    key_ = widened(key);
  }
  count_ = static_cast<std::int64_t>(next_ - at_);
}

std::int64_t ScoreBag::samples() const noexcept {
  if (!counted_) return static_cast<std::int64_t>(size());
  std::int64_t total = 0;
  for (const std::int64_t count : counts_) total += count;
  return total;
}

ExactSum ScoreBag::weight() const {
  ExactSum total;
  if (!weighted_) {
    total.add_multiple(1.0, static_cast<std::uint64_t>(samples()));
  } else if (counted_) {
    for (const ExactSum& sum : sums_) total.merge(sum);
  } else {
    for (const WeightedKey& item : items_) total.add(item.weight);
  }
  return total;
}

namespace {

// Of sorted items.
template <class Item>
std::size_t different(const RawVector<Item>& items) noexcept {
  std::size_t different = items.empty() ? 0 : 1;
  for (std::size_t i = 1; i < items.size(); ++i) {
    different += key_of(items[i]) != key_of(items[i - 1]) ? 1 : 0;
  }
  return different;
}

template <class Item>
RawVector<Item> merged_lists(const RawVector<Item>& a, const RawVector<Item>& b) {
  RawVector<Item> all(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), all.begin(),
             [](const Item& x, const Item& y) { return key_of(x) < key_of(y); });
  return all;
}

}  // namespace

std::size_t ScoreBag::entries() const noexcept {
  if (counted_) return keys_.size();
  return weighted_ ? different(items_) : different(keys_) + different(narrow_);
}

Keys ScoreBag::wide_list() const {
  if (narrow_.empty()) return keys_;
  Keys keys(narrow_.size());
  std::ranges::transform(narrow_, keys.begin(), [](NarrowKey key) { return widened(key); });
  return keys;
}

void ScoreBag::make_weighted() {
  if (std::exchange(weighted_, true)) return;
  if (counted_) {
    sums_.resize(counts_.size());
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      sums_[i].add_multiple(1.0, static_cast<std::uint64_t>(counts_[i]));
    }
    return;
  }
  const Keys keys = wide_list();
  items_.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) items_[i] = {keys[i], 1.0};
  keys_ = Keys();
  narrow_ = NarrowKeys();
}

// Keys come in ascending order.
void ScoreBag::append(ScoreKey key, std::int64_t count, const ExactSum* weight) {
  if (keys_.empty() || keys_.back() != key) {
    keys_.push_back(key);
    counts_.push_back(0);
    if (weighted_) sums_.emplace_back();
  }
  counts_.back() += count;
  if (!weighted_) return;
  if (weight != nullptr)
    sums_.back().merge(*weight);
  else
    sums_.back().add_multiple(1.0, static_cast<std::uint64_t>(count));
}

void ScoreBag::compact() {
  const std::size_t entries = this->entries();
  if (counted_ || 2 * entries > size()) return;
  ScoreBag counted;
  counted.weighted_ = weighted_;
  counted.counted_ = true;
  counted.keys_.reserve(entries);
  counted.counts_.reserve(entries);
  counted.sums_.reserve(weighted_ ? entries : 0);
  for (Cursor cursor(*this); !cursor.done(); cursor.next()) {
    counted.append(cursor.key(), cursor.count(), weighted_ ? &cursor.weight() : nullptr);
  }
  *this = std::move(counted);
}

ScoreBag ScoreBag::merged(const ScoreBag& a, const ScoreBag& b) {
  if (a.empty() && a.weighted_ <= b.weighted_) return b;
  if (b.empty() && b.weighted_ <= a.weighted_) return a;
  ScoreBag all;
  all.weighted_ = a.weighted_ || b.weighted_;
  if (!a.counted_ && !b.counted_ && a.weighted_ == b.weighted_) {
    if (a.weighted_) {
      all.items_ = merged_lists(a.items_, b.items_);
    } else if (a.keys_.empty() && b.keys_.empty()) {
      all.narrow_ = merged_lists(a.narrow_, b.narrow_);
    } else if (a.narrow_.empty() && b.narrow_.empty()) {
      all.keys_ = merged_lists(a.keys_, b.keys_);
    } else {
      all.keys_ = merged_lists(a.wide_list(), b.wide_list());
    }
    all.compact();
    return all;
  }
  all.counted_ = true;
  Cursor left(a);
  Cursor right(b);
  const auto take = [&](Cursor& cursor, bool weighted) {
    all.append(cursor.key(), cursor.count(), weighted ? &cursor.weight() : nullptr);
    cursor.next();
  };
  while (!left.done() || !right.done()) {
    const bool from_left = right.done() || (!left.done() && left.key() <= right.key());
    take(from_left ? left : right, from_left ? a.weighted_ : b.weighted_);
  }
  return all;
}

ScoreBag ScoreBag::coarsened(unsigned bits) const {
  if (bits == 0) return *this;
  ScoreBag coarse;
  coarse.weighted_ = weighted_;
  coarse.counted_ = true;
  for (Cursor cursor(*this); !cursor.done(); cursor.next()) {
    coarse.append(cursor.key() >> bits, cursor.count(), weighted_ ? &cursor.weight() : nullptr);
  }
  return coarse;
}

bool ScoreBag::operator==(const ScoreBag& other) const {
  if (weighted_ != other.weighted_) return false;
  Cursor a(*this);
  Cursor b(other);
  for (; !a.done() && !b.done(); a.next(), b.next()) {
    if (a.key() != b.key() || a.count() != b.count()) return false;
    if (weighted_ && !(a.weight() == b.weight())) return false;
  }
  return a.done() && b.done();
}

void ScoreBag::save(Writer& writer) const {
  const std::size_t entries = this->entries();
  const bool single = static_cast<std::size_t>(samples()) == entries;
  writer.u8(single ? 1 : 0);
  writer.u64(entries);
  for (Cursor cursor(*this); !cursor.done(); cursor.next()) {
    writer.u64(cursor.key());
    if (!single) writer.i64(cursor.count());
    if (weighted_) cursor.weight().save(writer);
  }
}

ScoreBag ScoreBag::load(Reader& reader, bool weighted) {
  const std::uint8_t single = reader.u8();
  if (single > 1) throw FormatError("ScoreCounts: a flag is neither 0 nor 1");
  const std::size_t least_bytes = 8 + (single != 0 ? 0 : 8) + (weighted ? ExactSum::kMinBytes : 0);
  const std::size_t entries = reader.count(least_bytes);
  ScoreBag bag;
  bag.weighted_ = weighted;
  bag.counted_ = single == 0 || weighted;
  bag.keys_.reserve(entries);
  bag.counts_.reserve(bag.counted_ ? entries : 0);
  bag.sums_.reserve(weighted ? entries : 0);
  std::int64_t samples = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    const ScoreKey key = reader.u64();
    const std::int64_t count = single != 0 ? 1 : reader.i64();
    if ((i > 0 && key <= bag.keys_.back()) || count < 1 ||
        __builtin_add_overflow(samples, count, &samples)) {
      throw FormatError("ScoreCounts: score " + std::to_string(i) +
                        " is out of order, or its count is not positive");
    }
    bag.keys_.push_back(key);
    if (bag.counted_) bag.counts_.push_back(count);
    if (!weighted) continue;
    bag.sums_.push_back(ExactSum::load(reader));
    if (!bag.sums_.back().is_finite()) throw FormatError("ScoreCounts: a weight is not finite");
  }
  // An empty bag is of single samples; entries of one sample each are never written with counts.
  if (single == 0 && static_cast<std::size_t>(samples) == entries) {
    throw FormatError("ScoreCounts: counts that are all one are left out");
  }
  return bag;
}

}  // namespace lstmetrics::metrics
