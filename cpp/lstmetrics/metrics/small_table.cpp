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
  for (std::size_t i = 0; i < std::size(args.tables); ++i) {
    args.tables[i] = cells() + i % copies(bits_) * cell_count();
  }
  if (kernels_.count_pairs(args) < side()) return true;
  args.step = static_cast<std::uint32_t>(-1);
  kernels_.count_pairs(args);
  return false;
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
  const std::size_t cells_needed = (std::size_t{1} << (2 * bits)) * copies(bits);
  std::vector<std::uint32_t> moved(started_ || cells_needed > kInlineCells ? cells_needed : 0);
  if (moved.empty()) std::fill_n(inside_.begin(), cells_needed, 0);
  for (std::size_t row = 0; started_ && row < side(); ++row) {
    for (std::size_t column = 0; column < side(); ++column) {
      const std::uint32_t n = cells()[(row << bits_) | column];
      if (n == 0) continue;
      const std::size_t shift = static_cast<std::size_t>(distance(least, least_));
      moved[((row + shift) << bits) | (column + shift)] = n;
    }
  }
  outside_ = std::move(moved);
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
  for (std::size_t copy = 1; copy < copies(bits_); ++copy) {
    std::uint32_t* const __restrict other = first + copy * count;
    for (std::size_t i = 0; i < count; ++i) first[i] += other[i];
    std::fill_n(other, count, 0);
  }
  Used used;
  // Whether a table of cells is better hashed than dense matters to large ones alone.
  if (side > Cells::kAlwaysDense) {
    used.cells = static_cast<std::size_t>(
        std::count_if(first, first + count, [](std::uint32_t n) { return n != 0; }));
  }
  std::vector<std::uint32_t> any(side);
  std::uint32_t* const __restrict in_columns = any.data();
  for (std::size_t row = 0; row < side; ++row) {
    const std::uint32_t* const cell = first + row * side;
    std::uint32_t in_row = 0;
    for (std::size_t column = 0; column < side; ++column) in_row |= cell[column];
    if (in_row == 0) continue;
    for (std::size_t column = 0; column < side; ++column) in_columns[column] |= cell[column];
    in_columns[row] |= in_row;
  }
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
  const std::uint32_t* const all = cells();
  const std::size_t size = places.size();
  for (std::size_t row = 0; row < size; ++row) {
    const std::uint32_t* const cell = all + (places[row] << bits_);
    for (std::size_t column = 0; column < size; ++column) {
      const std::uint32_t n = cell[places[column]];
      if (matrix != nullptr) {
        matrix[row * size + column] = n;
      } else if (n != 0) {
        batch.cells.add(row, column, n);
      }
      batch.samples += n;
    }
  }
  started_ = false;
  return batch;
}

}  // namespace lstmetrics::metrics
