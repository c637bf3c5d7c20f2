// How often each key came, and with which exact weight: what ScoreCounts keeps for each column and
// class.
//
// Keys that hardly repeat are kept one by one, equal ones side by side ("listed"), narrow ones as
// such; others once each, with a count and a sum ("counted"). Which it is never shows: entries()
// and equality depend on what was added alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/score_counts_keys.hpp"
#include "lstmetrics/metrics/score_counts_sort.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API ScoreBag {
 public:
  ScoreBag() = default;
  // Each key once for each time it came, in ascending order.
  explicit ScoreBag(Keys sorted);
  explicit ScoreBag(NarrowKeys sorted);
  explicit ScoreBag(WeightedKeys sorted);

  bool weighted() const noexcept { return weighted_; }
  // Items held, at least one for each different key.
  std::size_t size() const noexcept {
    return weighted_ && !counted_ ? items_.size() : keys_.size() + narrow_.size();
  }
  bool empty() const noexcept { return size() == 0; }
  // The keys one by one, when that is how an unweighted bag keeps them, and of this width; else
  // null. An empty list has any width.
  template <class Key>
  const RawVector<Key>* listed() const noexcept {
    if (counted_ || weighted_) return nullptr;
    if constexpr (sizeof(Key) == sizeof(NarrowKey)) {
      return keys_.empty() ? &narrow_ : nullptr;
    } else {
      return narrow_.empty() ? &keys_ : nullptr;
    }
  }
  std::int64_t samples() const noexcept;
  numeric::ExactSum weight() const;  // the number of samples when unweighted

  // From now on each sample weighs 1, and others may weigh something else.
  void make_weighted();
  // What both hold; weighted if either is.
  static ScoreBag merged(const ScoreBag& a, const ScoreBag& b);
  // Keys without their lowest `bits` bits.
  ScoreBag coarsened(unsigned bits) const;

  // Each key's samples drawn anew: how many of them, `draw(key, count)` says.
  ScoreBag drawn(const std::function<std::int64_t(ScoreKey, std::int64_t)>& draw) const;

  // One different key after the other, ascending.
  class Cursor {
   public:
    explicit Cursor(const ScoreBag& bag) : bag_(&bag) { read(); }
    bool done() const noexcept { return count_ == 0; }
    ScoreKey key() const noexcept { return key_; }
    std::int64_t count() const noexcept { return count_; }
    const numeric::ExactSum& weight() const noexcept { return weight_; }  // of a weighted bag
    void next() {
      at_ = next_;
      read();
    }

   private:
    void read();

    const ScoreBag* bag_;
    std::size_t at_ = 0;
    std::size_t next_ = 0;
    ScoreKey key_ = 0;
    std::int64_t count_ = 0;
    numeric::ExactSum weight_;
  };
  std::size_t entries() const noexcept;  // different keys

  bool operator==(const ScoreBag& other) const;
  // Entries in ascending order; whether all of them are single samples; whether there are weights
  // is the caller's to know.
  void save(Writer& writer) const;
  // FormatError for anything but what save() writes.
  static ScoreBag load(Reader& reader, bool weighted);

 private:
  void compact();  // counted, when that is smaller
  Keys wide_list() const;
  void append(ScoreKey key, std::int64_t count, const numeric::ExactSum* weight);

  bool weighted_ = false;
  bool counted_ = false;
  Keys keys_;                            // but those of `narrow_` and `items_`
  NarrowKeys narrow_;                    // listed, instead of keys_
  WeightedKeys items_;                   // listed with weights
  std::vector<std::int64_t> counts_;     // counted
  std::vector<numeric::ExactSum> sums_;  // counted with weights
};

}  // namespace lstmetrics::metrics
