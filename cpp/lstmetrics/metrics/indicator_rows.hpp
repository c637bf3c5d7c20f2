// Two indicator matrices (1 where a sample has a label, else 0), read block by block: what came of
// each row, and of each label. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/marginals.hpp"
#include "lstmetrics/metrics/row_table.hpp"

namespace lstmetrics::metrics {

// A block of zeros and ones. Label c of row i is at data[i * row_step + c * label_step].
struct IndicatorBlock {
  const std::uint8_t* data = nullptr;
  std::size_t row_step = 0;
  std::size_t label_step = 0;
};

// Rows [begin, begin + n) of one indicator as bytes, one row behind the other. InvalidValue, with
// the place, for a value that is neither 0 nor 1.
void read_indicator(const Matrix& matrix, std::string_view name, std::size_t begin, std::size_t n,
                    std::uint8_t* out);

class IndicatorPair {
 public:
  // A row of so many labels is the most that is counted.
  static constexpr std::size_t kMostLabels = (std::size_t{1} << 21) - 1;

  // ShapeError when the shapes differ or there is no label, UnsupportedError for too many of them,
  // InvalidType for text.
  IndicatorPair(const Matrix& y_true, const Matrix& y_pred);

  std::size_t rows() const noexcept { return truth_.matrix.rows; }
  std::size_t labels() const noexcept { return labels_; }
  // How many rows are read at a time.
  std::size_t block_rows() const noexcept { return block_rows_; }

  // Reads rows [begin, begin + n), n <= block_rows(). InvalidValue, with the place, for a value
  // that is neither 0 nor 1.
  void read(std::size_t begin, std::size_t n);
  // Of the rows read last.
  const RowCounts* row_counts() const noexcept { return row_counts_.data(); }
  IndicatorBlock truth() const noexcept { return block_of(truth_); }
  IndicatorBlock predicted() const noexcept { return block_of(predicted_); }
  // Adds the rows read last to the counts of the labels.
  void add_labels(std::vector<LabelCounts>& labels);

 private:
  struct Side {
    Matrix matrix;
    std::string_view name;
    std::vector<std::uint8_t> bytes;  // of a block, and some bytes to read beyond it
  };

  IndicatorBlock block_of(const Side& side) const noexcept;
  void read(Side& side, std::size_t begin) const;
  void count_rows();
  void count_rows_by_label();

  Side truth_;
  Side predicted_;
  std::size_t labels_;
  bool by_label_;  // a block holds label after label, else row after row
  std::size_t block_rows_;
  std::size_t read_rows_ = 0;
  std::vector<RowCounts> row_counts_;
  std::vector<std::uint8_t> sums_;  // scratch of add_labels: of bytes that lie apart by whole rows
};

}  // namespace lstmetrics::metrics
