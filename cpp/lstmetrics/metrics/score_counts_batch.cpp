#include "lstmetrics/metrics/score_counts_batch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lstmetrics/metrics/score_counts_buckets.hpp"
#include "lstmetrics/metrics/score_counts_reading.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {
namespace {

using Bags = std::vector<ScoreBag>;

// f(begin, n) for each block of rows.
template <class F>
void for_each_block(std::size_t begin, std::size_t end, F&& f) {
  for (; begin < end; begin += kBlock) f(begin, std::min(kBlock, end - begin));
}

// ---- one column of two groups, unweighted: straight into the buckets of the sort ---------------

// A slot is an integer that is wide enough; it is kept, so that labels are read once.
template <class Slot, class Reader>
std::array<RawVector<typename Reader::Key>, 2> spread(const ScoreInput& input,
                                                      const TrueLabels* labels,
                                                      detail::Spreading& spreading,
                                                      std::vector<std::size_t>& sizes) {
  using Key = typename Reader::Key;
  RawVector<Slot> slots(input.rows());
  runtime::parallel_for(spreading.chunks(), [&](std::size_t chunk) {
    std::size_t* const counts = spreading.places(chunk);
    const detail::Buckets::Map buckets = spreading.buckets().map();
    const std::size_t in_group = spreading.buckets().size();
    GroupReader groups(input, labels);
    Reader keys(input, 0);
    for_each_block(spreading.chunk_begin(chunk), spreading.chunk_end(chunk),
                   [&](std::size_t begin, std::size_t n) {
                     const std::uint32_t* const group = groups.block(0, begin, n);
                     const Key* const key = keys.block(begin, n);
                     for (std::size_t i = 0; i < n; ++i) {
                       const std::size_t slot = group[i] * in_group + buckets.of(key[i]);
                       slots[begin + i] = static_cast<Slot>(slot);
                       ++counts[slot];
                     }
                   });
  });
  sizes = spreading.place();
  std::array<RawVector<Key>, 2> all{RawVector<Key>(sizes[0]), RawVector<Key>(sizes[1])};
  runtime::parallel_for(spreading.chunks(), [&](std::size_t chunk) {
    std::vector<Key*> next;
    for (std::size_t slot = 0; slot < spreading.slots(); ++slot) {
      next.push_back(all[spreading.group(slot)].data() + spreading.places(chunk)[slot]);
    }
    Reader keys(input, 0);
    for_each_block(spreading.chunk_begin(chunk), spreading.chunk_end(chunk),
                   [&](std::size_t begin, std::size_t n) {
                     const Key* const key = keys.block(begin, n);
                     for (std::size_t i = 0; i < n; ++i) *next[slots[begin + i]]++ = key[i];
                   });
  });
  return all;
}

template <class Reader>
Bags read_spread(const ScoreInput& input, const TrueLabels* labels) {
  using Key = typename Reader::Key;
  Reader sample(input, 0);
  detail::Spreading spreading(detail::Buckets(input.rows(), detail::kWantedBucket<Key>,
                                              [&](std::size_t i) { return sample.at(i); }),
                              2, input.rows());
  std::vector<std::size_t> sizes;
  const bool few = spreading.slots() <= std::size_t{1} << 16;
  auto keys = few ? spread<std::uint16_t, Reader>(input, labels, spreading, sizes)
                  : spread<std::uint32_t, Reader>(input, labels, spreading, sizes);
  spreading.for_each_bucket<Key>(
      sizes, [&](std::size_t group, std::size_t begin, std::size_t end, auto& sort) {
        Key* const bucket = keys[group].data() + begin;
        sort(bucket, end - begin, bucket);
      });
  Bags bags;
  for (auto& group : keys) bags.emplace_back(std::move(group));
  return bags;
}

// ---- any columns --------------------------------------------------------------------------------

// Items of the groups of one column, each group's room known.
template <class Item>
class Filling {
 public:
  explicit Filling(const std::vector<std::size_t>& sizes) : groups_(sizes.size()) {
    // One item more: of two groups, both are written, and one of them advanced.
    for (std::size_t i = 0; i < sizes.size(); ++i) groups_[i].resize(sizes[i] + 1);
    for (auto& items : groups_) next_.push_back(items.data());
  }

