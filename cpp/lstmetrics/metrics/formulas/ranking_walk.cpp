#include "lstmetrics/metrics/formulas/ranking_walk.hpp"

namespace lstmetrics::metrics::formulas::detail {
namespace {

Place end_of(const Ranking& ranking) {
  return {ranking.positives().size(), ranking.negatives().size()};
}

}  // namespace

CountWalk::CountWalk(const Ranking& ranking) : CountWalk(ranking, {}, end_of(ranking)) {}

CountWalk::CountWalk(const Ranking& ranking, Place from, Place to)
    : ranking_(ranking),
      at_(from),
      end_(to),
      positive_(ranking.positives()),
      negative_(ranking.negatives()) {
  positives_[0] = static_cast<std::int64_t>(from.positive);
  negatives_[0] = static_cast<std::int64_t>(from.negative);
}

bool CountWalk::next(CountBlock& block) {
  block.keys = keys_.data();
  block.positives = positives_.data() + 1;
  block.negatives = negatives_.data() + 1;
  positives_[0] = positives_[block.size];
  negatives_[0] = negatives_[block.size];
  bool more = false;
  const bool lists =
      with_lists(ranking_, [&](const auto& both) { more = next_of_lists(both, block); });
  return lists ? more : next_of_cursors(block);
}

bool CountWalk::next_of_cursors(CountBlock& block) {
  std::size_t size = 0;
  for (; size < kSize && !(positive_.done() && negative_.done()); ++size) {
    const bool both = !positive_.done() && !negative_.done();
    const bool positive = !positive_.done() && !(both && negative_.key() < positive_.key());
    const bool negative = !negative_.done() && !(both && positive_.key() < negative_.key());
    keys_[size] = positive ? positive_.key() : negative_.key();
    positives_[size + 1] = positives_[size] + (positive ? positive_.count() : 0);
    negatives_[size + 1] = negatives_[size] + (negative ? negative_.count() : 0);
    if (positive) positive_.next();
    if (negative) negative_.next();
  }
  block.size = size;
  return size > 0;
}

// How many of the first n keys from a place on are positives, which come first among equals.
template <class Key>
Place CountWalk::split(const Lists<Key>& lists, Place from, std::size_t n) const {
  const Key* const positive = lists.positives.data() + from.positive;
  const Key* const negative = lists.negatives.data() + from.negative;
  const std::size_t negatives = end_.negative - from.negative;
  std::size_t least = n > negatives ? n - negatives : 0;
  std::size_t most = std::min(n, end_.positive - from.positive);
  while (least < most) {
    const std::size_t middle = (least + most) / 2;
    if (positive[middle] <= negative[n - 1 - middle])
      least = middle + 1;
    else
      most = middle;
  }
  return {from.positive + least, from.negative + (n - least)};
}

namespace {

// A merge under way that neither jumps nor runs out of keys: of `steps` taken, `taken` were
// positives.
template <class Key>
struct Chain {
  const Key* positive;
  const Key* negative;
  std::uint64_t taken = 0;

  Key step(std::uint64_t steps) noexcept {
    const Key p = positive[taken];
    const Key q = negative[steps - taken];
    taken += static_cast<std::uint64_t>(p <= q);
    return std::min(p, q);
  }
};

}  // namespace

// Merges the next n keys into the window. A full window is cut into chains that are merged side by
// side: each step of a merge waits for the one before it.
template <class Key>
void CountWalk::merge_window(const Lists<Key>& lists, Place from, std::size_t n) {
  const Key* const positive = lists.positives.data();
  const Key* const negative = lists.negatives.data();
  const std::size_t positives = end_.positive - from.positive;
  const std::size_t negatives = end_.negative - from.negative;
  if (n == kSize && positives >= kSize && negatives >= kSize) {
    constexpr std::size_t kSteps = kSize / kChains;
    std::array<std::uint32_t, kChains> before;
    std::array<Chain<Key>, kChains> chains;
    for (std::size_t c = 0; c < kChains; ++c) {
      const Place at = split(lists, from, c * kSteps);
      before[c] = static_cast<std::uint32_t>(at.positive - from.positive);
      chains[c] = {positive + at.positive, negative + at.negative};
    }
    for (std::size_t i = 0; i < kSteps; ++i) {
      for (std::size_t c = 0; c < kChains; ++c) {
        window_[c * kSteps + i] = chains[c].step(i);
        window_counts_[c * kSteps + i] = before[c] + static_cast<std::uint32_t>(chains[c].taken);
      }
    }
    at_.positive = from.positive + window_counts_[kSize - 1];
    at_.negative = from.negative + (kSize - window_counts_[kSize - 1]);
    return;
  }
  Chain<Key> chain{positive + from.positive, negative + from.negative};
  std::size_t i = 0;
  for (; i < n && chain.taken < positives && i - chain.taken < negatives; ++i) {
    window_[i] = chain.step(i);
    window_counts_[i] = static_cast<std::uint32_t>(chain.taken);
  }
  for (; i < n && chain.taken < positives; ++i) {
    window_[i] = chain.positive[chain.taken++];
    window_counts_[i] = static_cast<std::uint32_t>(chain.taken);
  }
  for (; i < n; ++i) {
    window_[i] = chain.negative[i - chain.taken];
    window_counts_[i] = static_cast<std::uint32_t>(chain.taken);
  }
  at_ = {from.positive + chain.taken, from.negative + (n - chain.taken)};
}

template <class Key>
bool CountWalk::next_of_lists(const Lists<Key>& lists, CountBlock& block) {
  std::size_t size = 0;
  while (size == 0) {
    const Place from = at_;
    const std::size_t left = (end_.positive - from.positive) + (end_.negative - from.negative);
    const std::size_t n = std::min(kSize, left);
    if (n == 0) break;
    merge_window(lists, from, n);
    // Whatever comes next; at the end, anything else than the last key.
    window_[n] = ~window_[n - 1];
    if (at_.positive < end_.positive) window_[n] = lists.positives[at_.positive];
    if (at_.negative < end_.negative) {
      const ScoreKey negative = lists.negatives[at_.negative];
      if (at_.positive >= end_.positive || negative < window_[n]) window_[n] = negative;
    }
    for (std::size_t i = 0; i < n; ++i) {
      keys_[size] = widened(static_cast<Key>(window_[i]));
      positives_[size + 1] = static_cast<std::int64_t>(from.positive + window_counts_[i]);
      negatives_[size + 1] = static_cast<std::int64_t>(from.negative + (i + 1 - window_counts_[i]));
      size += window_[i] != window_[i + 1] ? 1 : 0;
    }
  }
  block.size = size;
  return size > 0;
}

std::vector<Place> cut(const Ranking& ranking, std::size_t parts) {
  std::vector<Place> places;
  if (with_lists(ranking, [&](const auto& lists) { places = cut(lists, parts); })) return places;
  return {{}, end_of(ranking)};
}

}  // namespace lstmetrics::metrics::formulas::detail
