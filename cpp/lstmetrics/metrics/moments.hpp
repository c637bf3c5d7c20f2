// Exact first and second moments of weighted losses, and exact weighted counts: the parts that
// loss states are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

// Samples, and the exact sum of their weights (1 where none was given).
struct LSTMETRICS_API WeightedCount {
  std::int64_t samples = 0;
  numeric::ExactSum weight;

  void add(std::int64_t unweighted);  // so many samples of weight 1
  void merge(const WeightedCount& other);
  bool operator==(const WeightedCount& other) const = default;
  void save(Writer& writer) const;
  static WeightedCount load(Reader& reader);  // FormatError for a negative count
};

// CountOverflow when a + b does not fit.
LSTMETRICS_API std::int64_t checked_add(std::int64_t a, std::int64_t b);

// Each term is rounded once: t = fl(w * loss), then fl(t * t), fl(w * w), fl(w * t). A weight of
// zero makes every term zero, even of an infinite loss.
struct LSTMETRICS_API LossMoments {
  WeightedCount total;
  bool weighted = false;             // weights were given, in some update
  numeric::ExactSum loss;            // sum of w * loss
  numeric::ExactSum loss_squared;    // sum of (w * loss)^2
  numeric::ExactSum weight_squared;  // sum of w^2
  numeric::ExactSum weight_loss;     // sum of w * (w * loss)

  // n <= kBlock; `weights` may be null: all 1.
  void add(const double* losses, const double* weights, std::size_t n);
  void merge(const LossMoments& other);
  bool operator==(const LossMoments& other) const = default;
  void save(Writer& writer) const;
  static LossMoments load(Reader& reader);

 private:
  void add_terms(const double* losses, std::size_t n);
  void add_terms(const double* losses, const double* weights, std::size_t n);
};

}  // namespace lstmetrics::metrics
