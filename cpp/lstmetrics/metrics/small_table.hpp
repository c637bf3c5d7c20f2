// Counting pairs of integers of a small range, as fast as memory hands them out. Internal to
// metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/uninitialized.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/metrics/confusion_batch.hpp"

namespace lstmetrics::metrics {

// A table of 2^bits x 2^bits counts that starts at label `least` and grows as labels show up. Small
// tables come in copies, so that equal neighbours do not wait for each other's increment; large
// ones keep the lower halves of their counts apart, so that half as much has to stay in cache.
class SmallTable {
 public:
  // For about `samples` pairs, of at most kMost.
  explicit SmallTable(std::size_t samples);
  static constexpr std::size_t kMost = std::size_t{1} << 31;

  // False when the range is too large for a table; then nothing of the block was counted.
  bool count(const std::int64_t* rows, const std::int64_t* columns, std::size_t n);
  // All that was counted; the table is empty then.
  ConfusionBatch take();

 private:
  static constexpr unsigned kMostBits = 11;
  static constexpr unsigned kMostWholeBits = 8;  // from where on counts are cut in halves
  static constexpr std::size_t kInlineCells = 1024;
  struct Used {
    std::vector<std::size_t> places;  // rows or columns with a count
    std::size_t cells = 0;
  };

  // As many as the first-level cache holds of both tables and columns. Of few samples the copies
  // would take longer to clear and to add up than equal neighbours wait.
  std::size_t copies(unsigned bits) const noexcept {
    if (bits >= 4 && few_) return 1;
    return bits <= 5 ? 4 : bits == 6 ? 2 : 1;
  }
  std::size_t side() const noexcept { return std::size_t{1} << bits_; }
  std::size_t cell_count() const noexcept { return std::size_t{1} << (2 * bits_); }
  bool in_halves() const noexcept { return bits_ > kMostWholeBits; }
  std::uint32_t* cells() noexcept { return outside_.empty() ? inside_.data() : outside_.data(); }
  std::uint16_t* lower() noexcept { return halves_.data(); }
  std::uint16_t* upper() noexcept { return halves_.data() + cell_count(); }
  // f(of), where of(i) is the count of cell i.
  template <class F>
  decltype(auto) with_counts(F&& f);
  std::uint64_t add(const kernels::PairCountArgs& args) noexcept;
  bool counted(const std::int64_t* rows, const std::int64_t* columns, std::size_t n);
  bool cover(const std::int64_t* rows, const std::int64_t* columns, std::size_t n);
  bool resize(std::int64_t least, std::int64_t most);
  Used use();

  const kernels::Table& kernels_;
  bool few_;  // samples
  unsigned bits_limit_;
  bool started_ = false;
  unsigned bits_ = 0;
  std::int64_t least_ = 0;                          // the label of the first place
  std::array<std::uint32_t, kInlineCells> inside_;  // the copies, one after the other
  std::vector<std::uint32_t> outside_;              // or here, when there are more
  RawVector<std::uint16_t> halves_;                 // the lower halves, then the upper ones
};

}  // namespace lstmetrics::metrics
