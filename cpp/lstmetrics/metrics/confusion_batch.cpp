#include "lstmetrics/metrics/confusion_batch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/small_table.hpp"

namespace lstmetrics::metrics {
namespace {

// Hands over counts of the first samples from `begin` on, and tells of how many: all n, unless
// labels spread too far.
std::size_t count_numbers(const LabelColumn& y_true, const LabelColumn& y_pred, std::size_t begin,
                          std::size_t n, const TakeBatch& take) {
  NumberLabels rows(y_true);
  NumberLabels columns(y_pred);
  SmallTable table(n);
  std::size_t done = 0;
  while (done < n) {
    const std::size_t size = std::min(kBlock, n - done);
    const std::int64_t* block = rows.block(begin + done, size);
    if (!table.count(block, columns.block(begin + done, size), size)) break;
    done += size;
  }
  if (done > 0) take(table.take());
  return done;
}

std::vector<std::uint32_t> positions(const LabelSet& set, const LabelList& labels) {
  std::vector<std::uint32_t> found(labels.size());
  const std::vector<std::ptrdiff_t> selected = set.select(labels);
  std::ranges::transform(selected, found.begin(),
                         [](std::ptrdiff_t at) { return static_cast<std::uint32_t>(at); });
  return found;
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
  std::size_t begin = 0;
  if (weights == nullptr && holds_numbers(y_true) && holds_numbers(y_pred)) {
    while (begin < n) {
      const std::size_t size = std::min(SmallTable::kMost, n - begin);
      const std::size_t counted = count_numbers(y_true, y_pred, begin, size, take);
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
