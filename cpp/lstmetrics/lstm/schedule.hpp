// In which order the rows of a batch run: their results do not depend on it, only the time does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/lstm/block_input.hpp"

namespace lstmetrics::lstm {

// Rows by the number of steps that count, the most first and equals as they come: neighbours then
// end about together. Empty where nothing sets rows apart.
std::vector<std::size_t> by_length(std::span<const Input> inputs);

// Rows cut into blocks: those of block i are [cuts[i], cuts[i + 1]) of the order.
struct Plan {
  std::vector<std::size_t> order;
  std::vector<std::size_t> cuts;

  std::size_t blocks() const noexcept { return cuts.size() - 1; }
  BlockRows rows(std::size_t block) const noexcept {
    return {cuts[block], cuts[block + 1] - cuts[block], order.data()};
  }
};

// The longest first, neighbours together. A block has at most so many rows, and costs its rows
// times its longest, which is the memory it works in; one row alone may cost more.
LSTMETRICS_API Plan plan_blocks(std::span<const std::int64_t> lengths, std::size_t most_rows,
                                std::size_t most_cost);

}  // namespace lstmetrics::lstm
