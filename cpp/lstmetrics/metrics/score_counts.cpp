#include "lstmetrics/metrics/score_counts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/metrics/score_counts_batch.hpp"
#include "lstmetrics/metrics/score_counts_reading.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::uint8_t kWeightedFlag = 1;
constexpr std::uint8_t kTrueClassesFlag = 2;
constexpr std::uint8_t kProbabilitiesFlag = 4;
constexpr std::uint8_t kAllFlags = kWeightedFlag | kTrueClassesFlag | kProbabilitiesFlag;
constexpr std::uint64_t kFewestPoints = 2;

// Rows whose scores do not add up to one, in double, from the first column to the last.
std::int64_t rows_not_summing_to_one(const Matrix& scores) {
  std::int64_t rows = 0;
  std::array<double, kBlock> sums;
  for (std::size_t begin = 0; begin < scores.rows; begin += kBlock) {
    const std::size_t n = std::min(kBlock, scores.rows - begin);
    sums.fill(0);
    for (std::size_t column = 0; column < scores.columns; ++column) {
      DoubleReader reader(column_of(scores, column), "y_score");
      const double* const values = reader.block(begin, n);
      for (std::size_t i = 0; i < n; ++i) sums[i] += values[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
      rows += std::abs(1 - sums[i]) <= 1e-8 + 1e-5 * std::abs(sums[i]) ? 0 : 1;
    }
  }
  return rows;
}

void check_columns(const Matrix& matrix, std::string_view name, std::size_t columns) {
  if (matrix.columns == columns) return;
  throw ShapeError(std::string(name) + " must have " + std::to_string(columns) +
                   (columns == 1 ? " column" : " columns") + ", got " +
                   std::to_string(matrix.columns));
}

std::string told(const ScoreParameters& parameters) {
  std::string text;
  switch (parameters.task) {
    case ScoreTask::binary:
      text = "labels " + parameters.labels.names();
      if (parameters.positive != kAbsent) {
        text +=
            ", positive " + parameters.labels.name(static_cast<std::size_t>(parameters.positive));
      }
      break;
    case ScoreTask::multiclass:
      text = "a column for each of the labels " + parameters.labels.names() +
             (parameters.true_classes ? ", with true classes" : "");
      break;
    case ScoreTask::multilabel:
      text = std::to_string(parameters.columns) + " columns of 0 and 1";
      break;
  }
  const ScoreLimits& limits = parameters.limits;
  if (limits.max_points != 0) text += ", max_points " + std::to_string(limits.max_points);
  return text + (limits.map == KeyMap::probability ? ", probabilities" : "");
}

}  // namespace

ScoreParameters ScoreParameters::binary(LabelSet labels, std::ptrdiff_t positive) {
  ScoreParameters parameters;
  parameters.labels = std::move(labels);
  parameters.positive = positive;
  if (parameters.labels.empty() ||
      positive >= static_cast<std::ptrdiff_t>(parameters.labels.size()) || positive < kAbsent) {
    throw InvalidValue("the positive label must be one of the labels " + parameters.labels.names());
  }
  return parameters;
}

ScoreParameters ScoreParameters::multiclass(LabelSet labels, bool true_classes) {
  ScoreParameters parameters;
  parameters.task = ScoreTask::multiclass;
  parameters.columns = labels.size();
  parameters.labels = std::move(labels);
  parameters.true_classes = true_classes;
  if (parameters.columns < 2) {
    throw InvalidValue("a column of scores for each label needs two labels or more, got " +
                       parameters.labels.names());
  }
  return parameters;
}

ScoreParameters ScoreParameters::multilabel(std::size_t columns) {
  ScoreParameters parameters;
  parameters.task = ScoreTask::multilabel;
  parameters.columns = columns;
  if (columns == 0) throw InvalidValue("there must be a column of scores");
  return parameters;
}

ScoreCounts::ScoreCounts()
    : ScoreCounts(ScoreParameters::binary(LabelSet(LabelList{LabelKind::integer, {0, 1}, {}}), 1)) {
}

