#include "border/intervals.hpp"

#include <algorithm>
#include <vector>

#include "border/buffer.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {
namespace {

std::vector<double> values_of(const Column& column) {
  std::vector<double> values;
  values.reserve(column.size);
  metrics::DoubleReader reader(column, "replicates");
  for (std::size_t begin = 0; begin < column.size; begin += metrics::kBlock) {
    const std::size_t n = std::min(metrics::kBlock, column.size - begin);
    const double* block = reader.block(begin, n);
    values.insert(values.end(), block, block + n);
  }
  return values;
}

}  // namespace

double critical_value(double level) {
  return runtime::enter([&] { return metrics::formulas::critical_value(level); });
}

Bounds wilson(double successes, double trials, double level) {
  return runtime::enter([&] { return metrics::formulas::wilson(successes, trials, level); });
}

Bounds normal_bounds(double estimate, double standard_error, double level) {
  return runtime::enter(
      [&] { return metrics::formulas::normal_bounds(estimate, standard_error, level); });
}

PercentileBounds percentile_bounds(PyObject* replicates, double level) {
  const Buffer buffer(replicates, "replicates");
  std::vector<double> values = values_of(buffer.column());
  return runtime::enter(
      [&] { return metrics::formulas::percentile_bounds(std::move(values), level); });
}

}  // namespace lstmetrics::border
