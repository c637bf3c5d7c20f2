#include "lstmetrics/metrics/confusion_batch.hpp"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/parts.hpp"
#include "lstmetrics/metrics/small_table.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {
namespace {

std::vector<std::uint32_t> positions(const LabelSet& set, const LabelList& labels) {
  std::vector<std::uint32_t> found(labels.size());
  const std::vector<std::ptrdiff_t> selected = set.select(labels);
  std::ranges::transform(selected, found.begin(),
                         [](std::ptrdiff_t at) { return static_cast<std::uint32_t>(at); });
  return found;
}

// Counts integers that `rows` and `columns` give block by block, and tells of how many samples: all
// n, unless they spread too far.
template <class Labels>
std::size_t count_integers(Labels& rows, Labels& columns, std::size_t begin, std::size_t n,
                           SmallTable& table) {
  const std::size_t most = std::min(rows.most_at_once(), columns.most_at_once());
  std::size_t done = 0;
  while (done < n) {
    const std::size_t size = std::min(most, n - done);
    const std::int64_t* block = rows.block(begin + done, size);
    if (!table.count(block, columns.block(begin + done, size), size)) break;
    done += size;
  }
  return done;
}

// Hands over counts of the first samples from `begin` on, and tells of how many.
std::size_t count_numbers(const LabelColumn& y_true, const LabelColumn& y_pred, std::size_t begin,
                          std::size_t n, const TakeBatch& take) {
  NumberLabels rows(y_true);
  NumberLabels columns(y_pred);
  SmallTable table(n);
  const std::size_t done = count_integers(rows, columns, begin, n, table);
  if (done > 0) take(table.take());
  return done;
}

// Whether each of its values is an integer that fits.
bool holds_plain_integers(const LabelColumn& column) noexcept {
  return column.dictionary == nullptr && column.values.dtype != DType::uint64 &&
         with_integer(column.values.dtype, [](auto) {});
}

// The same by several threads: all n samples, or false and nothing handed over.
bool count_in_parts(const LabelColumn& y_true, const LabelColumn& y_pred, std::size_t begin,
                    std::size_t n, const TakeBatch& take) {
  const Parts parts(n);
  // Of what may be refused, the first is to be named.
  if (parts.count() == 1 || !holds_plain_integers(y_true) || !holds_plain_integers(y_pred)) {
    return false;
  }
  std::vector<ConfusionBatch> batches(parts.count());
  std::atomic<std::size_t> counted = 0;
  parts.run([&](std::size_t part, std::size_t first, std::size_t last) {
    NumberLabels rows(y_true);
    NumberLabels columns(y_pred);
    SmallTable table(last - first);
    const std::size_t size = last - first;
    const std::size_t done = count_integers(rows, columns, begin + first, size, table);
    if (done == size) batches[part] = table.take();
    counted += done;
  });
  if (counted < n) return false;
  for (ConfusionBatch& batch : batches) take(std::move(batch));
  return true;
}

// The labels at some places of a set.
LabelSet labels_at(const LabelSet& set, const std::vector<std::int64_t>& places) {
  LabelList labels{.kind = set.kind(), .integers = {}, .texts = {}};
  for (const std::int64_t at : places) {
    const auto i = static_cast<std::size_t>(at);
    if (set.is_text())
      labels.texts.push_back(set.texts()[i]);
    else
      labels.integers.push_back(set.integers()[i]);
  }
  return LabelSet(std::move(labels));
}

// Names the first code that its dictionary does not have, if there is one.
void check_codes(const LabelColumn& column, std::size_t begin, std::size_t n) {
  CodedLabels labels(column, std::vector<std::uint32_t>(column.dictionary->size()));
  for (std::size_t done = 0; done < n; done += kBlock) {
    labels.block(begin + done, std::min(kBlock, n - done));
  }
}

bool hold_codes(const LabelColumn& y_true, const LabelColumn& y_pred) {
  return y_true.dictionary != nullptr && y_pred.dictionary != nullptr &&
         y_true.dictionary->size() > 0 && y_true.dictionary->kind == y_pred.dictionary->kind;
}

// A batch of codes as one of the labels that they stand for.
ConfusionBatch labelled(const ConfusionBatch& coded, const LabelList& true_labels,
                        const LabelList& predicted_labels) {
  const LabelSet all = LabelSet(true_labels).united(LabelSet(predicted_labels));
  const std::vector<std::uint32_t> row_at = positions(all, true_labels);
  const std::vector<std::uint32_t> column_at = positions(all, predicted_labels);
  const auto code = [&](std::size_t i) {
    return static_cast<std::size_t>(coded.labels.integers()[i]);
  };
  constexpr std::uint32_t kUnused = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> place(all.size(), kUnused);  // of `all`, among those in use
  coded.cells.for_each([&](std::size_t row, std::size_t column, std::int64_t, const auto*) {
    place[row_at[code(row)]] = 0;
    place[column_at[code(column)]] = 0;
  });
  std::vector<std::int64_t> used;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (place[i] == kUnused) continue;
    place[i] = static_cast<std::uint32_t>(used.size());
    used.push_back(static_cast<std::int64_t>(i));
  }
  ConfusionBatch batch;
  batch.labels = labels_at(all, used);
  batch.cells = Cells(used.size(), false, coded.cells.used());
  batch.samples = coded.samples;
  coded.cells.for_each([&](std::size_t row, std::size_t column, std::int64_t count, const auto*) {
    batch.cells.add(place[row_at[code(row)]], place[column_at[code(column)]], count);
  });
  return batch;
}