ScoreCounts::ScoreCounts(ScoreParameters parameters) : parameters_(std::move(parameters)) {
  const std::uint64_t max_points = parameters_.limits.max_points;
  if (max_points != 0 && max_points < kFewestPoints) {
    throw InvalidValue("max_points must be at least 2, got " + std::to_string(max_points));
  }
  columns_.assign(parameters_.columns, ScoreColumn(parameters_.groups(), max_points));
}

ScoreNotes ScoreCounts::update(const LabelColumn& y_true, const Matrix& scores,
                               const Column* weights, const ScoreOptions& options) {
  if (parameters_.task == ScoreTask::multilabel) {
    throw InvalidType("this state takes a matrix of 0 and 1 as y_true");
  }
  check_same_size({{y_true.name, y_true.size()}, {"y_score", scores.rows}});
  if (weights != nullptr) {
    check_same_size({{y_true.name, y_true.size()}, {"sample_weight", weights->size}});
  }
  check_columns(scores, "y_score", columns());
  return update_from({parameters_, &y_true, nullptr, scores, weights, options});
}

ScoreNotes ScoreCounts::update(const Matrix& y_true, const Matrix& scores, const Column* weights,
                               const ScoreOptions& options) {
  if (parameters_.task != ScoreTask::multilabel) {
    throw InvalidType("this state takes labels as y_true, not a matrix");
  }
  check_same_size({{"y_true", y_true.rows}, {"y_score", scores.rows}});
  if (weights != nullptr) {
    check_same_size({{"y_true", y_true.rows}, {"sample_weight", weights->size}});
  }
  check_columns(y_true, "y_true", columns());
  check_columns(scores, "y_score", columns());
  return update_from({parameters_, nullptr, &y_true, scores, weights, options});
}

ScoreNotes ScoreCounts::update_from(const ScoreInput& input) {
  const std::int64_t samples = checked_add(samples_, static_cast<std::int64_t>(input.rows()));
  std::vector<std::vector<ScoreBag>> bags = read_bags(input);
  ScoreNotes notes;
  if (input.options.check_row_sums) {
    notes.rows_not_summing_to_one = rows_not_summing_to_one(input.scores);
  }
  if (input.weights != nullptr) make_weighted();
  for (std::size_t column = 0; column < columns(); ++column) {
    std::vector<SharedBag> shared;
    for (ScoreBag& bag : bags[column]) {
      if (weighted_) bag.make_weighted();
      shared.push_back(std::make_shared<const ScoreBag>(std::move(bag)));
    }
    columns_[column].add(shared);
  }
  samples_ = samples;
  return notes;
}

void ScoreCounts::make_weighted() {
  if (std::exchange(weighted_, true)) return;
  for (ScoreColumn& column : columns_) column.make_weighted();
}

void ScoreCounts::merge(const ScoreCounts& other) {
  if (!(parameters_ == other.parameters_)) {
    throw MergeError("ScoreCounts of " + told(parameters_) + " cannot be merged with one of " +
                     told(other.parameters_) + ": the parameters must be the same");
  }
  const std::int64_t samples = checked_add(samples_, other.samples_);
  if (other.weighted_) make_weighted();
  for (std::size_t i = 0; i < columns(); ++i) {
    if (weighted_ == other.weighted_) {
      columns_[i].add(other.columns_[i]);
    } else {
      ScoreColumn column = other.columns_[i];
      column.make_weighted();
      columns_[i].add(column);
    }
  }
  samples_ = samples;
}

void ScoreCounts::settle() {
  for (ScoreColumn& column : columns_) column.settle();
}

ScoreColumn ScoreCounts::column(std::size_t index) const {
  ScoreColumn column = columns_[index];
  column.settle();
  return column;
}

std::vector<ScoreColumn> ScoreCounts::result() const {
  std::vector<ScoreColumn> all;
  for (std::size_t i = 0; i < columns(); ++i) all.push_back(column(i));
  return all;
}

