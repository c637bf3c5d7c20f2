// Samples with any number of labels: all that multilabel metrics need.
//
// Per label, how often it is true, predicted and both; and how many samples have so many labels
// right, predicted and true, from which averages over samples and subset accuracy follow. Counts
// are 64-bit integers; once weights came there are exact sums of weights too, in which a sample
// without a weight counts as 1. The number of labels is declared (a parameter), or taken from the
// first sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/marginals.hpp"
#include "lstmetrics/metrics/row_table.hpp"

namespace lstmetrics::metrics {

class Draws;

class LSTMETRICS_API MultilabelCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::multilabel_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "MultilabelCounts";

  MultilabelCounts() = default;  // as many labels as the first sample has
  // InvalidValue for none, UnsupportedError for more than 2^21 - 1.
  explicit MultilabelCounts(std::size_t declared);

  // Indicators: rows are samples, columns are labels, 1 where a sample has a label and else 0, of
  // any dtype but text. All or nothing. Errors: ShapeError (shapes that differ,
  // or other labels than those of the state), InvalidType, InvalidValue (other values, with the
  // place; weights that are not finite or, unless allowed, negative), CountOverflow.
  void update(const Matrix& y_true, const Matrix& y_pred, const Column* weights = nullptr,
              bool allow_negative_weights = false);
  void merge(const MultilabelCounts& other);
  MultilabelCounts blank() const;

  std::size_t labels() const noexcept { return counts_.size(); }  // 0: none seen yet
  bool is_declared() const noexcept { return declared_; }
  bool is_weighted() const noexcept { return rows_.weighted(); }
  std::int64_t samples() const noexcept { return samples_; }
  const RowTable& rows() const noexcept { return rows_; }

  Marginals result() const;

  // Replicates of the rows, by what came of them (metrics/bootstrap.hpp): what rows alone tell, or
  // all labels together, is that of a replicate; a single label's counts are not.
  // CountOverflow, as check_bootstrap.
  std::function<MultilabelCounts(const Draws&)> row_replicator() const;

  bool operator==(const MultilabelCounts& other) const;
  void save(Writer& writer) const;
  static MultilabelCounts load(Reader& reader, std::uint16_t version);

 private:
  // Adds what the same labels were counted to be: all or nothing, but for an exhausted memory.
  void commit(const MultilabelCounts& delta);
  void make_weighted();
  // As many labels as here, of rows that came to this.
  MultilabelCounts of_rows(RowTable rows) const;
  void count(const Matrix& y_true, const Matrix& y_pred, const Column* weights,
             bool allow_negative_weights);
  void check_sums() const;

  bool declared_ = false;
  std::int64_t samples_ = 0;
  std::vector<LabelCounts> counts_;
  std::vector<LabelWeights> weights_;  // of a weighted state
  RowTable rows_;
};

// f(begin, n, const RowCounts*) for every few rows of two indicators, in order. Errors as update.
LSTMETRICS_API void for_each_row_counts(
    const Matrix& y_true, const Matrix& y_pred,
    const std::function<void(std::size_t, std::size_t, const RowCounts*)>& f);

}  // namespace lstmetrics::metrics
