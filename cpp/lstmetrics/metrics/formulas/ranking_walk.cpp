#include "lstmetrics/metrics/formulas/ranking_walk.hpp"

namespace lstmetrics::metrics::formulas::detail {
namespace {

CountWalk::Place end_of(const Ranking& ranking) {
  return {ranking.positives().size(), ranking.negatives().size()};
}

}  // namespace

CountWalk::CountWalk(const Ranking& ranking) : CountWalk(ranking, {}, end_of(ranking)) {}

CountWalk::CountWalk(const Ranking& ranking, Place from, Place to)
    : positive_keys_(ranking.positives().listed()),
      negative_keys_(ranking.negatives().listed()),
      at_(from),
      end_(to),
      positive_(ranking.positives()),
      negative_(ranking.negatives()) {
  if (positive_keys_ == nullptr || negative_keys_ == nullptr) positive_keys_ = nullptr;
  positives_[0] = static_cast<std::int64_t>(from.positive);
  negatives_[0] = static_cast<std::int64_t>(from.negative);
}

bool CountWalk::next(CountBlock& block) {
  block.keys = keys_.data();
  block.positives = positives_.data() + 1;
  block.negatives = negatives_.data() + 1;
  positives_[0] = positives_[block.size];
  negatives_[0] = negatives_[block.size];
  return positive_keys_ != nullptr ? next_of_lists(block) : next_of_cursors(block);
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
CountWalk::Place CountWalk::split(Place from, std::size_t n) const {
  const ScoreKey* const positive = positive_keys_->data() + from.positive;
  const ScoreKey* const negative = negative_keys_->data() + from.negative;
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
struct Chain {
  const ScoreKey* positive;
  const ScoreKey* negative;
  std::uint64_t taken = 0;

  ScoreKey step(std::uint64_t steps) noexcept {
    const ScoreKey p = positive[taken];
    const ScoreKey q = negative[steps - taken];
    taken += static_cast<std::uint64_t>(p <= q);
    return std::min(p, q);
  }
};

}  // namespace

// Merges the next n keys into the window. A full window is cut into chains that are merged side by
// side: each step of a merge waits for the one before it.
void CountWalk::merge_window(Place from, std::size_t n) {
  const ScoreKey* const positive = positive_keys_->data();
  const ScoreKey* const negative = negative_keys_->data();
  const std::size_t positives = end_.positive - from.positive;
  const std::size_t negatives = end_.negative - from.negative;
  if (n == kSize && positives >= kSize && negatives >= kSize) {
    constexpr std::size_t kSteps = kSize / kChains;
    std::array<std::uint32_t, kChains> before;
    std::array<Chain, kChains> chains;
    for (std::size_t c = 0; c < kChains; ++c) {
      const Place at = split(from, c * kSteps);
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
  Chain chain{positive + from.positive, negative + from.negative};
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

bool CountWalk::next_of_lists(CountBlock& block) {
  std::size_t size = 0;
  while (size == 0) {
    const Place from = at_;
    const std::size_t left = (end_.positive - from.positive) + (end_.negative - from.negative);
    const std::size_t n = std::min(kSize, left);
    if (n == 0) break;
    merge_window(from, n);
    // Whatever comes next; at the end, anything else than the last key.
    window_[n] = ~window_[n - 1];
    if (at_.positive < end_.positive) window_[n] = (*positive_keys_)[at_.positive];
    if (at_.negative < end_.negative) {
      const ScoreKey negative = (*negative_keys_)[at_.negative];
      if (at_.positive >= end_.positive || negative < window_[n]) window_[n] = negative;
    }
    for (std::size_t i = 0; i < n; ++i) {
      keys_[size] = window_[i];
      positives_[size + 1] = static_cast<std::int64_t>(from.positive + window_counts_[i]);
      negatives_[size + 1] = static_cast<std::int64_t>(from.negative + (i + 1 - window_counts_[i]));
      size += window_[i] != window_[i + 1] ? 1 : 0;
    }
  }
  block.size = size;
  return size > 0;
}

std::vector<CountWalk::Place> cut(const Ranking& ranking, std::size_t parts) {
  constexpr std::size_t kWorthThreads = std::size_t{1} << 18;
  const Keys* const positive = ranking.positives().listed();
  const Keys* const negative = ranking.negatives().listed();
  const CountWalk::Place end = end_of(ranking);
  std::vector<CountWalk::Place> places{{}};
  if (positive != nullptr && negative != nullptr &&
      positive->size() + negative->size() >= kWorthThreads) {
    const Keys& longer = positive->size() > negative->size() ? *positive : *negative;
    const std::size_t total = positive->size() + negative->size();
    const auto below = [&](ScoreKey key) -> CountWalk::Place {
      return {
          static_cast<std::size_t>(std::ranges::lower_bound(*positive, key) - positive->begin()),
          static_cast<std::size_t>(std::ranges::lower_bound(*negative, key) - negative->begin())};
    };
    for (std::size_t part = 1; part < parts; ++part) {
      const std::size_t wanted = total / parts * part;
      const auto key = std::ranges::partition_point(longer, [&](ScoreKey at) {
        const CountWalk::Place place = below(at);
        return place.positive + place.negative < wanted;
      });
      places.push_back(below(key == longer.end() ? longer.back() : *key));
    }
  }
  places.push_back(end);
  return places;
}

}  // namespace lstmetrics::metrics::formulas::detail
