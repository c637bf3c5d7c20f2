// Counting pairs of labels that are small integers.
//
// One pass over memory: eight pairs at a time become cells of the table by vector arithmetic, wait
// in a ring, and are counted one by one while the next are on their way. Ranges are not checked
// first: a cell is cut to the table's size, all distances go into one word, and whoever finds it
// too large takes the counts back with the opposite step.
#pragma once

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kEight = kLanesOf<double>;

LSTMETRICS_INLINE L8 load_longs(const std::int64_t* x) {
  return by_part<L8>(LSTMETRICS_PART {
    LongPart a;
    __builtin_memcpy(&a, x + i * kPartLanes<double>, sizeof a);
    return a;
  });
}

LSTMETRICS_INLINE void store_longs(std::uint64_t* y, L8 a) {
  for (std::size_t i = 0; i < kParts; ++i) {
    __builtin_memcpy(y + i * kPartLanes<double>, &a.part[i], kPartBytes);
  }
}

LSTMETRICS_INLINE std::uint64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

// count(cells) for each eight pairs, with the cells that they are of, and count_one(cell) for each
// pair left over. All distances, as one word.
template <class Eight, class One>
LSTMETRICS_INLINE std::uint64_t each_cell(const PairCountArgs& args, Eight count, One count_one) {
  constexpr std::size_t kAhead = 64;      // pairs in the ring
  constexpr std::size_t kFetched = 2048;  // pairs ahead that memory is asked for
  alignas(64) std::uint64_t ring[2 * kAhead];
  const std::int64_t* const rows = args.rows;
  const std::int64_t* const columns = args.columns;
  const int bits = static_cast<int>(args.bits);
  const std::uint64_t cut = (std::uint64_t{1} << (2 * args.bits)) - 1;
  const L8 least = splat_bits<double>(static_cast<std::uint64_t>(args.least));
  const L8 cuts = splat_bits<double>(cut);
  L8 seen = splat_bits<double>(0);
  const auto put = [&](std::size_t i) LSTMETRICS_INLINE_LAMBDA {
    const L8 row = load_longs(rows + i) - least;
    const L8 column = load_longs(columns + i) - least;
    seen = seen | row | column;
    store_longs(ring + i % (2 * kAhead), ((row << bits) | column) & cuts);
  };
  const std::size_t whole = args.n / kEight * kEight;
  const std::size_t first = whole < kAhead ? whole : kAhead;
  for (std::size_t i = 0; i < first; i += kEight) put(i);
  std::size_t i = 0;
  for (; i + kAhead < whole; i += kEight) {
    // Not into the first level: what passes by once would drive the table out of it.
    prefetch_second_level(rows + i + kFetched);
    prefetch_second_level(columns + i + kFetched);
    put(i + kAhead);
    count(ring + i % (2 * kAhead));
  }
  for (; i < whole; i += kEight) count(ring + i % (2 * kAhead));
  std::uint64_t all = united(seen);
  for (; i < args.n; ++i) {
    const std::uint64_t row = distance(args.least, rows[i]);
    const std::uint64_t column = distance(args.least, columns[i]);
    all |= row | column;
    count_one(((row << bits) | column) & cut);
  }
  return all;
}

// Of at most two labels: in so few cells neighbours meet too often, and three sums say it all.
LSTMETRICS_INLINE std::uint64_t count_two_labels(const PairCountArgs& args) {
  const std::uint64_t mask = args.bits;
  const L8 least = splat_bits<double>(static_cast<std::uint64_t>(args.least));
  const L8 masks = splat_bits<double>(mask);
  L8 seen = splat_bits<double>(0);
  L8 rows = seen;
  L8 columns = seen;
  L8 both = seen;
  std::size_t i = 0;
  for (; i + kEight <= args.n; i += kEight) {
    const L8 row = load_longs(args.rows + i) - least;
    const L8 column = load_longs(args.columns + i) - least;
    seen = seen | row | column;
    rows = rows + (row & masks);
    columns = columns + (column & masks);
    both = both + (row & column & masks);
  }
  std::uint64_t all = united(seen);
  std::uint64_t in_row = folded(rows);
  std::uint64_t in_column = folded(columns);
  std::uint64_t in_both = folded(both);
  for (; i < args.n; ++i) {
    const std::uint64_t row = distance(args.least, args.rows[i]);
    const std::uint64_t column = distance(args.least, args.columns[i]);
    all |= row | column;
    in_row += row & mask;
    in_column += column & mask;
    in_both += row & column & mask;
  }
  std::uint32_t* const cells = args.tables[0];
  const auto add = [&](std::size_t cell, std::uint64_t count) LSTMETRICS_INLINE_LAMBDA {
    cells[cell] += args.step * static_cast<std::uint32_t>(count);
  };
  add(0, args.n - in_row - in_column + in_both);
  if (args.bits == 0) return all;
  add(1, in_column - in_both);
  add(2, in_row - in_both);
  add(3, in_both);
  return all;
}

std::uint64_t count_pairs(const PairCountArgs& args) noexcept {
  if (args.bits <= 1) return count_two_labels(args);
  const std::uint32_t step = args.step;
  std::uint32_t* const t0 = args.tables[0];
  std::uint32_t* const t1 = args.tables[1];
  std::uint32_t* const t2 = args.tables[2];
  std::uint32_t* const t3 = args.tables[3];
  return each_cell(
      args,
      [&](const std::uint64_t* cell) LSTMETRICS_INLINE_LAMBDA {
        t0[cell[0]] += step;
        t1[cell[1]] += step;
        t2[cell[2]] += step;
        t3[cell[3]] += step;
        t0[cell[4]] += step;
        t1[cell[5]] += step;
        t2[cell[6]] += step;
        t3[cell[7]] += step;
      },
      [&](std::uint64_t cell) LSTMETRICS_INLINE_LAMBDA { t0[cell] += step; });
}

std::uint64_t count_pairs_short(const PairCountArgs& args, std::uint16_t* table,
                                std::uint16_t* carries) noexcept {
  const auto step = static_cast<std::uint16_t>(args.step);
  const auto wrapped = static_cast<std::uint16_t>(args.step == 1 ? 0 : -1);
  const auto count = [&](std::uint64_t cell) LSTMETRICS_INLINE_LAMBDA {
    const auto sum = static_cast<std::uint16_t>(table[cell] + step);
    table[cell] = sum;
    if (__builtin_expect(sum == wrapped, 0)) {
      carries[cell] = static_cast<std::uint16_t>(carries[cell] + step);
    }
  };
  return each_cell(
      args,
      [&](const std::uint64_t* cell) LSTMETRICS_INLINE_LAMBDA {
        for (std::size_t k = 0; k < kEight; ++k) count(cell[k]);
      },
      count);
}

std::uint64_t all_bits(const std::int64_t* x, std::size_t n) noexcept {
  L8 seen = splat_bits<double>(0);
  std::size_t i = 0;
  for (; i + kEight <= n; i += kEight) seen = seen | load_longs(x + i);
  std::uint64_t all = united(seen);
  for (; i < n; ++i) all |= static_cast<std::uint64_t>(x[i]);
  return all;
}

std::size_t count_equal(const std::int64_t* a, const std::int64_t* b, std::size_t n) noexcept {
  L8 equal = splat_bits<double>(0);
  std::size_t i = 0;
  for (; i + kEight <= n; i += kEight) {
    equal = equal + same(load_longs(a + i), load_longs(b + i));
  }
  std::size_t count = folded(equal);
  for (; i < n; ++i) count += a[i] == b[i] ? 1 : 0;
  return count;
}

}  // namespace
}  // namespace lstmetrics::kernels
