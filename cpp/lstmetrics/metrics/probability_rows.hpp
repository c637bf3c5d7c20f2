// Losses of rows of predicted probabilities, checked as they are read. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::metrics {

enum class TwoClassLoss : std::uint8_t { log_loss, brier };

// n x K, or n x 1 for P(label 1) of two. InvalidType for text.
class ProbabilityRows {
 public:
  explicit ProbabilityRows(const Matrix& probabilities);

  std::size_t classes() const noexcept { return matrix_.columns == 1 ? 2 : matrix_.columns; }

  // Rows [begin, begin + n), n <= kBlock, whose true labels have the positions `codes`. Returns how
  // many rows do not sum to one. InvalidValue with row and column for NaN or values outside [0, 1].
  std::int64_t log_losses(std::size_t begin, std::size_t n, const std::uint32_t* codes,
                          double* losses) const;
  std::int64_t brier_losses(std::size_t begin, std::size_t n, const std::uint32_t* codes,
                            double* losses) const;

  // The same of the only column, from labels that are one of two. Returns how many are the positive
  // one, and nothing when there is another label; then the losses have no meaning.
  std::optional<std::size_t> two_class_losses(std::size_t begin, std::size_t n, TwoClassLoss loss,
                                              const std::int64_t* labels, std::int64_t negative,
                                              std::int64_t positive, double* losses) const;

  // The same where row i has label k if truth[i * classes() + k] is 1: a log loss is the sum over
  // the labels it has, a Brier loss over all of them, both from left to right.
  std::int64_t indicator_log_losses(std::size_t begin, std::size_t n, const std::uint8_t* truth,
                                    double* losses) const;
  std::int64_t indicator_brier_losses(std::size_t begin, std::size_t n, const std::uint8_t* truth,
                                      double* losses) const;

  // The largest probability of each row and its column, the lowest of equal ones.
  std::int64_t largest(std::size_t begin, std::size_t n, double* probabilities,
                       std::uint32_t* columns) const;
  // Probabilities of one column; of the others nothing is said.
  void column(std::size_t begin, std::size_t n, std::size_t column, double* probabilities) const;
  // Only counts the rows that do not sum to one, and refuses.
  std::int64_t check(std::size_t begin, std::size_t n) const;

 private:
  Matrix matrix_;
  const kernels::Table& table_;
};

}  // namespace lstmetrics::metrics
