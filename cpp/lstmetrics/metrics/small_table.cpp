#include "lstmetrics/metrics/small_table.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include "lstmetrics/kernels/dispatch.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::uint64_t kFromZero = 64;  // labels below it may as well count from zero
constexpr std::size_t kCellsAnyway = std::size_t{1} << 14;  // worth it even for few samples
constexpr std::size_t kFew = std::size_t{1} << 12;

std::uint64_t distance(std::int64_t from, std::int64_t to) noexcept {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

// Copies n counts from a cell on; their sum.
template <class Counts>
std::int64_t copied(const Counts& of, std::size_t first, std::size_t n,
                    std::int64_t* __restrict to) noexcept {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = of(first + i);
    sum += to[i];
  }
  return sum;
}

}  // namespace

SmallTable::SmallTable(std::size_t samples)
    : kernels_(kernels::table()),
      few_(samples <= kFew),
      bits_limit_(std::min(
          kMostBits,
          static_cast<unsigned>(std::bit_width(std::max(kCellsAnyway, 4 * samples)) - 1) / 2)) {}

bool SmallTable::count(const std::int64_t* rows, const std::int64_t* columns, std::size_t n) {
  if (n == 0 || (started_ && counted(rows, columns, n))) return true;
  return cover(rows, columns, n) && counted(rows, columns, n);
}

// False, and nothing counted, when a label lies outside the table.
bool SmallTable::counted(const std::int64_t* rows, const std::int64_t* columns, std::size_t n) {
  kernels::PairCountArgs args{.rows = rows,
                              .columns = columns,
                              .n = n,
                              .least = least_,
                              .bits = bits_,
                              .tables = {},
                              .step = 1};
  for (std::size_t i = 0; !in_halves() && i < std::size(args.tables); ++i) {
    args.tables[i] = cells() + i % copies(bits_) * cell_count();
  }
  if (add(args) < side()) return true;
  args.step = static_cast<std::uint32_t>(-1);
  add(args);
  return false;
}

std::uint64_t SmallTable::add(const kernels::PairCountArgs& args) noexcept {
  return in_halves() ? kernels_.count_pairs_short(args, lower(), upper())
                     : kernels_.count_pairs(args);
}

template <class F>
decltype(auto) SmallTable::with_counts(F&& f) {
  const std::uint32_t* const whole = cells();
  const std::uint16_t* const low = lower();
  const std::uint16_t* const high = upper();
  return in_halves()
             ? f([=](std::size_t i) { return low[i] | static_cast<std::uint32_t>(high[i]) << 16; })
             : f([=](std::size_t i) { return whole[i]; });
}

// Makes room for a block of labels.
bool SmallTable::cover(const std::int64_t* rows, const std::int64_t* columns, std::size_t n) {
  if (!started_) {
    // Nearly always labels count from zero.
    const std::uint64_t bits = kernels_.all_bits(rows, n) | kernels_.all_bits(columns, n);
    if (bits < kFromZero) return resize(0, static_cast<std::int64_t>(bits));
  }
  std::int64_t least = rows[0];
  std::int64_t most = rows[0];
  for (std::size_t i = 0; i < n; ++i) {
    least = std::min({least, rows[i], columns[i]});
    most = std::max({most, rows[i], columns[i]});
  }
  if (started_) {
    const Used used = use();
    least = std::min(least, least_ + static_cast<std::int64_t>(used.places.front()));
    most = std::max(most, least_ + static_cast<std::int64_t>(used.places.back()));
  }
  return resize(least, most);
}