bool ScoreCounts::operator==(const ScoreCounts& other) const {
  if (!(parameters_ == other.parameters_) || samples_ != other.samples_ ||
      weighted_ != other.weighted_) {
    return false;
  }
  for (std::size_t i = 0; i < columns(); ++i) {
    if (!(column(i) == other.column(i))) return false;
  }
  return true;
}

void ScoreCounts::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(parameters_.task));
  writer.u8(static_cast<std::uint8_t>(
      (weighted_ ? kWeightedFlag : 0) | (parameters_.true_classes ? kTrueClassesFlag : 0) |
      (parameters_.limits.map == KeyMap::probability ? kProbabilitiesFlag : 0)));
  writer.u64(parameters_.limits.max_points);
  if (parameters_.task == ScoreTask::multilabel)
    writer.u64(columns());
  else
    parameters_.labels.save(writer);
  if (parameters_.task == ScoreTask::binary) writer.i64(parameters_.positive);
  writer.i64(samples_);
  for (std::size_t i = 0; i < columns(); ++i) column(i).save(writer);
}

namespace {

// InvalidValue for what no state has.
ScoreParameters load_parameters(Reader& reader, bool& weighted) {
  const std::uint8_t task = reader.u8();
  const std::uint8_t flags = reader.u8();
  if (task > static_cast<std::uint8_t>(ScoreTask::multilabel) || flags > kAllFlags) {
    throw FormatError("ScoreCounts: unknown task or flags");
  }
  weighted = (flags & kWeightedFlag) != 0;
  const bool true_classes = (flags & kTrueClassesFlag) != 0;
  const bool multiclass = task == static_cast<std::uint8_t>(ScoreTask::multiclass);
  if (true_classes && !multiclass) throw FormatError("ScoreCounts: true classes of no classes");
  const std::uint64_t max_points = reader.u64();
  ScoreParameters parameters;
  if (task == static_cast<std::uint8_t>(ScoreTask::multilabel)) {
    // A shift and two empty bags are the least that a column takes.
    constexpr std::size_t kLeastColumn = 1 + 2 * (1 + 8);
    const std::uint64_t columns = reader.u64();
    if (columns > reader.left() / kLeastColumn) {
      throw FormatError("ScoreCounts: more columns than bytes");
    }
    parameters = ScoreParameters::multilabel(static_cast<std::size_t>(columns));
  } else {
    LabelSet labels = LabelSet::load(reader);
    parameters = multiclass ? ScoreParameters::multiclass(std::move(labels), true_classes)
                            : ScoreParameters::binary(std::move(labels),
                                                      static_cast<std::ptrdiff_t>(reader.i64()));
  }
  parameters.limits = {(flags & kProbabilitiesFlag) != 0 ? KeyMap::probability : KeyMap::any,
                       max_points};
  return parameters;
}

}  // namespace

ScoreCounts ScoreCounts::load(Reader& reader, std::uint16_t) {
  ScoreCounts state;
  bool weighted = false;
  try {
    state = ScoreCounts(load_parameters(reader, weighted));
  } catch (const FormatError&) {
    throw;
  } catch (const InvalidValue& error) {
    throw FormatError(std::string("ScoreCounts: ") + error.what());
  }
  state.weighted_ = weighted;
  state.samples_ = reader.i64();
  if (state.samples_ < 0) throw FormatError("ScoreCounts: a negative number of samples");
  for (ScoreColumn& column : state.columns_) {
    column =
        ScoreColumn::load(reader, state.parameters_.groups(), state.parameters_.limits, weighted);
    // Without weights every sample has its scores.
    const std::int64_t samples = column.samples();
    if (weighted ? samples > state.samples_ : samples != state.samples_) {
      throw FormatError("ScoreCounts: the samples of a column are not those of the state");
    }
  }
  return state;
}

}  // namespace lstmetrics::metrics
