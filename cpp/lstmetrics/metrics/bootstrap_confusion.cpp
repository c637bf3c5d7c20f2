// Replicates of confusion counts.
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"

namespace lstmetrics::metrics {
namespace {

struct HashedCell {
  CountedCell cell;
  std::uint64_t hash;
};

std::vector<HashedCell> hashed_cells(const ConfusionCounts& state) {
  const std::vector<std::uint64_t> labels = label_hashes(state.labels());
  std::vector<HashedCell> cells;
  cells.reserve(state.cells().used());
  state.cells().for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                             const numeric::ExactSum* weight) {
    if (count == 0) {
      throw UnsupportedError(
          "weights of an unknown number of samples have no bootstrap: hand in a matrix of counts");
    }
    cells.push_back({{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), count,
                      weight != nullptr ? *weight : numeric::ExactSum()},
                     numeric::hash_with(labels[row], labels[column])});
  });
  return cells;
}

}  // namespace

std::function<ConfusionCounts(const Draws&)> ConfusionCounts::replicator() const {
  check_bootstrap(samples_);
  return [cells = hashed_cells(*this), labels = labels_, declared = declared_,
          weighted = is_weighted()](const Draws& draws) {
    std::vector<CountedCell> drawn;
    drawn.reserve(cells.size());
    for (const auto& [cell, hash] : cells) {
      const std::int64_t count = draws(hash, cell.count);
      if (count == 0) continue;
      drawn.push_back({cell.row, cell.column, count, {}});
      if (weighted) drawn.back().weight = drawn_weight(cell.weight, cell.count, count);
    }
    return of_cells(labels, declared, weighted, drawn);
  };
}

}  // namespace lstmetrics::metrics