bool SmallTable::resize(std::int64_t least, std::int64_t most) {
  const auto bits = static_cast<unsigned>(std::bit_width(distance(least, most)));
  if (bits > bits_limit_) return false;
  const std::size_t cells = std::size_t{1} << (2 * bits);
  const bool in_halves = bits > kMostWholeBits;
  const std::size_t whole = in_halves ? 0 : cells * copies(bits);
  std::vector<std::uint32_t> outside(started_ || whole > kInlineCells ? whole : 0);
  if (outside.empty()) std::fill_n(inside_.begin(), whole, 0);
  RawVector<std::uint16_t> halves(in_halves ? 2 * cells : 0);
  std::ranges::fill(halves, 0);
  if (started_) {
    const auto shift = static_cast<std::size_t>(distance(least, least_));
    with_counts([&](auto of) {
      for (std::size_t cell = 0; cell < cell_count(); ++cell) {
        const std::uint32_t n = of(cell);
        if (n == 0) continue;
        const std::size_t to =
            (((cell >> bits_) + shift) << bits) | ((cell & (side() - 1)) + shift);
        if (in_halves) {
          halves[to] = static_cast<std::uint16_t>(n);
          halves[cells + to] = static_cast<std::uint16_t>(n >> 16);
        } else {
          outside[to] = n;
        }
      }
    });
  }
  outside_ = std::move(outside);
  halves_ = std::move(halves);
  started_ = true;
  bits_ = bits;
  least_ = least;
  return true;
}

// Adds the copies up in the first, and looks for the places in use.
SmallTable::Used SmallTable::use() {
  // Constants here: every store into the table might change the members, for all a compiler knows.
  const std::size_t side = this->side();
  const std::size_t count = cell_count();
  std::uint32_t* const __restrict first = cells();
  for (std::size_t copy = 1; !in_halves() && copy < copies(bits_); ++copy) {
    std::uint32_t* const __restrict other = first + copy * count;
    for (std::size_t i = 0; i < count; ++i) first[i] += other[i];
    std::fill_n(other, count, 0);
  }
  Used used;
  std::vector<std::uint32_t> any(side);
  std::uint32_t* const __restrict in_columns = any.data();
  with_counts([&](auto of) {
    // Whether a table of cells is better hashed than dense matters to large ones alone.
    for (std::size_t i = 0; side > Cells::kAlwaysDense && i < count; ++i) {
      used.cells += of(i) != 0 ? 1 : 0;
    }
    for (std::size_t row = 0; row < side; ++row) {
      std::uint32_t in_row = 0;
      for (std::size_t column = 0; column < side; ++column) in_row |= of(row * side + column);
      if (in_row == 0) continue;
      for (std::size_t column = 0; column < side; ++column) {
        in_columns[column] |= of(row * side + column);
      }
      in_columns[row] |= in_row;
    }
  });
  used.places.reserve(side);
  for (std::size_t place = 0; place < side; ++place) {
    if (any[place] != 0) used.places.push_back(place);
  }
  return used;
}

ConfusionBatch SmallTable::take() {
  ConfusionBatch batch;
  if (!started_) return batch;
  const Used used = use();
  const std::vector<std::size_t>& places = used.places;
  LabelList labels{.kind = LabelKind::integer, .integers = {}, .texts = {}};
  labels.integers.reserve(places.size());
  for (const std::size_t place : places) {
    labels.integers.push_back(least_ + static_cast<std::int64_t>(place));
  }
  batch.labels = LabelSet(std::move(labels));
  batch.cells = Cells(places.size(), false, used.cells);
  std::int64_t* const matrix = batch.cells.dense_counts();
  const std::size_t size = places.size();
  // Labels nearly always follow one another, and whole rows are copied in full vectors.
  const bool in_a_row = matrix != nullptr && size > 0 && places.back() - places.front() + 1 == size;
  with_counts([&](auto of) {
    for (std::size_t row = 0; row < size; ++row) {
      const std::size_t first = places[row] << bits_;
      if (in_a_row) {
        batch.samples += copied(of, first + places.front(), size, matrix + row * size);
        continue;
      }
      for (std::size_t column = 0; column < size; ++column) {
        const std::uint32_t n = of(first + places[column]);
        if (matrix != nullptr) {
          matrix[row * size + column] = n;
        } else if (n != 0) {
          batch.cells.add(row, column, n);
        }
        batch.samples += n;
      }
    }
  });
  started_ = false;
  return batch;
}

}  // namespace lstmetrics::metrics
