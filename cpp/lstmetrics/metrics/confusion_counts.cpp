#include "lstmetrics/metrics/confusion_counts.hpp"

#include <limits>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/confusion_batch.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::uint8_t kDeclaredFlag = 1;
constexpr std::uint8_t kWeightedFlag = 2;
constexpr std::size_t kMostMatrixLabels = 16384;  // 2 GiB

// Only the cells whose labels were declared.
ConfusionBatch restricted(const ConfusionBatch& batch, const LabelSet& declared) {
  ConfusionBatch kept;
  kept.labels = declared;
  kept.cells = Cells(declared.size(), batch.cells.weighted(), batch.cells.used());
  const auto at = [&](std::size_t i) { return declared.index_of(batch.labels, i); };
  batch.cells.for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                           const numeric::ExactSum* weight) {
    if (at(row) == kAbsent || at(column) == kAbsent) return;
    const auto to_row = static_cast<std::size_t>(at(row));
    const auto to_column = static_cast<std::size_t>(at(column));
    if (weight != nullptr)
      kept.cells.add(to_row, to_column, count, *weight);
    else
      kept.cells.add(to_row, to_column, count);
    kept.samples += count;
  });
  return kept;
}

void add_cells(Cells& to, const std::vector<std::uint32_t>& positions, const Cells& from) {
  from.for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                    const numeric::ExactSum* weight) {
    if (weight != nullptr)
      to.add(positions[row], positions[column], count, *weight);
    else
      to.add(positions[row], positions[column], count);
  });
}

}  // namespace

ConfusionCounts::ConfusionCounts(LabelSet declared)
    : declared_(true), labels_(std::move(declared)), cells_(labels_.size(), false) {
  if (labels_.empty()) throw InvalidValue("'labels' should contain at least one label.");
}

ConfusionCounts ConfusionCounts::blank() const {
  return declared_ ? ConfusionCounts(labels_) : ConfusionCounts();
}

void ConfusionCounts::update(const LabelColumn& y_true, const LabelColumn& y_pred,
                             const Column* weights, const ConfusionOptions& options) {
  check_same_size({{y_true.name, y_true.size()}, {y_pred.name, y_pred.size()}});
  if (weights != nullptr) {
    check_same_size({{y_true.name, y_true.size()}, {"sample_weight", weights->size}});
  }
  ConfusionCounts delta;
  count_batch(y_true, y_pred, weights, options.allow_negative_weights, [&](ConfusionBatch&& batch) {
    if (declared_ && !labels_.includes(batch.labels)) {
      if (!options.ignore_unknown_labels)
        refuse_undeclared({&y_true, &y_pred}, batch.labels, labels_);
      batch = restricted(batch, labels_);
    }
    delta.commit(std::move(batch.labels), std::move(batch.cells), batch.samples);
  });
  commit(std::move(delta.labels_), std::move(delta.cells_), delta.samples_);
}

void ConfusionCounts::commit(LabelSet labels, Cells cells, std::int64_t samples) {
  const std::int64_t all_samples = checked_add(samples_, samples);
  const bool weighted = is_weighted() || cells.weighted();
  if (labels_.empty() && weighted == cells.weighted()) {
    labels_ = std::move(labels);
    cells_ = std::move(cells);
  } else if (labels_ == labels && cells_.add_dense(cells)) {
    // Both are matrices of the same labels.
  } else if (labels_.includes(labels) && weighted == is_weighted()) {
    add_cells(cells_, labels.positions_in(labels_), cells);
  } else {
    LabelSet all = labels_.united(labels);
    Cells wider = cells_.spread(labels_.positions_in(all), all.size(), weighted);
    add_cells(wider, labels.positions_in(all), cells);
    labels_ = std::move(all);
    cells_ = std::move(wider);
  }
  samples_ = all_samples;
}

void ConfusionCounts::merge(const ConfusionCounts& other) {
  check_merge(kName, {labels_, declared_}, {other.labels_, other.declared_});
  commit(other.labels_, other.cells_, other.samples_);
}