// Codes of dictionaries are counted as the integers they are; then the cells get their labels.
std::size_t count_codes(const LabelColumn& y_true, const LabelColumn& y_pred, std::size_t begin,
                        std::size_t n, const TakeBatch& take) {
  IntegerReader rows(y_true.values, y_true.name);
  IntegerReader columns(y_pred.values, y_pred.name);
  SmallTable table(n);
  const std::size_t done = count_integers(rows, columns, begin, n, table);
  if (done == 0) return 0;
  const ConfusionBatch coded = table.take();
  const auto outside = [&](std::size_t i, const LabelColumn& column) {
    return static_cast<std::uint64_t>(coded.labels.integers()[i]) >= column.dictionary->size();
  };
  coded.cells.for_each([&](std::size_t row, std::size_t column, std::int64_t, const auto*) {
    if (outside(row, y_true)) check_codes(y_true, begin, done);
    if (outside(column, y_pred)) check_codes(y_pred, begin, done);
  });
  take(labelled(coded, *y_true.dictionary, *y_pred.dictionary));
  return done;
}

ConfusionBatch count_encoded(const LabelColumn& y_true, const LabelColumn& y_pred,
                             WeightReader* weights, std::size_t begin, std::size_t n) {
  const EncodedLabels rows = encode(y_true, begin, n);
  const EncodedLabels columns = encode(y_pred, begin, n);
  ConfusionBatch batch;
  batch.samples = static_cast<std::int64_t>(n);
  if (n > 0) batch.labels = united(y_true, LabelSet(rows.labels), y_pred, LabelSet(columns.labels));
  const std::vector<std::uint32_t> row_at = positions(batch.labels, rows.labels);
  const std::vector<std::uint32_t> column_at = positions(batch.labels, columns.labels);
  batch.cells = Cells(batch.labels.size(), weights != nullptr, std::min(n, kSegment));
  for (std::size_t done = 0; done < n; done += kBlock) {
    const std::size_t end = done + std::min(kBlock, n - done);
    const double* block = weights == nullptr ? nullptr : weights->block(begin + done, end - done);
    for (std::size_t i = done; i < end; ++i) {
      const std::uint32_t row = row_at[rows.codes[i]];
      const std::uint32_t column = column_at[columns.codes[i]];
      if (block == nullptr)
        batch.cells.add(row, column, 1);
      else
        batch.cells.add_sample(row, column, block[i - done]);
    }
  }
  return batch;
}

}  // namespace

void count_batch(const LabelColumn& y_true, const LabelColumn& y_pred, const Column* weights,
                 bool allow_negative_weights, const TakeBatch& take) {
  const std::size_t n = y_true.size();
  const bool numbers = holds_numbers(y_true) && holds_numbers(y_pred);
  std::size_t begin = 0;
  if (weights == nullptr && (numbers || hold_codes(y_true, y_pred))) {
    while (begin < n) {
      const std::size_t size = std::min(SmallTable::kMost, n - begin);
      std::size_t counted = size;
      if (!numbers)
        counted = count_codes(y_true, y_pred, begin, size, take);
      else if (!count_in_parts(y_true, y_pred, begin, size, take))
        counted = count_numbers(y_true, y_pred, begin, size, take);
      begin += counted;
      if (counted < size) break;
    }
    if (begin > 0 && begin == n) return;
  }
  std::optional<WeightReader> reader;
  if (weights != nullptr) reader.emplace(*weights, allow_negative_weights);
  do {
    const std::size_t size = std::min(kSegment, n - begin);
    take(count_encoded(y_true, y_pred, reader ? &*reader : nullptr, begin, size));
    begin += size;
  } while (begin < n);
}

}  // namespace lstmetrics::metrics
