#include "lstmetrics/metrics/formulas/calibration.hpp"

#include <algorithm>
#include <cmath>

#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/metrics/formulas/fractions.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using numeric::ExactSum;

// |H - P|, exactly.
ExactSum distance(const CalibrationBin& bin) {
  ExactSum gap = bin.hits.weight;
  detail::subtract(gap, bin.probability);
  if (gap.is_negative()) gap.negate();
  return gap;
}

double error_of(const CalibrationBin* bins, std::size_t count, CalibrationNorm norm) {
  ExactSum sum;
  ExactSum weight;
  double largest = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double w = bins[i].total.weight.value();
    if (w == 0) continue;
    weight.merge(bins[i].total.weight);
    const ExactSum gap = distance(bins[i]);
    largest = std::max(largest, gap.value() / w);
    if (norm == CalibrationNorm::l1) sum.merge(gap);
    if (norm == CalibrationNorm::l2) sum.add(gap.value() * (gap.value() / w));
  }
  if (weight.is_zero()) return detail::kNan;
  if (norm == CalibrationNorm::max) return largest;
  const double mean = sum.value() / weight.value();
  return norm == CalibrationNorm::l2 ? std::sqrt(mean) : mean;
}

}  // namespace

std::vector<ReliabilityPoint> reliability_curve(const CalibrationBins& state, std::size_t table) {
  std::vector<ReliabilityPoint> points;
  for (std::size_t i = 0; i < state.edges().bins(); ++i) {
    const CalibrationBin& bin = state.table(table)[i];
    const double weight = bin.total.weight.value();
    if (weight == 0) continue;
    points.push_back({i, bin.total.samples, weight,
                      detail::fraction(bin.hits, bin.total, state.is_weighted()),
                      bin.probability.value() / weight});
  }
  return points;
}

double calibration_error(const CalibrationBins& state, CalibrationNorm norm) {
  ExactSum sum;
  double largest = 0.0;
  for (std::size_t table = 0; table < state.tables(); ++table) {
    const double error = error_of(state.table(table), state.edges().bins(), norm);
    if (error != error) return error;
    sum.add(error);
    largest = std::max(largest, error);
  }
  if (norm == CalibrationNorm::max) return largest;
  return sum.value() / static_cast<double>(state.tables());
}

}  // namespace lstmetrics::metrics::formulas