namespace {

// The same as cell by cell, in full vectors.
void add_marginals(const std::int64_t* counts, std::vector<LabelCounts>& labels) {
  const std::size_t size = labels.size();
  std::vector<std::int64_t> in_columns(size);
  std::int64_t* const __restrict predicted = in_columns.data();
  for (std::size_t row = 0; row < size; ++row) {
    const std::int64_t* const cells = counts + row * size;
    std::int64_t actual = 0;
    for (std::size_t column = 0; column < size; ++column) {
      actual += cells[column];
      predicted[column] += cells[column];
    }
    labels[row].actual = actual;
    labels[row].tp = cells[row];
  }
  for (std::size_t column = 0; column < size; ++column)
    labels[column].predicted = predicted[column];
}

}  // namespace

Marginals ConfusionCounts::result() const {
  Marginals marginals;
  marginals.weighted = is_weighted();
  marginals.samples = samples_;
  marginals.counts.resize(labels_.size());
  marginals.weights.resize(is_weighted() ? labels_.size() : 0);
  if (!is_weighted()) marginals.weight.add_multiple(1.0, static_cast<std::uint64_t>(samples_));
  if (const std::int64_t* const counts = cells_.dense_counts(); counts != nullptr) {
    add_marginals(counts, marginals.counts);
    return marginals;
  }
  cells_.for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                      const numeric::ExactSum* weight) {
    marginals.counts[row].actual += count;
    marginals.counts[column].predicted += count;
    if (row == column) marginals.counts[row].tp += count;
    if (weight == nullptr) return;
    marginals.weight.merge(*weight);
    marginals.weights[row].actual.merge(*weight);
    marginals.weights[column].predicted.merge(*weight);
    if (row == column) marginals.weights[row].tp.merge(*weight);
  });
  return marginals;
}

bool ConfusionCounts::operator==(const ConfusionCounts& other) const {
  return declared_ == other.declared_ && samples_ == other.samples_ && labels_ == other.labels_ &&
         cells_ == other.cells_;
}

void ConfusionCounts::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>((declared_ ? kDeclaredFlag : 0) |
                                      (is_weighted() ? kWeightedFlag : 0)));
  labels_.save(writer);
  writer.u64(cells_.used());
  cells_.for_each_sorted([&](std::size_t row, std::size_t column, std::int64_t count,
                             const numeric::ExactSum* weight) {
    writer.u32(static_cast<std::uint32_t>(row));
    writer.u32(static_cast<std::uint32_t>(column));
    writer.i64(count);
    if (weight != nullptr) weight->save(writer);
  });
}

ConfusionCounts ConfusionCounts::load(Reader& reader, std::uint16_t) {
  const std::uint8_t flags = reader.u8();
  if (flags > (kDeclaredFlag | kWeightedFlag)) throw FormatError("ConfusionCounts: unknown flags");
  const bool weighted = (flags & kWeightedFlag) != 0;
  ConfusionCounts state;
  state.declared_ = (flags & kDeclaredFlag) != 0;
  state.labels_ = LabelSet::load(reader);
  if (state.declared_ && state.labels_.empty()) {
    throw FormatError("ConfusionCounts: declared labels, but none");
  }
  const std::size_t cell_bytes = 16 + (weighted ? numeric::ExactSum::kMinBytes : 0);
  const std::size_t cells = reader.count(cell_bytes);
  const std::size_t labels = state.labels_.size();
  state.cells_ = Cells(labels, weighted, cells);
  std::uint64_t next_key = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    const std::uint64_t row = reader.u32();
    const std::uint64_t column = reader.u32();
    const std::int64_t count = reader.i64();
    const numeric::ExactSum weight =
        weighted ? numeric::ExactSum::load(reader) : numeric::ExactSum();
    const std::uint64_t key = row * labels + column;
    if (row >= labels || column >= labels || key < next_key || count < 0 || !weight.is_finite() ||
        (count == 0 && weight.is_zero())) {
      throw FormatError("ConfusionCounts: cell " + std::to_string(i) +
                        " is out of place, out of range or empty");
    }
    next_key = key + 1;
    if (__builtin_add_overflow(state.samples_, count, &state.samples_)) {
      throw FormatError("ConfusionCounts: the counts do not fit 64 bits");
    }
    if (weighted)
      state.cells_.add(row, column, count, weight);
    else
      state.cells_.add(row, column, count);
  }
  return state;
}

