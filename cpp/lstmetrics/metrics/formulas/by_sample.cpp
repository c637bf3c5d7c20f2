#include "lstmetrics/metrics/formulas/by_sample.hpp"

#include <algorithm>
#include <optional>

#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

template <class Number, class Weight>
void write(const Matrix& y_true, const Matrix& y_pred, Number* out, Weight&& weights) {
  for_each_row_counts(y_true, y_pred, [&](std::size_t begin, std::size_t n, const RowCounts* rows) {
    const auto weight = weights(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto& [tp, predicted, actual] = rows[i];
      const auto tn = static_cast<std::int64_t>(y_true.columns) + tp - predicted - actual;
      for (const std::int64_t count :
           {tn, std::int64_t{predicted} - tp, std::int64_t{actual} - tp, std::int64_t{tp}}) {
        *out++ = weight(i) * static_cast<Number>(count);
      }
    }
  });
}

}  // namespace

void one_against_rest_by_sample(const Matrix& y_true, const Matrix& y_pred, const Column* weights,
                                double* out) {
  std::optional<WeightReader> reader;
  if (weights != nullptr) {
    check_same_size({{"y_true", y_true.rows}, {"sample_weight", weights->size}});
    reader.emplace(*weights, true);
  }
  write(y_true, y_pred, out, [&](std::size_t begin, std::size_t n) {
    const double* block = reader ? reader->block(begin, n) : nullptr;
    return [block](std::size_t i) { return block == nullptr ? 1.0 : block[i]; };
  });
}

void one_against_rest_by_sample(const Matrix& y_true, const Matrix& y_pred, std::int64_t* out) {
  write(y_true, y_pred, out,
        [](std::size_t, std::size_t) { return [](std::size_t) { return std::int64_t{1}; }; });
}

}  // namespace lstmetrics::metrics::formulas
