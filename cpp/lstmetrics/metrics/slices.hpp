// A batch cut into groups by one or more columns of labels: which rows are in which group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

struct Slices {
  std::vector<LabelSet> labels;  // of each column, those that occur
  // The groups that occur, ascending by the labels of the first column, then of the second, ...:
  // for each the place of its label in each column.
  std::vector<std::uint32_t> keys;
  // The rows of the first group in their order, then those of the second, ...; and behind the last
  // row of each.
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> ends;
};

// Of columns of the same size, at least one; ShapeError otherwise. Errors of labels as of `encode`.
LSTMETRICS_API Slices slices_of(std::span<const LabelColumn> columns);

}  // namespace lstmetrics::metrics
