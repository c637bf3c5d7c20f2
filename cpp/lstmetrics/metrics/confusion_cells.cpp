// Confusion counts of cells that were counted elsewhere.
#include <vector>

#include "lstmetrics/metrics/confusion_counts.hpp"

namespace lstmetrics::metrics {
ConfusionCounts ConfusionCounts::of_cells(const LabelSet& labels, bool declared, bool weighted,
                                          std::span<const CountedCell> cells) {
  ConfusionCounts state;
  std::vector<bool> used(labels.size(), declared);
  for (const CountedCell& cell : cells) used[cell.row] = used[cell.column] = true;
  std::vector<std::uint32_t> at;
  state.declared_ = declared;
  state.labels_ = labels.only(used, at);
  state.cells_ = Cells(state.labels_.size(), weighted, cells.size());
  for (const CountedCell& cell : cells) {
    if (weighted)
      state.cells_.add(at[cell.row], at[cell.column], cell.count, cell.weight);
    else
      state.cells_.add(at[cell.row], at[cell.column], cell.count);
    state.samples_ += cell.count;
  }
  return state;
}

}  // namespace lstmetrics::metrics
