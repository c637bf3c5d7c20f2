#include "lstmetrics/metrics/equal_labels.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/parts.hpp"

namespace lstmetrics::metrics {

std::optional<EqualLabels> count_equal(const LabelColumn& y_true, const LabelColumn& y_pred) {
  check_same_size({{y_true.name, y_true.size()}, {y_pred.name, y_pred.size()}});
  if (!holds_numbers(y_true) || !holds_numbers(y_pred)) return std::nullopt;
  const kernels::Table& table = kernels::table();
  const std::size_t n = y_true.size();
  std::atomic<std::size_t> equal = 0;
  Parts(n).run([&](std::size_t, std::size_t begin, std::size_t end) {
    NumberLabels rows(y_true);
    NumberLabels columns(y_pred);
    const std::size_t most = std::min(rows.most_at_once(), columns.most_at_once());
    for (; begin < end; begin += most) {
      const std::size_t size = std::min(most, end - begin);
      const std::int64_t* const row = rows.block(begin, size);
      equal += table.count_equal(row, columns.block(begin, size), size);
    }
  });
  return EqualLabels{static_cast<std::int64_t>(equal), static_cast<std::int64_t>(n - equal)};
}

}  // namespace lstmetrics::metrics
