#include "lstmetrics/lstm/schedule.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace lstmetrics::lstm {
namespace {

std::size_t counting_steps(const Input& input, std::size_t row) {
  if (input.mask == nullptr && input.lengths != nullptr) {
    return static_cast<std::size_t>(input.lengths[row]);
  }
  std::size_t count = 0;
  for (std::size_t step = 0; step < input.steps; ++step) {
    count += step_counts(input, row, step) ? 1 : 0;
  }
  return count;
}

template <class Count>
std::vector<std::size_t> longest_first(std::span<const Count> steps) {
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return steps[a] > steps[b]; });
  return order;
}

}  // namespace

std::vector<std::size_t> by_length(std::span<const Input> inputs) {
  std::vector<std::size_t> steps(inputs[0].rows);
  for (const Input& input : inputs) {
    if (input.mask == nullptr && input.lengths == nullptr) continue;
    for (std::size_t row = 0; row < input.rows; ++row) steps[row] += counting_steps(input, row);
  }
  if (std::adjacent_find(steps.begin(), steps.end(), std::not_equal_to<>()) == steps.end()) {
    return {};
  }
  return longest_first<std::size_t>(steps);
}

Plan plan_blocks(std::span<const std::int64_t> lengths, std::size_t most_rows,
                 std::size_t most_cost) {
  Plan plan{longest_first(lengths), {0}};
  for (std::size_t i = 1; i < lengths.size(); ++i) {
    const std::size_t first = plan.cuts.back();
    const auto longest = static_cast<std::size_t>(lengths[plan.order[first]]);
    const std::size_t rows = i - first;
    if (rows >= most_rows || (rows + 1) * longest > most_cost) plan.cuts.push_back(i);
  }
  if (!lengths.empty()) plan.cuts.push_back(lengths.size());
  return plan;
}

}  // namespace lstmetrics::lstm
