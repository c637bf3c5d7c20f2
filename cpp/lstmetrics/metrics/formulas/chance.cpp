#include "lstmetrics/metrics/formulas/chance.hpp"

#include <cmath>
#include <cstdint>

#include "lstmetrics/metrics/marginals.hpp"
#include "lstmetrics/numeric/normal.hpp"

namespace lstmetrics::metrics::formulas {

TestResult chance_test(const ConfusionCounts& state) {
  const Marginals marginals = state.result();
  if (marginals.samples < 2) return {};
  const auto n = static_cast<double>(marginals.samples);
  double right = 0.0;
  double agreement = 0.0;
  double spread = 0.0;
  for (const LabelCounts& label : marginals.counts) {
    if (label.actual == marginals.samples || label.predicted == marginals.samples) return {};
    const double actual = static_cast<double>(label.actual) / n;
    const double predicted = static_cast<double>(label.predicted) / n;
    right += static_cast<double>(label.tp) / n;
    agreement += actual * predicted;
    spread += actual * predicted * (actual + predicted);
  }
  const double variance = agreement * (1 + agreement) - spread;
  if (!(variance > 0)) return {};
  const double z = (right - agreement) * std::sqrt(n - 1) / std::sqrt(variance);
  return {z, numeric::two_sided_p(z)};
}

}  // namespace lstmetrics::metrics::formulas
