// Sorts a batch of probabilities into bins. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/metrics/calibration_bins.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::metrics {

// Bins of samples without weights. Probabilities of 2^-52 and more are whole multiples of 2^-104
// and add up as integers; the few below go to an exact sum at once.
class PlainTally {
 public:
  // So many samples fit, for 2^104 times as many is less than 2^128.
  static constexpr std::size_t kMost = std::size_t{1} << 23;

  PlainTally(const BinEdges& edges, std::size_t tables)
      : edges_(edges), cells_(edges.bins() * tables), tiny_(cells_.size()) {}

  void add(std::size_t table, const double* p, const std::uint8_t* hits, std::size_t n);
  void add_to(std::vector<CalibrationBin>& bins) const;

 private:
  struct Cell {
    numeric::uint128 sum = 0;
    std::uint32_t total = 0;
    std::uint32_t hits = 0;
  };

  const BinEdges& edges_;
  std::vector<Cell> cells_;
  std::vector<numeric::ExactSum> tiny_;
};

class WeightedTally {
 public:
  WeightedTally(const BinEdges& edges, std::size_t tables)
      : edges_(edges), bins_(edges.bins() * tables) {}

  void add(std::size_t table, const double* p, const std::uint8_t* hits, const double* weights,
           std::size_t n);
  void add_to(std::vector<CalibrationBin>& bins) const;

 private:
  const BinEdges& edges_;
  std::vector<CalibrationBin> bins_;
};

void add_bins(std::vector<CalibrationBin>& to, const std::vector<CalibrationBin>& from);

}  // namespace lstmetrics::metrics
