#include "lstmetrics/metrics/equal_labels.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {

std::optional<EqualLabels> count_equal(const LabelColumn& y_true, const LabelColumn& y_pred) {
  check_same_size({{y_true.name, y_true.size()}, {y_pred.name, y_pred.size()}});
  if (!holds_numbers(y_true) || !holds_numbers(y_pred)) return std::nullopt;
  constexpr std::size_t kWorthThreads = std::size_t{1} << 20;
  const kernels::Table& table = kernels::table();
  const std::size_t n = y_true.size();
  const auto count = [&](std::size_t begin, std::size_t end) {
    NumberLabels rows(y_true);
    NumberLabels columns(y_pred);
    const std::size_t most = std::min(rows.most_at_once(), columns.most_at_once());
    std::int64_t equal = 0;
    for (; begin < end; begin += most) {
      const std::size_t size = std::min(most, end - begin);
      const std::int64_t* const row = rows.block(begin, size);
      equal += static_cast<std::int64_t>(table.count_equal(row, columns.block(begin, size), size));
    }
    return equal;
  };
  const auto found = [n](std::int64_t equal) {
    return EqualLabels{equal, static_cast<std::int64_t>(n) - equal};
  };
  if (n < kWorthThreads) return found(count(0, n));
  std::vector<std::int64_t> parts(runtime::num_threads());
  const std::size_t part_rows = (n / parts.size() + kLongBlock) / kLongBlock * kLongBlock;
  runtime::parallel_for(parts.size(), [&](std::size_t part) {
    const std::size_t begin = std::min(n, part * part_rows);
    parts[part] = count(begin, std::min(n, begin + part_rows));
  });
  std::int64_t all = 0;
  for (const std::int64_t part : parts) all += part;
  return found(all);
}

}  // namespace lstmetrics::metrics
