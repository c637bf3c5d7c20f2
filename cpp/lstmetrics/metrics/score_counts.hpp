// Scores of samples by class: how often each score came for positives and for negatives. All that
// curves over thresholds and areas under them need.
//
// Columns: one (binary), one for each class (multiclass), or one for each label (multilabel). A
// multiclass column tells its own class from the rest or, with `true_classes`, every true class
// from every other, as one-vs-one needs. Exact, or bounded: then a score keeps only as many of its
// upper bits as leave `max_points` different ones in a column, whatever the order of the data.
//
// Samples of weight zero are counted and otherwise left out, as if they had no score.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/score_counts_column.hpp"

namespace lstmetrics::metrics {

enum class ScoreTask : std::uint8_t { binary = 0, multiclass = 1, multilabel = 2 };

struct LSTMETRICS_API ScoreParameters {
  ScoreTask task = ScoreTask::binary;
  LabelSet labels;              // of a binary or multiclass task: all that there are
  std::ptrdiff_t positive = 0;  // of a binary one: its place, or kAbsent; the rest is negative
  std::size_t columns = 1;      // of scores
  bool true_classes = false;    // of a multiclass task
  ScoreLimits limits;

  // InvalidValue for no label, or no column.
  static ScoreParameters binary(LabelSet labels, std::ptrdiff_t positive);
  static ScoreParameters multiclass(LabelSet labels, bool true_classes);
  static ScoreParameters multilabel(std::size_t columns);
  std::size_t groups() const noexcept { return true_classes ? labels.size() : 2; }

  bool operator==(const ScoreParameters& other) const = default;
};

struct ScoreOptions {
  bool allow_negative_weights = false;
  bool finite_scores = false;  // refuse infinities, too
  bool check_row_sums = false;
};

struct ScoreNotes {
  // Of rows whose scores do not add up to one: |1 - sum| > 1e-8 + 1e-5 |sum|.
  std::int64_t rows_not_summing_to_one = 0;
};

struct ScoreInput;

class LSTMETRICS_API ScoreCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::score_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "ScoreCounts";

  ScoreCounts();  // binary: labels 0 and 1, the latter being positive
  // InvalidValue for max_points of 1.
  explicit ScoreCounts(ScoreParameters parameters);

  // All or nothing. Errors: ShapeError, InvalidType (wrong dtypes), InvalidValue with the index (a
  // label that is not among the parameters', NaN, probabilities outside [0, 1], weights that are
  // not finite or negative), UnsupportedError (integer scores beyond 2^53), CountOverflow.
  ScoreNotes update(const LabelColumn& y_true, const Matrix& scores,
                    const Column* weights = nullptr, const ScoreOptions& options = {});
  // Multilabel: y_true holds 0 and 1.
  ScoreNotes update(const Matrix& y_true, const Matrix& scores, const Column* weights = nullptr,
                    const ScoreOptions& options = {});
  void merge(const ScoreCounts& other);
  ScoreCounts blank() const { return ScoreCounts(parameters_); }

  const ScoreParameters& parameters() const noexcept { return parameters_; }
  std::int64_t samples() const noexcept { return samples_; }
  bool is_weighted() const noexcept { return weighted_; }
  std::size_t columns() const noexcept { return columns_.size(); }

  // Does now what each result would do for itself: changes no result, equality or byte.
  void settle();
  ScoreColumn column(std::size_t index) const;  // settled
  std::vector<ScoreColumn> result() const;

  // The bootstrap of one column; a cell is a score and a class. UnsupportedError for several
  // columns, whose samples are the same: their joint counts are not known.
  std::function<ScoreCounts(const Draws&)> replicator() const;

  bool operator==(const ScoreCounts& other) const;
  void save(Writer& writer) const;
  static ScoreCounts load(Reader& reader, std::uint16_t version);

 private:
  ScoreNotes update_from(const ScoreInput& input);
  void make_weighted();

  ScoreParameters parameters_;
  std::int64_t samples_ = 0;
  bool weighted_ = false;
  std::vector<ScoreColumn> columns_;
};

}  // namespace lstmetrics::metrics
