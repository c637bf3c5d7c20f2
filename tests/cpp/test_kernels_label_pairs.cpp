// Counting pairs of labels: every level counts the same, reads nothing beyond, takes counts back.
#include <algorithm>
#include <limits>
#include <vector>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::PairCountArgs;

namespace {

using Labels = std::vector<std::int64_t>;
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// n labels from least to least + side - 1.
Labels draw(std::size_t n, std::int64_t least, std::uint64_t side) {
  Labels labels(n);
  for (std::int64_t& label : labels) {
    label = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + generator()() % side);
  }
  return labels;
}

std::size_t place(std::int64_t label, std::int64_t least) {
  return static_cast<std::uint64_t>(label) - static_cast<std::uint64_t>(least);
}

// Counts into `copies` tables; returns what the kernel returns.
std::uint64_t count(const Table& table, Walled<std::int64_t>& rows, Walled<std::int64_t>& columns,
                    std::size_t n, std::int64_t least, unsigned bits, std::size_t copies,
                    std::vector<std::uint32_t>& counts, bool back = false) {
  const std::size_t cells = std::size_t{1} << (2 * bits);
  PairCountArgs args{rows.data(), columns.data(), n, least, bits, {}, back ? ~0U : 1U};
  for (std::size_t i = 0; i < 4; ++i) args.tables[i] = counts.data() + i % copies * cells;
  return table.count_pairs(args);
}

std::vector<std::size_t> pair_lengths() {
  std::vector<std::size_t> all = lengths();
  for (std::size_t n : {127, 128, 129, 2047, 2048, 2049}) all.push_back(n);
  return all;
}

}  // namespace

CASE("label pairs: counts are those of the pairs, in any number of tables") {
  for (const std::int64_t least :
       {std::int64_t{0}, std::int64_t{-3}, std::int64_t{1} << 40, kLeast, kMost - 1023}) {
    for (const unsigned bits : {0U, 1U, 3U, 5U, 10U}) {
      for (const std::size_t n : pair_lengths()) {
        const std::uint64_t side = std::uint64_t{1} << bits;
        const Labels y_true = draw(n, least, side);
        const Labels y_pred = draw(n, least, side);
        const std::size_t cells = std::size_t{1} << (2 * bits);
        std::vector<std::uint32_t> expected(cells);
        for (std::size_t i = 0; i < n; ++i) {
          ++expected[place(y_true[i], least) << bits | place(y_pred[i], least)];
        }
        const std::size_t copies = bits == 10 ? 1 : std::size_t{1} << (n % 3);
        check_equal_bits([&](const Table& table, Bits& result) {
          Walled<std::int64_t> rows(y_true);
          Walled<std::int64_t> columns(y_pred);
          std::vector<std::uint32_t> counts(copies * cells);
          const std::uint64_t seen = count(table, rows, columns, n, least, bits, copies, counts);
          CHECK(seen < side);
          result.add(seen);
          for (std::size_t cell = 0; cell < cells; ++cell) {
            std::uint32_t all = 0;
            for (std::size_t copy = 0; copy < copies; ++copy) all += counts[copy * cells + cell];
            CHECK_EQUAL(all, expected[cell]);
          }
          count(table, rows, columns, n, least, bits, copies, counts, true);
          CHECK(std::ranges::all_of(counts, [](std::uint32_t c) { return c == 0; }));
        });
      }
    }
  }
}

CASE("label pairs: a table of halves carries, and gives back") {
  for (const std::size_t n : pair_lengths()) {
    const Labels y_true = draw(n, -3, 4);
    const Labels y_pred = draw(n, -3, 4);
    check_equal_bits([&](const Table& table, Bits& result) {
      Walled<std::int64_t> rows(y_true);
      Walled<std::int64_t> columns(y_pred);
      // A few counts short of running over.
      std::vector<std::uint16_t> lower(16, static_cast<std::uint16_t>(-3));
      std::vector<std::uint16_t> upper(16, 9);
      PairCountArgs args{rows.data(), columns.data(), n, -3, 2, {}, 1};
      result.add(table.count_pairs_short(args, lower.data(), upper.data()));
      for (std::size_t cell = 0; cell < 16; ++cell) {
        std::size_t expected = 10 * 65536 - 3;
        for (std::size_t i = 0; i < n; ++i) {
          expected += (place(y_true[i], -3) << 2 | place(y_pred[i], -3)) == cell ? 1 : 0;
        }
        CHECK_EQUAL(std::size_t{upper[cell]} * 65536 + lower[cell], expected);
      }
      args.step = static_cast<std::uint32_t>(-1);
      table.count_pairs_short(args, lower.data(), upper.data());
      for (std::size_t cell = 0; cell < 16; ++cell) {
        CHECK_EQUAL(lower[cell], static_cast<std::uint16_t>(-3));
        CHECK_EQUAL(upper[cell], std::uint16_t{9});
      }
    });
  }
}

CASE("label pairs: a label out of range is noticed wherever it stands, and taken back") {
  for (const std::size_t n : {1, 8, 9, 64, 72, 73, 200}) {
    for (std::size_t at = 0; at < n; ++at) {
      for (const std::int64_t stray : {std::int64_t{4}, std::int64_t{-1}, kLeast, kMost}) {
        Labels y_true = draw(n, 0, 4);
        Labels y_pred = draw(n, 0, 4);
        (at % 2 == 0 ? y_true : y_pred)[at] = stray;
        for (const unsigned bits : {1U, 2U}) {
          check_equal_bits([&](const Table& table, Bits& result) {
            Walled<std::int64_t> rows(y_true);
            Walled<std::int64_t> columns(y_pred);
            std::vector<std::uint32_t> counts(64, 5);
            const std::uint64_t seen = count(table, rows, columns, n, 0, bits, 4, counts);
            CHECK(seen >= 4);
            result.add(seen);
            result.add_all(counts);
            count(table, rows, columns, n, 0, bits, 4, counts, true);
            CHECK(std::ranges::all_of(counts, [](std::uint32_t c) { return c == 5; }));
          });
        }
      }
    }
  }
}

CASE("label pairs: all bits, and how many are equal") {
  for (const std::size_t n : pair_lengths()) {
    for (const std::uint64_t side : {std::uint64_t{2}, std::uint64_t{20}, ~std::uint64_t{0}}) {
      const Labels a = draw(n, side == 20 ? -3 : 0, side);
      const Labels b = draw(n, side == 20 ? -3 : 0, side);
      std::uint64_t bits_of_a = 0;
      std::size_t equal = 0;
      for (std::size_t i = 0; i < n; ++i) {
        bits_of_a |= static_cast<std::uint64_t>(a[i]);
        equal += a[i] == b[i] ? 1 : 0;
      }
      on_every_level([&](const Table& table) {
        Walled<std::int64_t> x(a);
        Walled<std::int64_t> y(b);
        CHECK_EQUAL(table.all_bits(x.data(), n), bits_of_a);
        CHECK_EQUAL(table.count_equal(x.data(), y.data(), n), equal);
        CHECK_EQUAL(table.count_equal(x.data(), x.data(), n), n);
      });
    }
  }
}
