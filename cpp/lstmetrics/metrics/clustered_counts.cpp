#include "lstmetrics/metrics/clustered_counts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/label_axes.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {
namespace {

// Nothing when `labels` has them all.
std::optional<LabelSet> grown(const LabelSet& labels, const LabelSet& more) {
  if (labels.includes(more)) return std::nullopt;
  return labels.united(more);
}

// How many samples of each true label a cluster has, which is the same for all models.
std::vector<Triple> truth_of(const Triples& cells) {
  std::vector<Triple> truth;
  for (const Triple& cell : cells.cells()) {
    const std::array<std::uint32_t, 3> at{cell.at[0], cell.at[1], 0};
    if (!truth.empty() && truth.back().at == at) {
      truth.back().count += cell.count;
    } else {
      truth.push_back({at, cell.count});
    }
  }
  return truth;
}

// The pairs (true label, prediction) of one model, and which of them a cell belongs to.
class Pairs {
 public:
  explicit Pairs(const Triples& cells) {
    for (const Triple& cell : cells.cells()) keys_.push_back(key(cell));
    std::ranges::sort(keys_);
    keys_.erase(std::ranges::unique(keys_).begin(), keys_.end());
    for (const Triple& cell : cells.cells()) {
      const auto place = std::ranges::lower_bound(keys_, key(cell));
      cells_.push_back({cell.at[0], static_cast<std::uint32_t>(place - keys_.begin()), cell.count});
    }
  }

  // Each cell times times[id].
  ConfusionCounts counts(const std::vector<std::int64_t>& times, const LabelSet& labels,
                         bool declared) const {
    std::vector<std::int64_t> sums(keys_.size());
    for (const Cell& cell : cells_) sums[cell.pair] += times[cell.id] * cell.count;
    std::vector<CountedCell> counted;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (sums[i] == 0) continue;
      counted.push_back({static_cast<std::uint32_t>(keys_[i] >> 32),
                         static_cast<std::uint32_t>(keys_[i]), sums[i]});
    }
    return ConfusionCounts::of_cells(labels, declared, false, counted);
  }

 private:
  struct Cell {
    std::uint32_t id;
    std::uint32_t pair;
    std::int64_t count;
  };
  static std::uint64_t key(const Triple& cell) {
    return std::uint64_t{cell.at[1]} << 32 | cell.at[2];
  }

  std::vector<std::uint64_t> keys_;
  std::vector<Cell> cells_;
};

}  // namespace

ClusteredCounts::ClusteredCounts(std::size_t models, LabelSet declared)
    : declared_(!declared.empty()), labels_(std::move(declared)), cells_(models) {
  if (models < 1 || models > kMostModels) throw InvalidValue("models must be one or two");
}

ClusteredCounts ClusteredCounts::blank() const {
  return ClusteredCounts(models(), declared_ ? labels_ : LabelSet());
}

void ClusteredCounts::update(const LabelColumn& ids, const LabelColumn& y_true,
                             std::span<const LabelColumn> y_pred) {
  if (y_pred.size() != models()) throw InvalidValue("predictions of each model are needed");
  check_same_size({{ids.name, ids.size()}, {y_true.name, y_true.size()}});
  std::vector<const LabelColumn*> columns{&y_true};
  for (const LabelColumn& predictions : y_pred) {
    check_same_size({{y_true.name, y_true.size()}, {predictions.name, predictions.size()}});
    columns.push_back(&predictions);
  }
  const std::array<const LabelColumn*, 1> of_ids{&ids};
  ClusteredCounts delta = blank();
  for (std::size_t begin = 0; begin < y_true.size(); begin += kSegment) {
    const std::size_t n = std::min(kSegment, y_true.size() - begin);
    const LabelAxes clusters(of_ids, begin, n);
    const LabelAxes axes(columns, begin, n);
    if (declared_ && !labels_.includes(axes.labels())) {
      for (const LabelColumn* column : columns) {
        const LabelSet seen = discover(*column);
        if (!labels_.includes(seen)) refuse_undeclared({column}, seen, labels_);
      }
    }
    std::vector<Triples> cells;
    for (std::size_t model = 0; model < models(); ++model) {
      cells.emplace_back(std::array{clusters.axis(0), axes.axis(0), axes.axis(1 + model)});
    }
    delta.absorb(clusters.labels(), axes.labels(), std::move(cells), static_cast<std::int64_t>(n));
  }
  absorb(delta.ids_, delta.labels_, std::move(delta.cells_), delta.samples_);
}

