// How often label i was predicted as label j: all that classification metrics need.
//
// Counts of samples are 64-bit integers. Once weights came, every cell also holds the exact sum of
// its weights, in which a sample without a weight counts as 1. Labels are declared (a parameter)
// or discovered (they unite on merge).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/cells.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/marginals.hpp"

namespace lstmetrics::metrics {

class Draws;

struct ConfusionOptions {
  bool allow_negative_weights = false;
  // Leave out samples whose true or predicted label is not declared, instead of refusing them.
  bool ignore_unknown_labels = false;
};

// A cell as others hand it over: labels by their place in a set.
struct CountedCell {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::int64_t count = 0;
  numeric::ExactSum weight{};  // of a weighted state
};

class LSTMETRICS_API ConfusionCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::confusion_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "ConfusionCounts";

  ConfusionCounts() = default;  // labels are discovered
  // Declared labels. InvalidValue when there are none.
  explicit ConfusionCounts(LabelSet declared);
  // A confusion matrix computed elsewhere: rows are true labels, columns predicted ones, both in
  // the order of `labels`. Integers count samples; floats are exact weights of an unknown number
  // of samples, so `samples` stays 0. Labels are discovered ones unless `declare`.
  // ShapeError, InvalidValue (negative counts, NaN, repeated labels), CountOverflow.
  static ConfusionCounts from_matrix(const LabelList& labels, const Matrix& matrix,
                                     bool declare = false);

  // Cells counted elsewhere, in any order; the same cell may come often. Of `labels`, those are
  // kept that a cell has, or all if they are declared. The counts must fit together.
  static ConfusionCounts of_cells(const LabelSet& labels, bool declared, bool weighted,
                                  std::span<const CountedCell> cells);

  // All or nothing. Errors: ShapeError (lengths), InvalidType (text and integers mixed, wrong
  // dtype), InvalidValue (labels that are not integral, weights that are not finite or negative,
  // a label that was not declared; with the index), CountOverflow.
  void update(const LabelColumn& y_true, const LabelColumn& y_pred, const Column* weights = nullptr,
              const ConfusionOptions& options = {});
  void merge(const ConfusionCounts& other);
  ConfusionCounts blank() const;

  const LabelSet& labels() const noexcept { return labels_; }
  bool is_declared() const noexcept { return declared_; }
  bool is_weighted() const noexcept { return cells_.weighted(); }
  std::int64_t samples() const noexcept { return samples_; }
  const Cells& cells() const noexcept { return cells_; }

  Marginals result() const;
  // Row-major, labels x labels, in the order of labels(). UnsupportedError above 16384 labels.
  std::vector<std::int64_t> matrix_counts() const;
  std::vector<double> matrix_weights() const;  // each cell rounded once
  // Replicates for a bootstrap; discovered labels are those drawn. UnsupportedError for weights of
  // an unknown number of samples.
  std::function<ConfusionCounts(const Draws&)> replicator() const;

  bool operator==(const ConfusionCounts& other) const;
  void save(Writer& writer) const;
  static ConfusionCounts load(Reader& reader, std::uint16_t version);

 private:
  // Adds cells over `labels`: all or nothing, but for an exhausted memory.
  void commit(LabelSet labels, Cells cells, std::int64_t samples);

  bool declared_ = false;
  LabelSet labels_;
  Cells cells_;
  std::int64_t samples_ = 0;
};

}  // namespace lstmetrics::metrics
