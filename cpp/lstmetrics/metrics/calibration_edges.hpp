// The edges of bins of probabilities, and the search among them.
//
// A probability lies in bin i when edges[i] < p <= edges[i + 1]; the first bin also takes all below
// and the last all above, so the outer edges bound nothing. This is how scikit-learn's
// calibration_curve searches, and the bins ((m - 1) / M, m / M] of Guo et al. (2017).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/view.hpp"

namespace lstmetrics::metrics {

// i * (1 / bins), and 1: numpy.linspace(0, 1, bins + 1). InvalidValue for no bins.
LSTMETRICS_API std::vector<double> uniform_edges(std::size_t bins);

// Edges between as many samples each: numpy.percentile(p, 100 * numpy.linspace(0, 1, bins + 1)),
// bit by bit. With v = (n - 1) q, j = floor(v) and t = v - j, an edge is p[j] + (p[j + 1] - p[j]) t
// of the sorted probabilities, the difference in float or double as they are, all else in double;
// for t >= 0.5 it is p[j + 1] - (p[j + 1] - p[j]) (1 - t). InvalidValue for no bins, no samples or
// NaN.
LSTMETRICS_API std::vector<double> quantile_edges(const Column& probabilities, std::size_t bins);
// Of the largest probability of each row.
LSTMETRICS_API std::vector<double> quantile_edges_of_largest(const Matrix& probabilities,
                                                             std::size_t bins);

class LSTMETRICS_API BinEdges {
 public:
  // InvalidValue unless there are two or more, from 0 to 1, in ascending order (equal ones
  // allowed).
  explicit BinEdges(std::vector<double> edges);

  std::size_t bins() const noexcept { return edges_.size() - 1; }
  const std::vector<double>& values() const noexcept { return edges_; }
  bool operator==(const BinEdges& other) const { return edges_ == other.edges_; }

  // The bin of a probability from 0 to 1: how many inner edges lie below it.
  std::size_t find(double p) const noexcept {
    const auto cell = static_cast<std::size_t>(p * kCells);
    std::size_t below = starts_[cell];
    std::size_t last = starts_[cell + 1];
    const double* const inner = edges_.data() + 1;
    while (last - below > kFew) {
      const std::size_t middle = below + (last - below) / 2;
      if (inner[middle] < p)
        below = middle + 1;
      else
        last = middle;
    }
    while (below < last && inner[below] < p) ++below;
    return below;
  }

 private:
  static constexpr std::size_t kCells = 1024;
  static constexpr std::size_t kFew = 8;

  std::vector<double> edges_;
  // starts_[c]: inner edges in cells before c, the cell of x being floor(x * kCells). All of them
  // lie below every probability in c, and all in later cells above.
  std::vector<std::uint32_t> starts_;
};

}  // namespace lstmetrics::metrics
