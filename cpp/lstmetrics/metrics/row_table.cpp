#include "lstmetrics/metrics/row_table.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

numeric::ExactSum as_weight(std::int64_t count) {
  numeric::ExactSum weight;
  weight.add_multiple(1.0, static_cast<std::uint64_t>(count));
  return weight;
}

bool is_possible(const RowCounts& row, std::size_t labels) {
  const std::uint64_t either = std::uint64_t{row.predicted} + row.actual - row.tp;
  return row.tp <= row.predicted && row.tp <= row.actual && either <= labels;
}

}  // namespace

void RowTable::make_weighted() {
  if (std::exchange(weighted_, true)) return;
  weights_.reserve(counts_.size());
  for (const std::int64_t count : counts_) weights_.push_back(as_weight(count));
}

void RowTable::append(const RowCounts& key, std::int64_t count, const numeric::ExactSum* weight) {
  keys_.push_back(key);
  counts_.push_back(count);
  if (weighted_) weights_.push_back(weight != nullptr ? *weight : as_weight(count));
}

void RowTable::add_to(std::size_t at, const RowTable& other, std::size_t from) {
  counts_[at] += other.counts_[from];
  if (!weighted_) return;
  weights_[at].merge(other.weighted_ ? other.weights_[from] : as_weight(other.counts_[from]));
}

// False, and nothing done, when a cell is new.
bool RowTable::add_in_place(const RowTable& other) {
  std::vector<std::size_t> places(other.size());
  auto from = keys_.begin();
  for (std::size_t i = 0; i < other.size(); ++i) {
    from = std::lower_bound(from, keys_.end(), other.keys_[i]);
    if (from == keys_.end() || *from != other.keys_[i]) return false;
    places[i] = static_cast<std::size_t>(from - keys_.begin());
  }
  for (std::size_t i = 0; i < other.size(); ++i) add_to(places[i], other, i);
  return true;
}

void RowTable::add(const RowTable& other) {
  if (other.weighted_) make_weighted();
  if (add_in_place(other)) return;
  RowTable all;
  all.weighted_ = weighted_;
  const auto weight = [](const RowTable& table, std::size_t i) {
    return table.weighted_ ? &table.weights_[i] : nullptr;
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < size() || j < other.size()) {
    const bool own = j == other.size() || (i < size() && keys_[i] <= other.keys_[j]);
    if (own) {
      all.append(keys_[i], counts_[i], weight(*this, i));
      if (j < other.size() && keys_[i] == other.keys_[j]) all.add_to(all.size() - 1, other, j++);
      ++i;
    } else {
      all.append(other.keys_[j], other.counts_[j], weight(other, j));
      ++j;
    }
  }
  *this = std::move(all);
}

void RowTable::save(Writer& writer) const {
  writer.u64(size());
  for_each([&](const RowCounts& key, std::int64_t count, const numeric::ExactSum* weight) {
    writer.u32(key.tp);
    writer.u32(key.predicted);
    writer.u32(key.actual);
    writer.i64(count);
    if (weight != nullptr) weight->save(writer);
  });
}

RowTable RowTable::load(Reader& reader, std::size_t labels, bool weighted) {
  RowTable table;
  table.weighted_ = weighted;
  const std::size_t cells = reader.count(20 + (weighted ? numeric::ExactSum::kMinBytes : 0));
  for (std::size_t i = 0; i < cells; ++i) {
    RowCounts key;
    key.tp = reader.u32();
    key.predicted = reader.u32();
    key.actual = reader.u32();
    const std::int64_t count = reader.i64();
    const numeric::ExactSum weight =
        weighted ? numeric::ExactSum::load(reader) : numeric::ExactSum();
    const bool in_order = table.keys_.empty() || table.keys_.back() < key;
    if (!in_order || !is_possible(key, labels) || count <= 0 || !weight.is_finite()) {
      throw FormatError("cell " + std::to_string(i) +
                        " of the rows is out of order, out of range or empty");
    }
    table.append(key, count, &weight);
  }
  return table;
}

}  // namespace lstmetrics::metrics
