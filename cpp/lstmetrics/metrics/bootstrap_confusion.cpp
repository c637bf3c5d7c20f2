// Replicates of confusion counts.
#include <memory>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"

namespace lstmetrics::metrics {
namespace {

struct Cell {
  std::uint32_t row;
  std::uint32_t column;
  std::int64_t count;
  std::uint64_t hash;
  numeric::ExactSum weight;
};

std::vector<Cell> hashed_cells(const ConfusionCounts& state) {
  const std::vector<std::uint64_t> labels = label_hashes(state.labels());
  std::vector<Cell> cells;
  cells.reserve(state.cells().used());
  state.cells().for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                             const numeric::ExactSum* weight) {
    if (count == 0) {
      throw UnsupportedError(
          "weights of an unknown number of samples have no bootstrap: hand in a matrix of counts");
    }
    cells.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), count,
                     numeric::hash_with(labels[row], labels[column]),
                     weight != nullptr ? *weight : numeric::ExactSum()});
  });
  return cells;
}

// The labels that some drawn cell has, and where each of all labels stands among them.
LabelSet labels_drawn(const LabelSet& labels, const std::vector<Cell>& cells,
                      const std::vector<std::int64_t>& drawn, std::vector<std::uint32_t>& at) {
  std::vector<bool> used(labels.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (drawn[i] == 0) continue;
    used[cells[i].row] = true;
    used[cells[i].column] = true;
  }
  LabelList kept{labels.kind(), {}, {}};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    at[i] = static_cast<std::uint32_t>(kept.size());
    if (!used[i]) continue;
    if (labels.is_text())
      kept.texts.push_back(labels.texts()[i]);
    else
      kept.integers.push_back(labels.integers()[i]);
  }
  return LabelSet(std::move(kept));
}

}  // namespace

std::function<ConfusionCounts(const Draws&)> ConfusionCounts::replicator() const {
  check_bootstrap(samples_);
  const auto cells = std::make_shared<const std::vector<Cell>>(hashed_cells(*this));
  return [cells, labels = labels_, declared = declared_,
          weighted = is_weighted()](const Draws& draws) {
    std::vector<std::int64_t> drawn;
    drawn.reserve(cells->size());
    for (const Cell& cell : *cells) drawn.push_back(draws(cell.hash, cell.count));

    ConfusionCounts replicate;
    replicate.declared_ = declared;
    std::vector<std::uint32_t> at(labels.size());
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = static_cast<std::uint32_t>(i);
    replicate.labels_ = declared ? labels : labels_drawn(labels, *cells, drawn, at);
    replicate.cells_ = Cells(replicate.labels_.size(), weighted, cells->size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const Cell& cell = (*cells)[i];
      if (drawn[i] == 0) continue;
      if (weighted) {
        replicate.cells_.add(at[cell.row], at[cell.column], drawn[i],
                             drawn_weight(cell.weight, cell.count, drawn[i]));
      } else {
        replicate.cells_.add(at[cell.row], at[cell.column], drawn[i]);
      }
      replicate.samples_ += drawn[i];
    }
    return replicate;
  };
}

}  // namespace lstmetrics::metrics
