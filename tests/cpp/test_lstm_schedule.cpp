// How rows are cut into blocks.
#include <cstdint>
#include <numeric>
#include <vector>

#include "check.hpp"
#include "lstmetrics/lstm/schedule.hpp"
#include "test_lstm_models.hpp"

using lstmetrics::lstm::BlockRows;
using lstmetrics::lstm::Plan;
using lstmetrics::lstm::plan_blocks;

namespace {

std::vector<std::int64_t> random_lengths(std::size_t count, std::uint64_t seed) {
  lstm_models::Numbers next(seed);
  std::vector<std::int64_t> lengths;
  for (std::size_t i = 0; i < count; ++i) lengths.push_back(next.integer() % 50);
  return lengths;
}

}  // namespace

CASE("lstm: a plan has every row once, the longest first, equals as they came") {
  for (const std::size_t count : {0, 1, 2, 31, 100}) {
    const std::vector<std::int64_t> lengths = random_lengths(count, count);
    const Plan plan = plan_blocks(lengths, 8, 100);
    std::vector<bool> seen(count);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(!seen[plan.order[i]]);
      seen[plan.order[i]] = true;
      if (i == 0) continue;
      const std::size_t before = plan.order[i - 1];
      const std::size_t row = plan.order[i];
      CHECK(lengths[before] > lengths[row] || (lengths[before] == lengths[row] && before < row));
    }
    CHECK_EQUAL(plan.cuts.front(), std::size_t{0});
    CHECK_EQUAL(plan.cuts.back(), count);
  }
}

CASE("lstm: a block keeps to its rows and its cost, and is as large as they allow") {
  constexpr std::size_t kRows = 8;
  constexpr std::size_t kCost = 150;
  const std::vector<std::int64_t> lengths = random_lengths(300, 1);
  const Plan plan = plan_blocks(lengths, kRows, kCost);
  for (std::size_t block = 0; block < plan.blocks(); ++block) {
    const BlockRows rows = plan.rows(block);
    const auto longest = static_cast<std::size_t>(lengths[rows[0]]);
    CHECK(rows.count >= 1 && rows.count <= kRows && rows.count * longest <= kCost);
    if (block + 1 == plan.blocks()) continue;
    CHECK(rows.count == kRows || (rows.count + 1) * longest > kCost);
  }
}

CASE("lstm: a row that costs too much runs alone") {
  const std::vector<std::int64_t> lengths = {3, 1'000'000, 2, 700};
  const Plan plan = plan_blocks(lengths, 8, 500);
  CHECK(plan.order == std::vector<std::size_t>({1, 3, 0, 2}));
  CHECK(plan.cuts == std::vector<std::size_t>({0, 1, 2, 4}));
}

CASE("lstm: no rows make no blocks") {
  CHECK_EQUAL(plan_blocks({}, 8, 500).blocks(), std::size_t{0});
}
