// Columns of labels as small codes: how states read labels. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

// Long columns are encoded this many samples at a time.
inline constexpr std::size_t kSegment = std::size_t{1} << 18;

struct EncodedLabels {
  LabelList labels;                  // by code, each seen at least once, no two alike
  std::vector<std::uint32_t> codes;  // by sample
};

// Samples [begin, begin + n). InvalidValue with the index: a float that is not integral, an integer
// beyond 64 signed bits, a code outside its dictionary, text that is not Unicode.
EncodedLabels encode(const LabelColumn& column, std::size_t begin, std::size_t n);

// Codes of samples [begin, begin + n) as positions in `labels`. InvalidValue, with the index, for
// a label that is not among them; `otherwise`, if given, may first say something better.
std::vector<std::uint32_t> encode_among(const LabelColumn& column, const LabelSet& labels,
                                        std::size_t begin, std::size_t n,
                                        const std::function<void()>& otherwise = {});

// All labels of a column. With `expected` labels in its first samples the rest is not looked at:
// whoever encodes it finds out about more.
LabelSet discover(const LabelColumn& column, std::size_t expected = static_cast<std::size_t>(-1));

// All labels of a column, which must be as many as columns of scores: InvalidValue else. `scores`
// is the name of those.
LSTMETRICS_API LabelSet labels_shown(const LabelColumn& column, std::size_t columns,
                                     std::string_view scores);

// Labels of two columns: InvalidType, with their names, when one has text and the other integers.
LabelSet united(const LabelColumn& column, const LabelSet& labels, const LabelColumn& other,
                const LabelSet& other_labels);

// InvalidValue that names the first sample with a label that was not declared.
[[noreturn]] void refuse_undeclared(std::initializer_list<const LabelColumn*> columns,
                                    const LabelSet& seen, const LabelSet& declared);

// The first sample that has label `i` of the set.
std::optional<std::size_t> first_sample(const LabelColumn& column, const LabelSet& set,
                                        std::size_t i);

// Whether the column holds numbers that are the labels themselves.
bool holds_numbers(const LabelColumn& column) noexcept;

// Labels that are numbers, as 64-bit integers, block by block.
class NumberLabels {
 public:
  explicit NumberLabels(const LabelColumn& column);
  // [begin, begin + n), n <= most_at_once(); good until the next call.
  const std::int64_t* block(std::size_t begin, std::size_t n);
  std::size_t most_at_once() const noexcept {
    return integers_ ? integers_->most_at_once() : kBlock;
  }

 private:
  const std::int64_t* convert_floats(std::size_t begin, std::size_t n);

  LabelColumn column_;
  std::optional<IntegerReader> integers_;
  std::optional<DoubleReader> floats_;
  std::array<std::int64_t, kBlock> scratch_;
};

// Labels that are codes of a dictionary, as places that its labels have elsewhere, block by block.
class CodedLabels {
 public:
  // `places` are by code.
  CodedLabels(const LabelColumn& column, std::vector<std::uint32_t> places);
  // [begin, begin + n), n <= kBlock; good until the next call. InvalidValue with the index for a
  // code that the dictionary does not have.
  const std::int64_t* block(std::size_t begin, std::size_t n);

 private:
  [[noreturn]] void refuse(std::size_t index, std::int64_t code) const;

  IntegerReader codes_;
  std::string_view name_;
  std::vector<std::uint32_t> places_;
  bool in_place_;  // each code is its own place
  std::array<std::int64_t, kBlock> scratch_;
};

}  // namespace lstmetrics::metrics