namespace {

template <class T, class Value>
std::vector<T> matrix_of(const Cells& cells, Value&& value) {
  const std::size_t labels = cells.labels();
  if (labels > kMostMatrixLabels) {
    throw UnsupportedError("a matrix of " + std::to_string(labels) + " x " +
                           std::to_string(labels) + " labels is too large: select labels");
  }
  std::vector<T> matrix(labels * labels);
  cells.for_each([&](std::size_t row, std::size_t column, std::int64_t count,
                     const numeric::ExactSum* weight) {
    matrix[row * labels + column] = value(count, weight);
  });
  return matrix;
}

}  // namespace

std::vector<std::int64_t> ConfusionCounts::matrix_counts() const {
  return matrix_of<std::int64_t>(
      cells_, [](std::int64_t count, const numeric::ExactSum*) { return count; });
}

std::vector<double> ConfusionCounts::matrix_weights() const {
  return matrix_of<double>(cells_, [](std::int64_t count, const numeric::ExactSum* weight) {
    return weight != nullptr ? weight->value() : static_cast<double>(count);
  });
}

// ---- a matrix computed elsewhere ------------------------------------------------------------

namespace {

Column row_of(const Matrix& matrix, std::size_t row) {
  return {matrix.data + static_cast<std::ptrdiff_t>(row) * matrix.row_stride, matrix.dtype,
          matrix.columns, matrix.column_stride, matrix.item_size};
}

// f(column, value) for a row of the matrix.
template <class Reader, class F>
void for_each_in_row(const Matrix& matrix, std::size_t row, F&& f) {
  Reader reader(row_of(matrix, row), "matrix");
  for (std::size_t begin = 0; begin < matrix.columns; begin += kBlock) {
    const std::size_t size = std::min(kBlock, matrix.columns - begin);
    const auto* block = reader.block(begin, size);
    for (std::size_t i = 0; i < size; ++i) f(begin + i, block[i]);
  }
}

std::string cell_name(std::size_t row, std::size_t column) {
  return "matrix[" + std::to_string(row) + ", " + std::to_string(column) + "]";
}

}  // namespace

ConfusionCounts ConfusionCounts::from_matrix(const LabelList& labels, const Matrix& matrix,
                                             bool declare) {
  ConfusionCounts state{LabelSet(labels)};
  state.declared_ = declare;
  const std::size_t size = state.labels_.size();
  if (size != labels.size()) throw InvalidValue("labels of a matrix must not repeat");
  if (matrix.rows != size || matrix.columns != size) {
    throw ShapeError("a matrix for " + std::to_string(size) + " labels must be " +
                     std::to_string(size) + " x " + std::to_string(size) + ", got " +
                     std::to_string(matrix.rows) + " x " + std::to_string(matrix.columns));
  }
  const std::vector<std::ptrdiff_t> at = state.labels_.select(labels);
  const auto position = [&](std::size_t i) { return static_cast<std::size_t>(at[i]); };
  const bool weighted = matrix.dtype == DType::float32 || matrix.dtype == DType::float64;
  state.cells_ = Cells(size, weighted, size);
  for (std::size_t row = 0; row < size; ++row) {
    if (weighted) {
      for_each_in_row<DoubleReader>(matrix, row, [&](std::size_t column, double weight) {
        if (!(weight >= 0 && weight <= std::numeric_limits<double>::max())) {
          throw InvalidValue(cell_name(row, column) + " is " + number_text(weight) +
                             ": weights must be finite and not negative");
        }
        if (weight == 0) return;
        numeric::ExactSum sum;
        sum.add(weight);
        state.cells_.add(position(row), position(column), 0, sum);
      });
    } else {
      for_each_in_row<IntegerReader>(matrix, row, [&](std::size_t column, std::int64_t count) {
        if (count < 0) {
          throw InvalidValue(cell_name(row, column) + " is " + std::to_string(count) +
                             ": counts must not be negative");
        }
        if (count == 0) return;
        state.samples_ = checked_add(state.samples_, count);
        state.cells_.add(position(row), position(column), count);
      });
    }
  }
  return state;
}

}  // namespace lstmetrics::metrics
