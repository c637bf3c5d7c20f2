#include "lstmetrics/metrics/slices.hpp"

#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"

namespace lstmetrics::metrics {
namespace {

// Labels that occur, and by row the place of each among them.
struct Placed {
  LabelSet labels;
  std::vector<std::uint32_t> places;
};

Placed placed(const LabelColumn& column) {
  EncodedLabels encoded = encode(column, 0, column.size());
  Placed result{LabelSet(encoded.labels), std::move(encoded.codes)};
  const std::vector<std::ptrdiff_t> place = result.labels.select(encoded.labels);  // by code
  for (std::uint32_t& code : result.places) code = static_cast<std::uint32_t>(place[code]);
  return result;
}

// Groups of groups: each pair of places that occurs, numbered in order. `pairs` gets the two places
// of each.
std::vector<std::uint32_t> combined(const std::vector<std::uint32_t>& first, const Placed& second,
                                    std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
  const auto size = static_cast<std::int64_t>(second.labels.size());
  std::vector<std::int64_t> numbers(first.size());
  for (std::size_t row = 0; row < first.size(); ++row) {
    numbers[row] = first[row] * size + second.places[row];
  }
  const Column column{reinterpret_cast<const std::byte*>(numbers.data()), DType::int64,
                      numbers.size(), sizeof(std::int64_t), sizeof(std::int64_t)};
  Placed both = placed({column, nullptr, "groups"});
  for (const std::int64_t number : both.labels.integers()) {
    pairs.emplace_back(static_cast<std::uint32_t>(number / size),
                       static_cast<std::uint32_t>(number % size));
  }
  return std::move(both.places);
}

void check_sizes(std::span<const LabelColumn> columns) {
  if (columns.empty()) throw ShapeError("groups: expected at least one column");
  std::string sizes;
  bool same = true;
  for (const LabelColumn& column : columns) {
    sizes += (sizes.empty() ? "" : ", ") + std::to_string(column.size());
    same &= column.size() == columns[0].size();
  }
  if (!same) {
    throw ShapeError("Found group columns with inconsistent numbers of samples: [" + sizes + "]");
  }
}

}  // namespace

Slices slices_of(std::span<const LabelColumn> columns) {
  check_sizes(columns);
  Slices slices;
  Placed first = placed(columns[0]);
  std::vector<std::uint32_t> groups = std::move(first.places);
  std::size_t count = first.labels.size();
  for (std::uint32_t key = 0; key < count; ++key) slices.keys.push_back(key);
  slices.labels.push_back(std::move(first.labels));
  for (std::size_t known = 1; known < columns.size(); ++known) {
    Placed next = placed(columns[known]);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    groups = combined(groups, next, pairs);
    std::vector<std::uint32_t> keys;
    for (const auto& [group, place] : pairs) {
      const auto key = slices.keys.begin() + static_cast<std::ptrdiff_t>(group * known);
      keys.insert(keys.end(), key, key + static_cast<std::ptrdiff_t>(known));
      keys.push_back(place);
    }
    slices.keys = std::move(keys);
    count = pairs.size();
    slices.labels.push_back(std::move(next.labels));
  }
  slices.ends.resize(count);
  for (const std::uint32_t group : groups) ++slices.ends[group];
  std::int64_t start = 0;
  for (std::int64_t& end : slices.ends) start += std::exchange(end, start);
  slices.rows.resize(groups.size());
  for (std::size_t row = 0; row < groups.size(); ++row) {
    slices.rows[static_cast<std::size_t>(slices.ends[groups[row]]++)] =
        static_cast<std::int64_t>(row);
  }
  return slices;
}

}  // namespace lstmetrics::metrics
