// Rows of an indicator by what came of them, counted as they are read. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/metrics/code_table.hpp"
#include "lstmetrics/metrics/row_table.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

// A cube of counts while there are few labels, a hash table of the cells met otherwise.
class RowTally {
 public:
  // For `rows` rows in all, at most 2^32 - 1 of them.
  RowTally(std::size_t labels, std::size_t rows, bool weighted);

  // Weights are of a weighted tally.
  void add(const RowCounts* rows, std::size_t n, const double* weights);
  RowTable table() const;

 private:
  std::size_t place(const RowCounts& row) const noexcept {
    return (row.tp * side_ + row.predicted) * side_ + row.actual;
  }
  std::uint32_t code_of(const RowCounts& row);
  RowTable table_of_cube() const;

  std::size_t side_;
  bool weighted_;
  std::vector<std::uint32_t> cube_;  // by place, or empty

  CodeTable codes_;
  std::vector<RowCounts> keys_;  // by code
  std::vector<std::int64_t> counts_;
  std::vector<numeric::ExactSum> weights_;
};

}  // namespace lstmetrics::metrics
