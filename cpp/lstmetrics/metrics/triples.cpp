#include "lstmetrics/metrics/triples.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kAlwaysTable = std::size_t{1} << 16;

// The order of triples, as that of one number: codes have at most 2^21 places on each axis.
class Packing {
 public:
  explicit Packing(const std::array<Triples::Axis, 3>& axes)
      : middle_(axes[1].size), last_(axes[2].size) {}

  std::uint64_t pack(std::uint64_t a, std::uint64_t b, std::uint64_t c) const {
    return (a * middle_ + b) * last_ + c;
  }
  Triple unpack(std::uint64_t key, std::int64_t count) const {
    const auto code = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const std::uint64_t rest = key / last_;
    return {{code(rest / middle_), code(rest % middle_), code(key % last_)}, count};
  }

 private:
  std::uint64_t middle_;
  std::uint64_t last_;
};

}  // namespace

Triples::Triples(const std::array<Axis, 3>& axes) {
  const std::size_t rows = axes[0].codes->size();
  if (rows == 0) return;
  const Packing packing(axes);
  const auto key = [&](std::size_t row) {
    const auto at = [&](const Axis& axis) { return axis.places[(*axis.codes)[row]]; };
    return packing.pack(at(axes[0]), at(axes[1]), at(axes[2]));
  };
  const numeric::uint128 all = numeric::product(axes[0].size, axes[1].size) * axes[2].size;
  if (all <= std::max(kAlwaysTable, 2 * rows)) {
    std::vector<std::int64_t> table(static_cast<std::size_t>(all));
    for (std::size_t row = 0; row < rows; ++row) ++table[key(row)];
    for (std::uint64_t at = 0; at < table.size(); ++at) {
      if (table[at] != 0) cells_.push_back(packing.unpack(at, table[at]));
    }
    return;
  }
  std::vector<std::uint64_t> keys(rows);
  for (std::size_t row = 0; row < rows; ++row) keys[row] = key(row);
  std::ranges::sort(keys);
  for (std::size_t begin = 0; begin < rows;) {
    std::size_t end = begin + 1;
    while (end < rows && keys[end] == keys[begin]) ++end;
    cells_.push_back(packing.unpack(keys[begin], static_cast<std::int64_t>(end - begin)));
    begin = end;
  }
}

void Triples::move_to(const std::array<const Places*, 3>& places) {
  for (Triple& cell : cells_) {
    for (std::size_t axis = 0; axis < 3; ++axis) cell.at[axis] = (*places[axis])[cell.at[axis]];
  }
}

void Triples::add(const Triples& other) {
  std::vector<Triple> all;
  all.reserve(cells_.size() + other.cells_.size());
  auto a = cells_.cbegin();
  auto b = other.cells_.cbegin();
  while (a != cells_.cend() && b != other.cells_.cend()) {
    const auto order = a->at <=> b->at;
    if (order < 0)
      all.push_back(*a++);
    else if (order > 0)
      all.push_back(*b++);
    else
      all.push_back({a->at, a->count + (b++)->count}), ++a;
  }
  all.insert(all.end(), a, cells_.cend());
  all.insert(all.end(), b, other.cells_.cend());
  cells_ = std::move(all);
}

void Triples::mark(std::size_t axis, std::vector<bool>& used) const {
  for (const Triple& cell : cells_) used[cell.at[axis]] = true;
}

void Triples::save(Writer& writer) const {
  writer.u64(cells_.size());
  for (const Triple& cell : cells_) {
    for (const std::uint32_t code : cell.at) writer.u32(code);
    writer.i64(cell.count);
  }
}

Triples Triples::load(Reader& reader, const std::array<std::size_t, 3>& sizes,
                      std::int64_t& samples) {
  Triples triples;
  const std::size_t size = reader.count(kBytes);
  triples.cells_.reserve(size);
  samples = 0;
  for (std::size_t i = 0; i < size; ++i) {
    Triple cell{};
    bool good = true;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      cell.at[axis] = reader.u32();
      good = good && cell.at[axis] < sizes[axis];
    }
    cell.count = reader.i64();
    good = good && cell.count > 0 && (i == 0 || triples.cells_.back().at < cell.at);
    if (!good || __builtin_add_overflow(samples, cell.count, &samples)) {
      throw FormatError("cell " + std::to_string(i) +
                        " of three codes is out of place, out of range or empty");
    }
    triples.cells_.push_back(cell);
  }
  return triples;
}

}  // namespace lstmetrics::metrics
