#include "lstmetrics/metrics/clustered_losses.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_axes.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::string_view kLosses[] = {"losses", "losses_b"};

// Adds `sums` of a block of samples to those of their clusters.
void add_losses(const double* losses, const double* weights, const std::uint32_t* clusters,
                std::size_t n, std::size_t model, std::vector<ClusterSums>& sums) {
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = weights == nullptr ? 1 : weights[i];
    sums[clusters[i]].loss[model].add(weight == 0 ? 0 : weight * losses[i]);
  }
}

void add_samples(const double* weights, const std::uint32_t* clusters, std::size_t n,
                 std::vector<ClusterSums>& sums) {
  for (std::size_t i = 0; i < n; ++i) {
    WeightedCount& total = sums[clusters[i]].total;
    ++total.samples;
    total.weight.add(weights == nullptr ? 1 : weights[i]);
  }
}

}  // namespace

void ClusterSums::merge(const ClusterSums& other) {
  total.merge(other.total);
  for (std::size_t model = 0; model < loss.size(); ++model) loss[model].merge(other.loss[model]);
}

ClusteredLosses::ClusteredLosses(std::size_t models) : models_(models) {
  if (models < 1 || models > 2) throw InvalidValue("models must be one or two");
}

void ClusteredLosses::update(const LabelColumn& ids, std::span<const Column> losses,
                             const Column* weights) {
  if (losses.size() != models_) throw InvalidValue("losses of each model are needed");
  const std::size_t rows = ids.size();
  std::vector<DoubleReader> readers;
  for (std::size_t model = 0; model < models_; ++model) {
    check_same_size({{ids.name, rows}, {kLosses[model], losses[model].size}});
    readers.emplace_back(losses[model], kLosses[model]);
  }
  std::optional<WeightReader> weight_reader;
  if (weights != nullptr) {
    check_same_size({{ids.name, rows}, {"sample_weight", weights->size}});
    weight_reader.emplace(*weights, false);
  }
  ClusteredLosses delta = blank();
  for (std::size_t segment = 0; segment < rows; segment += kSegment) {
    const std::size_t end = segment + std::min(kSegment, rows - segment);
    const EncodedLabels encoded = encode(ids, segment, end - segment);
    std::vector<ClusterSums> seen(encoded.labels.size());
    for (std::size_t begin = segment; begin < end; begin += kBlock) {
      const std::size_t n = std::min(kBlock, end - begin);
      const std::uint32_t* clusters = encoded.codes.data() + (begin - segment);
      const double* w = weight_reader ? weight_reader->block(begin, n) : nullptr;
      for (std::size_t model = 0; model < models_; ++model) {
        const double* block = readers[model].block(begin, n);
        const auto* nan = std::find_if(block, block + n, [](double x) { return x != x; });
        if (nan != block + n) {
          const auto index = begin + static_cast<std::size_t>(nan - block);
          throw InvalidValue(place(kLosses[model], index) + " is NaN");
        }
        add_losses(block, w, clusters, n, model, seen);
      }
      add_samples(w, clusters, n, seen);
    }
    const LabelSet set(encoded.labels);
    const Places places = places_in(set, encoded.labels);
    std::vector<ClusterSums> sorted(set.size());
    for (std::size_t i = 0; i < seen.size(); ++i) sorted[places[i]] = std::move(seen[i]);
    delta.absorb(set, std::move(sorted));
  }
  absorb(delta.ids_, std::move(delta.clusters_));
}

void ClusteredLosses::absorb(const LabelSet& ids, std::vector<ClusterSums> clusters) {
  std::int64_t all_samples = samples_;
  for (const ClusterSums& cluster : clusters) {
    all_samples = checked_add(all_samples, cluster.total.samples);
  }
  if (!ids_.includes(ids)) {
    LabelSet all = ids_.united(ids);
    const Places own = ids_.positions_in(all);
    std::vector<ClusterSums> moved(all.size());
    for (std::size_t i = 0; i < own.size(); ++i) moved[own[i]] = std::move(clusters_[i]);
    clusters_ = std::move(moved);
    ids_ = std::move(all);
  }
  const Places theirs = ids.positions_in(ids_);
  for (std::size_t i = 0; i < theirs.size(); ++i) clusters_[theirs[i]].merge(clusters[i]);
  samples_ = all_samples;
}

void ClusteredLosses::merge(const ClusteredLosses& other) {
  if (models_ != other.models_) {
    throw MergeError("clusters of " + std::to_string(models_) +
                     " models cannot be merged with clusters of " + std::to_string(other.models_));
  }
  check_merge("ids of ClusteredLosses", {ids_, false}, {other.ids_, false});
  absorb(other.ids_, other.clusters_);
}

ClusterSums ClusteredLosses::result() const {
  ClusterSums all;
  for (const ClusterSums& cluster : clusters_) all.merge(cluster);
  return all;
}

std::function<ClusterSums(const Draws&)> ClusteredLosses::replicator() const {
  check_cluster_bootstrap(samples_);
  struct Rounded {
    std::int64_t samples;
    double weight;
    std::array<double, 2> loss;
  };
  std::vector<Rounded> rounded;
  rounded.reserve(clusters_.size());
  for (const auto& [total, loss] : clusters_) {
    rounded.push_back({total.samples, total.weight.value(), {loss[0].value(), loss[1].value()}});
  }
  return [rounded = std::move(rounded), hashes = label_hashes(ids_)](const Draws& draws) {
    const std::vector<std::int64_t> times = cluster_draws(draws, hashes);
    ClusterSums sums;
    for (std::size_t i = 0; i < rounded.size(); ++i) {
      if (times[i] == 0) continue;
      const auto often = static_cast<std::uint64_t>(times[i]);
      sums.total.samples += times[i] * rounded[i].samples;
      sums.total.weight.add_multiple(rounded[i].weight, often);
      for (std::size_t model = 0; model < 2; ++model) {
        sums.loss[model].add_multiple(rounded[i].loss[model], often);
      }
    }
    return sums;
  };
}

void ClusteredLosses::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(models_));
  ids_.save(writer);
  for (const ClusterSums& cluster : clusters_) {
    cluster.total.save(writer);
    for (std::size_t model = 0; model < models_; ++model) cluster.loss[model].save(writer);
  }
}

ClusteredLosses ClusteredLosses::load(Reader& reader, std::uint16_t) {
  const std::uint8_t models = reader.u8();
  if (models < 1 || models > 2) throw FormatError("ClusteredLosses: unknown number of models");
  ClusteredLosses state(models);
  state.ids_ = LabelSet::load(reader);
  for (std::size_t i = 0; i < state.ids_.size(); ++i) {
    ClusterSums cluster;
    cluster.total = WeightedCount::load(reader);
    for (std::size_t model = 0; model < models; ++model) {
      cluster.loss[model] = numeric::ExactSum::load(reader);
    }
    if (cluster.total.samples == 0 ||
        __builtin_add_overflow(state.samples_, cluster.total.samples, &state.samples_)) {
      throw FormatError("ClusteredLosses: a cluster without samples, or too many samples");
    }
    state.clusters_.push_back(std::move(cluster));
  }
  return state;
}

}  // namespace lstmetrics::metrics
