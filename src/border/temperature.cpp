#include "border/temperature.hpp"

#include <cstdint>
#include <span>

#include "border/buffer.hpp"
#include "border/gil.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/temperature.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

double fit_temperature(PyObject* logits, PyObject* targets) {
  const Buffer table(logits, "logits");
  const Buffer truth(targets, "targets");
  if (!table.is_contiguous() || !truth.is_contiguous() || table.dtype() != DType::float64 ||
      truth.dtype() != DType::int64) {
    throw InvalidType("fit_temperature: expected contiguous arrays of float64 and int64");
  }
  const Matrix matrix = table.matrix();
  const std::span<const double> values(reinterpret_cast<const double*>(matrix.data), table.items());
  const std::span<const std::int64_t> classes(static_cast<const std::int64_t*>(truth.data()),
                                              truth.items());
  double temperature = 0.0;
  unlocked(table.items(), [&] {
    temperature = runtime::enter(
        [&] { return metrics::formulas::fit_temperature(values, matrix.columns, classes); });
  });
  return temperature;
}

}  // namespace lstmetrics::border
