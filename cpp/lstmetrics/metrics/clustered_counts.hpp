// Confusion counts by cluster: of one model, or of two on the same samples.
//
// What a bootstrap that draws whole clusters (documents, users) needs, and no more: how often each
// true label met each prediction in each cluster. A cluster is known by its id, so the same one in
// several batches or shards is one. Memory goes by the cells (id, true label, prediction) that
// occur, 24 bytes each, not by samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/triples.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API ClusteredCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::clustered_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "ClusteredCounts";
  static constexpr std::size_t kMostModels = 2;

  ClusteredCounts() = default;  // one model, labels are discovered
  // InvalidValue for another number of models than one or two. No labels: they are discovered.
  explicit ClusteredCounts(std::size_t models, LabelSet declared = {});

  // A column of predictions for each model. All or nothing. Errors as those of ConfusionCounts.
  void update(const LabelColumn& ids, const LabelColumn& y_true,
              std::span<const LabelColumn> y_pred);
  void merge(const ClusteredCounts& other);
  ClusteredCounts blank() const;

  std::size_t models() const noexcept { return cells_.size(); }
  const LabelSet& ids() const noexcept { return ids_; }
  const LabelSet& labels() const noexcept { return labels_; }
  bool is_declared() const noexcept { return declared_; }
  std::int64_t samples() const noexcept { return samples_; }

  // Of each model: what ConfusionCounts would hold that had seen its predictions.
  std::vector<ConfusionCounts> result() const;
  // The same of a replicate: each cluster is drawn Poisson(1) times, by its id, and all models'
  // counts of it count so often.
  std::function<std::vector<ConfusionCounts>(const Draws&)> replicator() const;

  bool operator==(const ClusteredCounts& other) const = default;
  void save(Writer& writer) const;
  static ClusteredCounts load(Reader& reader, std::uint16_t version);

 private:
  void absorb(const LabelSet& ids, const LabelSet& labels, std::vector<Triples> cells,
              std::int64_t samples);

  bool declared_ = false;
  LabelSet ids_;
  LabelSet labels_;
  std::vector<Triples> cells_{1};  // of each model: (id, true label, prediction)
  std::int64_t samples_ = 0;
};

}  // namespace lstmetrics::metrics
