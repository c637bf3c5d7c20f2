// The bootstrap without order: replicates of a state of counts, drawn from the state alone.
//
// Resampling n samples with replacement makes the count of a cell nearly Poisson; drawing every
// count as Poisson(count) by itself is the Poisson bootstrap (N. Chamandy et al., "Estimating
// uncertainty for massive data streams", 2012). The draw of a cell is a function of the seed, the
// number of the replicate and the labels of the cell, so it does not depend on the order of data
// or labels, on the form the cells are kept in, on threads, shards or machines.
//
// Of a cell of n samples with weights that add up to w, drawn k times, the replicate holds
// fl(fl(w) * fl(k / n)): the spread of weights within a cell is not known to the state, and is left
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"
#include "lstmetrics/numeric/random.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {

// The draws of one replicate.
class LSTMETRICS_API Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t replicate) noexcept;

  // Poisson(count) of the cell with this hash. count <= kMostBootstrapSamples.
  std::int64_t operator()(std::uint64_t cell, std::int64_t count) const;

 private:
  std::uint64_t start_;
};

// What a cell's weight becomes when its `count` samples (at least one) are drawn `drawn` times.
LSTMETRICS_API numeric::ExactSum drawn_weight(const numeric::ExactSum& weight, std::int64_t count,
                                              std::int64_t drawn);

// Of each label, by what it is and not where it stands; combine with numeric::hash_with.
LSTMETRICS_API std::vector<std::uint64_t> label_hashes(const LabelSet& labels);

inline constexpr std::int64_t kMostBootstrapSamples = std::int64_t{1} << 61;
// CountOverflow above it: replicates might not fit.
LSTMETRICS_API void check_bootstrap(std::int64_t samples);

// How often a replicate has each of some clusters, drawn whole as Poisson(1), given their hashes.
LSTMETRICS_API std::vector<std::int64_t> cluster_draws(const Draws& draws,
                                                       const std::vector<std::uint64_t>& clusters);
inline constexpr std::int64_t kMostClusteredSamples = std::int64_t{1} << 56;
// CountOverflow above it: Poisson(1) stays below 64, and so often they fit.
LSTMETRICS_API void check_cluster_bootstrap(std::int64_t samples);

// A state with replicates: replicator() hashes its cells once and returns a function of Draws.
template <class A>
concept Replicable = requires(const A& state, const Draws& draws) {
  { state.replicator()(draws) } -> Accumulator;
};

// What a replicator gives for the replicates [first, first + count), over the threads of the pool.
template <class Replicator>
auto drawn_by(const Replicator& replicate, std::uint64_t seed, std::uint64_t first,
              std::size_t count) {
  std::vector<decltype(replicate(Draws(seed, first)))> all(count);
  runtime::parallel_for(count, [&](std::size_t i) { all[i] = replicate(Draws(seed, first + i)); });
  return all;
}

template <class A>
auto drawn(const A& state, std::uint64_t seed, std::uint64_t first, std::size_t count) {
  return drawn_by(state.replicator(), seed, first, count);
}

}  // namespace lstmetrics::metrics
