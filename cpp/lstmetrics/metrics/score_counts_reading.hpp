// Reading a batch of scores block by block: classes as groups, scores as keys. Internal to
// metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/score_counts_batch.hpp"

namespace lstmetrics::metrics {

inline Column column_of(const Matrix& matrix, std::size_t column) noexcept {
  return {matrix.data + static_cast<std::ptrdiff_t>(column) * matrix.column_stride, matrix.dtype,
          matrix.rows, matrix.row_stride, matrix.item_size};
}

// y_true as places among the labels of a task; text is encoded once, numbers as they are read.
class TrueLabels {
 public:
  // InvalidValue with the index for a label that is not among them.
  TrueLabels(const LabelColumn& column, const LabelSet& labels);

  const LabelColumn& column() const noexcept { return column_; }
  const LabelSet& labels() const noexcept { return labels_; }
  // Null when the column holds numbers.
  const std::uint32_t* codes() const noexcept { return codes_.empty() ? nullptr : codes_.data(); }

 private:
  LabelColumn column_;
  const LabelSet& labels_;
  std::vector<std::uint32_t> codes_;
};

// The group of each sample in a column; one reader for each thread.
class GroupReader {
 public:
  GroupReader(const ScoreInput& input, const TrueLabels* labels);

  // [begin, begin + n), n <= kBlock; good until the next call.
  const std::uint32_t* block(std::size_t column, std::size_t begin, std::size_t n);

 private:
  const std::uint32_t* codes(std::size_t begin, std::size_t n);
  void number_codes(std::size_t begin, std::size_t n);
  void indicators(std::size_t column, std::size_t begin, std::size_t n);

  const ScoreInput& input_;
  const TrueLabels* labels_;
  std::optional<NumberLabels> numbers_;
  std::size_t codes_begin_ = static_cast<std::size_t>(-1);  // of the block in `codes_`
  std::array<std::uint32_t, kBlock> codes_;
  std::array<std::uint32_t, kBlock> groups_;
};

// Scores of one column as keys.
class KeyReader {
 public:
  using Key = ScoreKey;

  KeyReader(const ScoreInput& input, std::size_t column);

  // [begin, begin + n), n <= kBlock; good until the next call. InvalidValue with the index for NaN
  // and what else the input does not allow.
  const ScoreKey* block(std::size_t begin, std::size_t n);
  // Of one score, whatever it is.
  ScoreKey at(std::size_t index);

 private:
  [[noreturn]] void refuse(const double* scores, std::size_t begin, std::size_t n) const;
  bool accepts(double score) const noexcept;

  const ScoreInput& input_;
  std::size_t column_;
  const kernels::Table& kernels_;
  DoubleReader reader_;
  std::array<ScoreKey, kBlock> keys_;
};

// Scores that are floats of at most 32 bits, as narrow keys.
class NarrowKeyReader {
 public:
  using Key = NarrowKey;

  NarrowKeyReader(const ScoreInput& input, std::size_t column);
  // Whether it can read what the input holds.
  static bool reads(const ScoreInput& input) noexcept;

  // As of KeyReader.
  const NarrowKey* block(std::size_t begin, std::size_t n);
  NarrowKey at(std::size_t index);

 private:
  void read(std::size_t begin, std::size_t n);

  Column scores_;
  KeyReader wide_;
  bool finite_ = true;  // all that was read last
  std::array<NarrowKey, kBlock> keys_;
};

}  // namespace lstmetrics::metrics
