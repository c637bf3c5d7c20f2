#include "lstmetrics/metrics/bootstrap.hpp"

#include <string>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/numeric/poisson.hpp"

namespace lstmetrics::metrics {
Draws::Draws(std::uint64_t seed, std::uint64_t replicate) noexcept
    : start_(numeric::hash_with(numeric::hash_with(0, seed), replicate)) {}

std::int64_t Draws::operator()(std::uint64_t cell, std::int64_t count) const {
  numeric::RandomStream random(numeric::hash_with(start_, cell));
  return numeric::poisson(count, random);
}

numeric::ExactSum drawn_weight(const numeric::ExactSum& weight, std::int64_t count,
                               std::int64_t drawn) {
  numeric::ExactSum sum;
  sum.add(weight.value() * (static_cast<double>(drawn) / static_cast<double>(count)));
  return sum;
}

std::vector<std::uint64_t> label_hashes(const LabelSet& labels) {
  const std::uint64_t start = numeric::hash_with(0, static_cast<std::uint64_t>(labels.kind()));
  std::vector<std::uint64_t> hashes;
  hashes.reserve(labels.size());
  for (const std::int64_t label : labels.integers()) {
    hashes.push_back(numeric::hash_with(start, static_cast<std::uint64_t>(label)));
  }
  for (const std::string& label : labels.texts()) {
    hashes.push_back(numeric::hash_with(start, std::string_view(label)));
  }
  return hashes;
}

std::vector<std::int64_t> cluster_draws(const Draws& draws,
                                        const std::vector<std::uint64_t>& clusters) {
  std::vector<std::int64_t> times;
  times.reserve(clusters.size());
  for (const std::uint64_t cluster : clusters) times.push_back(draws(cluster, 1));
  return times;
}

void check_cluster_bootstrap(std::int64_t samples) {
  if (samples > kMostClusteredSamples) {
    throw CountOverflow("a bootstrap of clusters takes at most 2^56 samples, this state has " +
                        std::to_string(samples));
  }
}

void check_bootstrap(std::int64_t samples) {
  if (samples > kMostBootstrapSamples) {
    throw CountOverflow("a bootstrap takes at most 2^61 samples, this state has " +
                        std::to_string(samples));
  }
}

}  // namespace lstmetrics::metrics
