// Growing tables in tiers: what comes is merged with tables of about its size, so that many small
// updates of a large state take n log n steps together, not n^2. Internal to metrics/.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace lstmetrics::metrics {

// T's default is empty; size() tells what merging costs; absorb(const T&) merges, in any order to
// the same result, and never refuses.
template <class T>
class Tiers {
 public:
  void push(T table) {
    if (table.size() == 0) return;
    while (!tables_.empty() && tables_.back().size() <= 2 * table.size()) {
      table.absorb(tables_.back());
      tables_.pop_back();
    }
    tables_.push_back(std::move(table));
  }

  void push_all(const Tiers& other) {
    const std::vector<T> theirs = other.tables_;  // which may be our own
    for (const T& table : theirs) push(table);
  }

  // All of it as one table.
  T total() const {
    T all;
    for (std::size_t i = tables_.size(); i-- > 0;) all.absorb(tables_[i]);
    return all;
  }

  // Any of them, to learn what they have in common; null when empty.
  const T* any() const noexcept { return tables_.empty() ? nullptr : &tables_.front(); }

  bool operator==(const Tiers& other) const { return total() == other.total(); }

 private:
  std::vector<T> tables_;  // each more than twice the size of the next
};

}  // namespace lstmetrics::metrics