void ClusteredCounts::absorb(const LabelSet& ids, const LabelSet& labels,
                             std::vector<Triples> cells, std::int64_t samples) {
  const std::int64_t all_samples = checked_add(samples_, samples);
  std::optional<LabelSet> all_ids = grown(ids_, ids);
  std::optional<LabelSet> all_labels = grown(labels_, labels);
  const auto moved = [&](Triples& from, const LabelSet& own_ids, const LabelSet& own_labels) {
    const Places clusters = own_ids.positions_in(all_ids ? *all_ids : ids_);
    const Places places = own_labels.positions_in(all_labels ? *all_labels : labels_);
    from.move_to({&clusters, &places, &places});
  };
  for (std::size_t model = 0; model < cells.size(); ++model) {
    moved(cells[model], ids, labels);
    if (all_ids || all_labels) moved(cells_[model], ids_, labels_);
    cells_[model].add(cells[model]);
  }
  if (all_ids) ids_ = std::move(*all_ids);
  if (all_labels) labels_ = std::move(*all_labels);
  samples_ = all_samples;
}

void ClusteredCounts::merge(const ClusteredCounts& other) {
  if (models() != other.models()) {
    throw MergeError("clusters of " + std::to_string(models()) +
                     " models cannot be merged with clusters of " + std::to_string(other.models()));
  }
  check_merge(kName, {labels_, declared_}, {other.labels_, other.declared_});
  check_merge("ids of ClusteredCounts", {ids_, false}, {other.ids_, false});
  absorb(other.ids_, other.labels_, other.cells_, other.samples_);
}

std::vector<ConfusionCounts> ClusteredCounts::result() const {
  const std::vector<std::int64_t> once(ids_.size(), 1);
  std::vector<ConfusionCounts> all;
  for (const Triples& cells : cells_) all.push_back(Pairs(cells).counts(once, labels_, declared_));
  return all;
}

std::function<std::vector<ConfusionCounts>(const Draws&)> ClusteredCounts::replicator() const {
  check_cluster_bootstrap(samples_);
  std::vector<Pairs> pairs;
  for (const Triples& cells : cells_) pairs.emplace_back(cells);
  return [pairs = std::move(pairs), hashes = label_hashes(ids_), labels = labels_,
          declared = declared_](const Draws& draws) {
    const std::vector<std::int64_t> times = cluster_draws(draws, hashes);
    std::vector<ConfusionCounts> all;
    for (const Pairs& model : pairs) all.push_back(model.counts(times, labels, declared));
    return all;
  };
}

void ClusteredCounts::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(models()));
  writer.u8(declared_ ? 1 : 0);
  ids_.save(writer);
  labels_.save(writer);
  for (const Triples& cells : cells_) cells.save(writer);
}

ClusteredCounts ClusteredCounts::load(Reader& reader, std::uint16_t) {
  const std::uint8_t models = reader.u8();
  const std::uint8_t declared = reader.u8();
  if (models < 1 || models > kMostModels || declared > 1) {
    throw FormatError("ClusteredCounts: unknown number of models or flag");
  }
  ClusteredCounts state(models);
  state.declared_ = declared != 0;
  state.ids_ = LabelSet::load(reader);
  state.labels_ = LabelSet::load(reader);
  const std::size_t labels = state.labels_.size();
  std::vector<bool> used_labels(labels);
  for (Triples& cells : state.cells_) {
    cells = Triples::load(reader, {state.ids_.size(), labels, labels}, state.samples_);
    std::vector<bool> used_ids(state.ids_.size());
    cells.mark(0, used_ids);
    for (const std::size_t axis : {1, 2}) cells.mark(axis, used_labels);
    if (std::ranges::find(used_ids, false) != used_ids.end() ||
        truth_of(cells) != truth_of(state.cells_.front())) {
      throw FormatError("ClusteredCounts: a cluster without samples, or models of other samples");
    }
  }
  if (declared != 0 ? labels == 0 : std::ranges::find(used_labels, false) != used_labels.end()) {
    throw FormatError("ClusteredCounts: declared labels, but none; or labels that nothing has");
  }
  return state;
}

}  // namespace lstmetrics::metrics
