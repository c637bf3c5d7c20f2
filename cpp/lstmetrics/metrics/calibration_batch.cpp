#include "lstmetrics/metrics/calibration_batch.hpp"

#include <bit>

#include "lstmetrics/numeric/double_parts.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr unsigned kUnit = 104;  // sums count in 2^-104
constexpr double kLeastPlain = 0x1p-52;
constexpr std::uint64_t kExponentOfUnit = 1023 + numeric::kMantissaBits - kUnit;

// p / 2^-104 for p in [2^-52, 1].
numeric::uint128 in_units(double p) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(p);
  const std::uint64_t exponent = bits >> numeric::kMantissaBits;
  const std::uint64_t mantissa = (bits & (numeric::kHiddenBit - 1)) | numeric::kHiddenBit;
  return numeric::uint128{mantissa} << (exponent - kExponentOfUnit);
}

// An integer of units as pieces that doubles hold exactly.
void add_units(numeric::ExactSum& to, numeric::uint128 units) {
  constexpr double kPiece = 0x1p-104;
  to.add_multiple(kPiece, static_cast<std::uint64_t>(units));
  to.add_multiple(kPiece * 0x1p64, static_cast<std::uint64_t>(units >> 64));
}

}  // namespace

void PlainTally::add(std::size_t table, const double* p, const std::uint8_t* hits, std::size_t n) {
  const std::size_t first = table * edges_.bins();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = first + edges_.find(p[i]);
    Cell& cell = cells_[at];
    ++cell.total;
    cell.hits += hits[i];
    if (p[i] >= kLeastPlain) [[likely]]
      cell.sum += in_units(p[i]);
    else
      tiny_[at].add(p[i]);
  }
}

void PlainTally::add_to(std::vector<CalibrationBin>& bins) const {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    bins[i].total.add(cells_[i].total);
    bins[i].hits.add(cells_[i].hits);
    add_units(bins[i].probability, cells_[i].sum);
    bins[i].probability.merge(tiny_[i]);
  }
}

void WeightedTally::add(std::size_t table, const double* p, const std::uint8_t* hits,
                        const double* weights, std::size_t n) {
  const std::size_t first = table * edges_.bins();
  for (std::size_t i = 0; i < n; ++i) {
    CalibrationBin& bin = bins_[first + edges_.find(p[i])];
    ++bin.total.samples;
    bin.total.weight.add(weights[i]);
    bin.probability.add(weights[i] * p[i]);
    if (hits[i] == 0) continue;
    ++bin.hits.samples;
    bin.hits.weight.add(weights[i]);
  }
}

void WeightedTally::add_to(std::vector<CalibrationBin>& bins) const { add_bins(bins, bins_); }

void add_bins(std::vector<CalibrationBin>& to, const std::vector<CalibrationBin>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i].total.merge(from[i].total);
    to[i].hits.merge(from[i].hits);
    to[i].probability.merge(from[i].probability);
  }
}

}  // namespace lstmetrics::metrics
