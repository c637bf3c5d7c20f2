// Two sorted lists of scores, which ranking problems mostly are. Internal to formulas/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lstmetrics/metrics/formulas/ranking.hpp"

namespace lstmetrics::metrics::formulas::detail {

// How far a merge has come.
struct Place {
  std::size_t positive = 0;
  std::size_t negative = 0;
};

// Keys of one width, ascending.
template <class Key>
struct Lists {
  const RawVector<Key>& positives;
  const RawVector<Key>& negatives;

  Place end() const noexcept { return {positives.size(), negatives.size()}; }
  std::size_t size() const noexcept { return positives.size() + negatives.size(); }
};

// f(lists) when both sides of an unweighted ranking are lists, and of one width; else false.
template <class F>
bool with_lists(const Ranking& ranking, F&& f) {
  const auto of_width = [&]<class Key>(Key) {
    const RawVector<Key>* const positives = ranking.positives().listed<Key>();
    const RawVector<Key>* const negatives = ranking.negatives().listed<Key>();
    if (positives == nullptr || negatives == nullptr) return false;
    f(Lists<Key>{*positives, *negatives});
    return true;
  };
  return of_width(NarrowKey{}) || of_width(ScoreKey{});
}

// Cuts of a merge into about equal parts: places from the beginning to the end, with nothing equal
// on both sides of one. One part of short lists.
template <class Key>
std::vector<Place> cut(const Lists<Key>& lists, std::size_t parts) {
  constexpr std::size_t kWorthThreads = std::size_t{1} << 18;
  std::vector<Place> places{{}};
  if (lists.size() < kWorthThreads) parts = 1;
  const bool more_positives = lists.positives.size() > lists.negatives.size();
  const RawVector<Key>& longer = more_positives ? lists.positives : lists.negatives;
  const auto below = [&](Key key) -> Place {
    const auto count = [&](const RawVector<Key>& keys) {
      return static_cast<std::size_t>(std::ranges::lower_bound(keys, key) - keys.begin());
    };
    return {count(lists.positives), count(lists.negatives)};
  };
  for (std::size_t part = 1; part < parts; ++part) {
    const std::size_t wanted = lists.size() / parts * part;
    const auto key = std::ranges::partition_point(longer, [&](Key at) {
      const Place place = below(at);
      return place.positive + place.negative < wanted;
    });
    places.push_back(below(key == longer.end() ? longer.back() : *key));
  }
  places.push_back(lists.end());
  return places;
}

}  // namespace lstmetrics::metrics::formulas::detail
