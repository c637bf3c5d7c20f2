#include "lstmetrics/metrics/small_table.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kCellsAnyway = std::size_t{1} << 14;  // worth it even for few samples

std::uint64_t distance(std::int64_t from, std::int64_t to) noexcept {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

// All bits of all distances from `least`: below 2^b exactly when every distance is.
std::uint64_t bits_of(const std::int64_t* rows, const std::int64_t* columns, std::size_t n,
                      std::int64_t least) noexcept {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < n; ++i) {
    bits |= distance(least, rows[i]) | distance(least, columns[i]);
  }
  return bits;
}

}  // namespace

SmallTable::SmallTable(std::size_t samples) noexcept
    : bits_limit_(std::min(
          kMostBits,
          static_cast<unsigned>(std::bit_width(std::max(kCellsAnyway, 4 * samples)) - 1) / 2)) {}

bool SmallTable::fits(const std::int64_t* rows, const std::int64_t* columns,
                      std::size_t n) const noexcept {
  return bits_of(rows, columns, n, least_) < side();
}

bool SmallTable::count(const std::int64_t* rows, const std::int64_t* columns, std::size_t n) {
  if ((!started_ || !fits(rows, columns, n)) && !cover(rows, columns, n)) return false;
  std::uint32_t* const table = cells();
  const unsigned bits = bits_;
  const std::int64_t least = least_;
  const auto cell = [&](std::size_t i) {
    return (distance(least, rows[i]) << bits) | distance(least, columns[i]);
  };
  const std::size_t apart = copies() == 1 ? 0 : cell_count();
  std::size_t i = 0;
  for (; i + kCopies <= n; i += kCopies) {
    ++table[cell(i)];
    ++table[cell(i + 1) + apart];
    ++table[cell(i + 2) + 2 * apart];
    ++table[cell(i + 3) + 3 * apart];
  }
  for (; i < n; ++i) ++table[cell(i)];
  return true;
}

// Makes room for a block of labels.
bool SmallTable::cover(const std::int64_t* rows, const std::int64_t* columns, std::size_t n) {
  // Nearly always labels count from zero.
  if (!started_) {
    const std::uint64_t bits = bits_of(rows, columns, n, 0);
    if (bits >> kMostBitsCopied == 0) {
      return resize(0, (std::int64_t{1} << std::bit_width(bits)) - 1);
    }
  }
  std::int64_t least = started_ ? least_ : rows[0];
  std::int64_t most = started_ ? most_counted() : rows[0];
  for (std::size_t i = 0; i < n; ++i) {
    least = std::min({least, rows[i], columns[i]});
    most = std::max({most, rows[i], columns[i]});
  }
  return resize(least, most);
}

bool SmallTable::resize(std::int64_t least, std::int64_t most) {
  const auto bits = static_cast<unsigned>(std::bit_width(distance(least, most)));
  if (bits > bits_limit_) return false;
  const std::size_t cells_needed =
      (std::size_t{1} << (2 * bits)) * (bits <= kMostBitsCopied ? kCopies : 1);
  std::vector<std::uint32_t> moved(started_ || cells_needed > kInlineCells ? cells_needed : 0);
  if (moved.empty()) std::fill_n(inside_.begin(), cells_needed, 0);
  if (started_) {
    const auto shift = static_cast<std::size_t>(distance(least, least_));
    for (std::size_t row = 0; row < side(); ++row) {
      for (std::size_t column = 0; column < side(); ++column) {
        const std::uint32_t n = total(row, column);
        if (n != 0) moved[((row + shift) << bits) | (column + shift)] = n;
      }
    }
  }
  outside_ = std::move(moved);
  started_ = true;
  bits_ = bits;
  least_ = least;
  return true;
}

// The greatest label that has a place in use.
std::int64_t SmallTable::most_counted() const noexcept {
  for (std::size_t place = side(); place-- > 1;) {
    for (std::size_t other = 0; other < side(); ++other) {
      if (total(place, other) != 0 || total(other, place) != 0) {
        return least_ + static_cast<std::int64_t>(place);
      }
    }
  }
  return least_;
}

std::uint32_t SmallTable::total(std::size_t row, std::size_t column) const noexcept {
  const std::uint32_t* cell = cells() + ((row << bits_) | column);
  std::uint32_t sum = 0;
  for (std::size_t copy = 0; copy < copies(); ++copy) sum += cell[copy * cell_count()];
  return sum;
}

ConfusionBatch SmallTable::batch() const {
  ConfusionBatch batch;
  if (!started_) return batch;
  std::vector<std::uint8_t> used(side());
  std::size_t cells_used = 0;
  for (std::size_t row = 0; row < side(); ++row) {
    for (std::size_t column = 0; column < side(); ++column) {
      if (total(row, column) == 0) continue;
      used[row] = used[column] = 1;
      ++cells_used;
    }
  }
  LabelList labels{.kind = LabelKind::integer, .integers = {}, .texts = {}};
  std::vector<std::size_t> places;  // of the labels in the table
  labels.integers.reserve(side());
  places.reserve(side());
  for (std::size_t place = 0; place < side(); ++place) {
    if (used[place] == 0) continue;
    labels.integers.push_back(least_ + static_cast<std::int64_t>(place));
    places.push_back(place);
  }
  batch.labels = LabelSet(std::move(labels));
  batch.cells = Cells(places.size(), false, cells_used);
  for (std::size_t row = 0; row < places.size(); ++row) {
    for (std::size_t column = 0; column < places.size(); ++column) {
      const std::uint32_t n = total(places[row], places[column]);
      if (n == 0) continue;
      batch.cells.add(row, column, n);
      batch.samples += n;
    }
  }
  return batch;
}

}  // namespace lstmetrics::metrics
