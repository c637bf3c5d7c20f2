// Losses by cluster: of one model, or of two on the same samples.
//
// What a bootstrap that draws whole clusters needs: for each id the exact sums of the weights and
// of the weighted losses. Memory goes by clusters, about 120 bytes each and the id, not by samples.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

class Draws;

// Each term is rounded once, fl(w * loss); a weight of zero makes it zero.
struct LSTMETRICS_API ClusterSums {
  WeightedCount total;
  std::array<numeric::ExactSum, 2> loss;  // of each model

  void merge(const ClusterSums& other);
  bool operator==(const ClusterSums& other) const = default;
};

class LSTMETRICS_API ClusteredLosses {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::clustered_losses);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "ClusteredLosses";

  ClusteredLosses() = default;  // one model
  // InvalidValue for another number of models than one or two.
  explicit ClusteredLosses(std::size_t models);

  // A column of losses for each model. All or nothing. ShapeError for lengths, InvalidValue with
  // the index for NaN and for weights that are negative or not finite, InvalidType for text.
  void update(const LabelColumn& ids, std::span<const Column> losses,
              const Column* weights = nullptr);
  void merge(const ClusteredLosses& other);
  ClusteredLosses blank() const { return ClusteredLosses(models_); }

  std::size_t models() const noexcept { return models_; }
  const LabelSet& ids() const noexcept { return ids_; }
  std::int64_t samples() const noexcept { return samples_; }

  ClusterSums result() const;  // of all clusters
  // The same of a replicate: each cluster is drawn Poisson(1) times, by its id; its sums, each
  // rounded once, count so often.
  std::function<ClusterSums(const Draws&)> replicator() const;

  bool operator==(const ClusteredLosses& other) const = default;
  void save(Writer& writer) const;
  static ClusteredLosses load(Reader& reader, std::uint16_t version);

 private:
  void absorb(const LabelSet& ids, std::vector<ClusterSums> clusters);

  std::size_t models_ = 1;
  LabelSet ids_;
  std::vector<ClusterSums> clusters_;  // by id
  std::int64_t samples_ = 0;
};

}  // namespace lstmetrics::metrics
