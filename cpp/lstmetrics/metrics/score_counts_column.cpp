#include "lstmetrics/metrics/score_counts_column.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr unsigned kKeyBits = 64;

SharedBag shared(ScoreBag bag) { return std::make_shared<const ScoreBag>(std::move(bag)); }

// The last two runs in one.
void join_last(std::vector<SharedBag>& runs) {
  SharedBag both = shared(ScoreBag::merged(*runs[runs.size() - 2], *runs.back()));
  runs.pop_back();
  runs.back() = std::move(both);
}

void append_run(std::vector<SharedBag>& runs, SharedBag bag) {
  if (bag->empty() && !runs.empty()) return;
  if (runs.size() == 1 && runs.front()->empty()) runs.clear();
  runs.push_back(std::move(bag));
  while (runs.size() > 1 && runs[runs.size() - 2]->size() <= 2 * runs.back()->size()) {
    join_last(runs);
  }
}

// How many bits must go so that at most `max_points` of the keys, which are ascending, stay
// different: neighbours become one when nothing above these bits tells them apart.
unsigned bits_to_drop(const Keys& keys, std::uint64_t max_points) {
  std::array<std::uint64_t, kKeyBits + 1> pairs{};  // by the highest bit in which they differ
  for (std::size_t i = 1; i < keys.size(); ++i) {
    ++pairs[static_cast<std::size_t>(std::bit_width(keys[i] ^ keys[i - 1]))];
  }
  std::uint64_t points = keys.size();
  unsigned bits = 0;
  while (points > max_points) points -= pairs[++bits];
  return bits;
}

}  // namespace

void ScoreColumn::add(const std::vector<SharedBag>& bags, unsigned shift) {
  if (shift > shift_) coarsen(shift - shift_);
  settled_ = false;
  for (std::size_t group = 0; group < bags.size(); ++group) {
    append_run(runs_[group],
               shift < shift_ ? shared(bags[group]->coarsened(shift_ - shift)) : bags[group]);
  }
  constexpr std::uint64_t kSlack = 4096;
  if (max_points_ != 0 && items() > 2 * max_points_ + kSlack) settle();
}

void ScoreColumn::add(const ScoreColumn& other) {
  ScoreColumn settled = other;
  settled.settle();
  std::vector<SharedBag> bags;
  for (const auto& runs : settled.runs_) bags.push_back(runs.front());
  add(bags, settled.shift_);
}

void ScoreColumn::make_weighted() {
  for (auto& runs : runs_) {
    for (SharedBag& run : runs) {
      if (run->weighted()) continue;
      ScoreBag weighted = *run;
      weighted.make_weighted();
      run = shared(std::move(weighted));
    }
  }
}

void ScoreColumn::coarsen(unsigned bits) {
  for (auto& runs : runs_) {
    for (SharedBag& run : runs) run = shared(run->coarsened(bits));
  }
  shift_ += bits;
}

std::size_t ScoreColumn::items() const noexcept {
  std::size_t items = 0;
  for (const auto& runs : runs_) {
    for (const SharedBag& run : runs) items += run->size();
  }
  return items;
}

Keys ScoreColumn::different_keys() const {
  Keys keys;
  keys.reserve(items());
  for (const auto& runs : runs_) {
    for (ScoreBag::Cursor cursor(*runs.front()); !cursor.done(); cursor.next()) {
      keys.push_back(cursor.key());
    }
  }
  sort_items(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void ScoreColumn::settle() {
  if (std::exchange(settled_, true)) return;
  for (auto& runs : runs_) {
    if (runs.empty()) runs.push_back(std::make_shared<const ScoreBag>());
    while (runs.size() > 1) join_last(runs);
  }
  if (max_points_ == 0) return;
  const Keys keys = different_keys();
  if (const unsigned bits = bits_to_drop(keys, max_points_); bits > 0) coarsen(bits);
}

std::int64_t ScoreColumn::samples() const noexcept {
  std::int64_t samples = 0;
  for (const auto& runs : runs_) samples += runs.front()->samples();
  return samples;
}

bool ScoreColumn::operator==(const ScoreColumn& other) const {
  if (groups() != other.groups() || shift_ != other.shift_) return false;
  for (std::size_t group = 0; group < groups(); ++group) {
    if (bag(group) != other.bag(group) && !(*bag(group) == *other.bag(group))) return false;
  }
  return true;
}

void ScoreColumn::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(shift_));
  for (const auto& runs : runs_) runs.front()->save(writer);
}

ScoreColumn ScoreColumn::load(Reader& reader, std::size_t groups, const ScoreLimits& limits,
                              bool weighted) {
  ScoreColumn column(groups, limits.max_points);
  column.shift_ = reader.u8();
  if (column.shift_ >= kKeyBits || (limits.max_points == 0 && column.shift_ > 0)) {
    throw FormatError("ScoreCounts: scores without bits that they must have");
  }
  std::int64_t samples = 0;
  for (auto& runs : column.runs_) {
    runs.push_back(shared(ScoreBag::load(reader, weighted)));
    if (__builtin_add_overflow(samples, runs.front()->samples(), &samples)) {
      throw FormatError("ScoreCounts: the counts do not fit 64 bits");
    }
  }
  column.settled_ = true;
  const Keys keys = column.different_keys();
  for (const ScoreKey key : keys) {
    if (!is_coarse_key(key, column.shift_, limits.map)) {
      throw FormatError("ScoreCounts: a score that no number has");
    }
  }
  if (limits.max_points == 0) return column;
  // With one bit more there would have been too many: at most two of each, and one of a sample.
  const std::uint64_t most_before =
      std::min<std::uint64_t>(2 * keys.size(), static_cast<std::uint64_t>(samples));
  if (keys.size() > limits.max_points || (column.shift_ > 0 && most_before <= limits.max_points)) {
    throw FormatError("ScoreCounts: more points than the state may have, or too few");
  }
  return column;
}

}  // namespace lstmetrics::metrics
