#include "lstmetrics/metrics/moments.hpp"

#include <array>
#include <string>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/columns.hpp"

namespace lstmetrics::metrics {

std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    throw CountOverflow("a count of " + std::to_string(a) + " and " + std::to_string(b) +
                        " more does not fit 64 bits");
  }
  return sum;
}

void WeightedCount::add(std::int64_t unweighted) {
  samples = checked_add(samples, unweighted);
  weight.add_multiple(1.0, static_cast<std::uint64_t>(unweighted));
}

void WeightedCount::merge(const WeightedCount& other) {
  samples = checked_add(samples, other.samples);
  weight.merge(other.weight);
}

void WeightedCount::save(Writer& writer) const {
  writer.i64(samples);
  weight.save(writer);
}

WeightedCount WeightedCount::load(Reader& reader) {
  WeightedCount count;
  count.samples = reader.i64();
  count.weight = numeric::ExactSum::load(reader);
  if (count.samples < 0 || !count.weight.is_finite() ||
      (count.samples == 0 && !count.weight.is_zero())) {
    throw FormatError("a count is negative, or its weight is not a sum of weights");
  }
  return count;
}

void LossMoments::add(const double* losses, const double* weights, std::size_t n) {
  static_assert(kBlock <= kernels::kFixedSumMost);
  kernels::LossMomentSums sums;
  kernels::table().loss_moments(losses, weights, n, &sums);
  if (weights == nullptr) {
    total.add(static_cast<std::int64_t>(n));
    weight_squared.add_multiple(1.0, n);
    if (sums.loss.exact && sums.loss_squared.exact) {
      loss.add(sums.loss);
      weight_loss.add(sums.loss);
      loss_squared.add(sums.loss_squared);
    } else {
      add_terms(losses, n);
    }
    return;
  }
  weighted = true;
  total.samples = checked_add(total.samples, static_cast<std::int64_t>(n));
  if (sums.loss.exact && sums.loss_squared.exact && sums.weight.exact &&
      sums.weight_squared.exact && sums.weight_loss.exact) {
    total.weight.add(sums.weight);
    loss.add(sums.loss);
    loss_squared.add(sums.loss_squared);
    weight_squared.add(sums.weight_squared);
    weight_loss.add(sums.weight_loss);
  } else {
    add_terms(losses, weights, n);
  }
}

// The sums in buckets, for blocks that the kernel cannot add.
void LossMoments::add_terms(const double* losses, std::size_t n) {
  std::array<double, kBlock> squares;
  for (std::size_t i = 0; i < n; ++i) squares[i] = losses[i] * losses[i];
  numeric::ExactSum sum;
  sum.add_all(losses, n);
  loss.merge(sum);
  weight_loss.merge(sum);
  loss_squared.add_all(squares.data(), n);
}

void LossMoments::add_terms(const double* losses, const double* weights, std::size_t n) {
  std::array<double, kBlock> terms;
  std::array<double, kBlock> squares;
  total.weight.add_all(weights, n);
  for (std::size_t i = 0; i < n; ++i) terms[i] = weights[i] != 0 ? weights[i] * losses[i] : 0.0;
  loss.add_all(terms.data(), n);
  for (std::size_t i = 0; i < n; ++i) squares[i] = terms[i] * terms[i];
  loss_squared.add_all(squares.data(), n);
  for (std::size_t i = 0; i < n; ++i) terms[i] = weights[i] != 0 ? weights[i] * terms[i] : 0.0;
  weight_loss.add_all(terms.data(), n);
  for (std::size_t i = 0; i < n; ++i) squares[i] = weights[i] * weights[i];
  weight_squared.add_all(squares.data(), n);
}

void LossMoments::merge(const LossMoments& other) {
  total.merge(other.total);
  weighted = weighted || other.weighted;
  loss.merge(other.loss);
  loss_squared.merge(other.loss_squared);
  weight_squared.merge(other.weight_squared);
  weight_loss.merge(other.weight_loss);
}

void LossMoments::save(Writer& writer) const {
  writer.u8(weighted ? 1 : 0);
  total.save(writer);
  loss.save(writer);
  loss_squared.save(writer);
  weight_squared.save(writer);
  weight_loss.save(writer);
}

LossMoments LossMoments::load(Reader& reader) {
  LossMoments moments;
  const std::uint8_t weighted = reader.u8();
  if (weighted > 1) throw FormatError("a flag is neither 0 nor 1");
  moments.weighted = weighted != 0;
  moments.total = WeightedCount::load(reader);
  moments.loss = numeric::ExactSum::load(reader);
  moments.loss_squared = numeric::ExactSum::load(reader);
  moments.weight_squared = numeric::ExactSum::load(reader);
  moments.weight_loss = numeric::ExactSum::load(reader);
  return moments;
}

}  // namespace lstmetrics::metrics