  void put(const std::uint32_t* group, const ScoreKey* keys, const double*, std::size_t n)
    requires std::is_same_v<Item, ScoreKey>
  {
    if (next_.size() != 2) {
      for (std::size_t i = 0; i < n; ++i) *next_[group[i]]++ = keys[i];
      return;
    }
    ScoreKey* zeros = next_[0];
    ScoreKey* ones = next_[1];
    for (std::size_t i = 0; i < n; ++i) {
      *zeros = keys[i];
      *ones = keys[i];
      ones += group[i];
      zeros += 1 - group[i];
    }
    next_[0] = zeros;
    next_[1] = ones;
  }
  void put(const std::uint32_t* group, const ScoreKey* keys, const double* weights, std::size_t n)
    requires std::is_same_v<Item, WeightedKey>
  {
    for (std::size_t i = 0; i < n; ++i) {
      if (weights[i] != 0) *next_[group[i]]++ = {keys[i], weights[i]};
    }
  }

  Bags take() {
    Bags bags;
    for (auto& items : groups_) {
      items.pop_back();
      sort_items(items);
      bags.emplace_back(std::move(items));
    }
    return bags;
  }

 private:
  std::vector<RawVector<Item>> groups_;
  std::vector<Item*> next_;
};

// How many samples of weight each group of each column has; looks at all labels and weights.
std::vector<std::vector<std::size_t>> group_sizes(const ScoreInput& input,
                                                  const TrueLabels* labels) {
  const ScoreParameters& parameters = input.parameters;
  std::vector<std::vector<std::size_t>> sizes(parameters.columns,
                                              std::vector<std::size_t>(parameters.groups()));
  GroupReader groups(input, labels);
  std::optional<WeightReader> weights;
  if (input.weights != nullptr) {
    weights.emplace(*input.weights, input.options.allow_negative_weights);
  }
  for_each_block(0, input.rows(), [&](std::size_t begin, std::size_t n) {
    const double* const weight = weights ? weights->block(begin, n) : nullptr;
    for (std::size_t column = 0; column < parameters.columns; ++column) {
      const std::uint32_t* const group = groups.block(column, begin, n);
      for (std::size_t i = 0; i < n; ++i) {
        sizes[column][group[i]] += weight == nullptr || weight[i] != 0 ? 1 : 0;
      }
    }
  });
  return sizes;
}

template <class Item>
std::vector<Bags> read_columns(const ScoreInput& input, const TrueLabels* labels) {
  const std::size_t columns = input.parameters.columns;
  const auto sizes = group_sizes(input, labels);
  const bool worth = columns * input.rows() >= detail::kWorthThreads;
  const std::size_t tasks = worth ? std::min(columns, runtime::num_threads()) : 1;
  std::vector<Bags> bags(columns);
  runtime::parallel_for(tasks, [&](std::size_t task) {
    const std::size_t first = columns * task / tasks;
    const std::size_t last = columns * (task + 1) / tasks;
    GroupReader groups(input, labels);
    std::optional<WeightReader> weights;
    if (input.weights != nullptr) weights.emplace(*input.weights, true);
    std::vector<Filling<Item>> fillings;
    for (std::size_t column = first; column < last; ++column) fillings.emplace_back(sizes[column]);
    for_each_block(0, input.rows(), [&](std::size_t begin, std::size_t n) {
      const double* const weight = weights ? weights->block(begin, n) : nullptr;
      for (std::size_t column = first; column < last; ++column) {
        KeyReader keys(input, column);
        fillings[column - first].put(groups.block(column, begin, n), keys.block(begin, n), weight,
                                     n);
      }
    });
    for (std::size_t column = first; column < last; ++column) {
      bags[column] = fillings[column - first].take();
    }
  });
  return bags;
}

}  // namespace

std::vector<Bags> read_bags(const ScoreInput& input) {
  constexpr std::size_t kWorthSpreading = std::size_t{1} << 15;
  std::optional<TrueLabels> labels;
  if (input.labels != nullptr) labels.emplace(*input.labels, input.parameters.labels);
  const TrueLabels* const truth = labels ? &*labels : nullptr;
  if (input.weights != nullptr) return read_columns<WeightedKey>(input, truth);
  if (input.parameters.columns == 1 && input.rows() >= kWorthSpreading) {
    std::vector<Bags> bags;
    bags.push_back(NarrowKeyReader::reads(input) ? read_spread<NarrowKeyReader>(input, truth)
                                                 : read_spread<KeyReader>(input, truth));
    return bags;
  }
  return read_columns<ScoreKey>(input, truth);
}

}  // namespace lstmetrics::metrics
