#include "lstmetrics/metrics/formulas/temperature.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

constexpr int kSteps = 64;

struct Samples {
  std::vector<double> gaps;  // logits less the largest of their row
  std::vector<double> target_gaps;
  std::size_t classes;
};

Samples checked(std::span<const double> logits, std::size_t classes,
                std::span<const std::int64_t> targets) {
  if (classes < 2 || logits.size() != classes * targets.size()) {
    throw ShapeError("logits and targets must have as many rows, and logits two columns or more");
  }
  if (targets.empty()) throw InvalidValue("a temperature cannot be fitted to no samples");
  Samples samples{{logits.begin(), logits.end()}, {}, classes};
  samples.target_gaps.reserve(targets.size());
  for (std::size_t row = 0; row < targets.size(); ++row) {
    double* const gaps = samples.gaps.data() + row * classes;
    const auto target = static_cast<std::uint64_t>(targets[row]);
    if (target >= classes) {
      throw InvalidValue("targets: " + std::to_string(targets[row]) + " at row " +
                         std::to_string(row) + " is none of " + std::to_string(classes) +
                         " classes");
    }
    const auto* const wrong =
        std::find_if(gaps, gaps + classes, [](double z) { return !std::isfinite(z); });
    if (wrong != gaps + classes) {
      throw InvalidValue("logits must be finite, got " + std::to_string(*wrong) + " at row " +
                         std::to_string(row) + ", column " + std::to_string(wrong - gaps));
    }
    const double largest = *std::max_element(gaps, gaps + classes);
    for (std::size_t i = 0; i < classes; ++i) gaps[i] -= largest;
    samples.target_gaps.push_back(gaps[target]);
  }
  return samples;
}

// Whether the loss falls as 1 / T grows: the targets' logits lie above what is expected of them.
bool falls(const Samples& samples, double inverse, const kernels::Table& table) {
  numeric::ExactSum slope;
  std::vector<double> powers(samples.classes);
  for (std::size_t row = 0; row < samples.target_gaps.size(); ++row) {
    const double* const gaps = samples.gaps.data() + row * samples.classes;
    for (std::size_t i = 0; i < samples.classes; ++i) powers[i] = inverse * gaps[i];
    table.exp_f64(powers.data(), powers.data(), samples.classes);
    double total = 0.0;
    double moment = 0.0;
    for (std::size_t i = 0; i < samples.classes; ++i) {
      total += powers[i];
      moment += powers[i] * gaps[i];
    }
    slope.add(samples.target_gaps[row] - moment / total);
  }
  return slope.value() > 0;
}

}  // namespace

double fit_temperature(std::span<const double> logits, std::size_t classes,
                       std::span<const std::int64_t> targets) {
  const Samples samples = checked(logits, classes, targets);
  const kernels::Table& table = kernels::table();
  double low = kLeastInverseTemperature;
  double high = kMostInverseTemperature;
  if (!falls(samples, low, table)) return 1 / low;
  if (falls(samples, high, table)) return 1 / high;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (falls(samples, middle, table) ? low : high) = middle;
  }
  return 1 / low;
}

}  // namespace lstmetrics::metrics::formulas
