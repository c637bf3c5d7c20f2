// How often predictions of each size came true: all that calibration errors need.
//
// A sample is a probability and whether it came true: of the greater of two labels; of the label
// with the largest one; or, of each label, in bins of its own. A bin holds samples, those that
// came true, and the exact sum of w * p, each term rounded once. Edges, labels and what is judged
// are parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/calibration_edges.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

enum class Judged : std::uint8_t {
  greater_label = 0,  // one column: probabilities of the greater of two labels
  top_label = 1,      // the largest of each row; of equal ones that of the least label
  each_label = 2,     // each column by itself
};

struct CalibrationBin {
  WeightedCount total;
  WeightedCount hits;             // those that came true
  numeric::ExactSum probability;  // sum of w * p
  bool operator==(const CalibrationBin&) const = default;
};

class LSTMETRICS_API CalibrationBins {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::calibration_bins);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "CalibrationBins";

  // InvalidValue for edges as BinEdges says, and unless there are two labels (greater_label) or
  // two and more.
  CalibrationBins(std::vector<double> edges, LabelSet labels, Judged judged);

  // Probabilities n x 1 (greater_label), or n x K with the columns in the order of the labels.
  // Returns how many rows do not sum to one: |sum - 1| > sqrt(eps of the dtype). All or nothing,
  // over the threads of the pool. Errors: ShapeError, InvalidType (dtypes),
  // InvalidValue (NaN or a probability outside [0, 1], with row and column; a label that was not
  // declared; a weight that is negative or not finite), CountOverflow.
  std::int64_t update(const LabelColumn& y_true, const Matrix& probabilities,
                      const Column* weights = nullptr);
  void merge(const CalibrationBins& other);
  CalibrationBins blank() const;

  const BinEdges& edges() const noexcept { return edges_; }
  const LabelSet& labels() const noexcept { return labels_; }
  Judged judged() const noexcept { return judged_; }
  bool is_weighted() const noexcept { return weighted_; }
  std::int64_t samples() const noexcept { return samples_; }
  // How many sets of bins there are: one, or one per label.
  std::size_t tables() const noexcept { return judged_ == Judged::each_label ? labels_.size() : 1; }

  // Set by set, in the order of the labels.
  const std::vector<CalibrationBin>& result() const noexcept { return bins_; }
  const CalibrationBin* table(std::size_t i) const noexcept {
    return bins_.data() + i * edges_.bins();
  }
  bool operator==(const CalibrationBins& other) const = default;
  void save(Writer& writer) const;
  static CalibrationBins load(Reader& reader, std::uint16_t version);

 private:
  void check_shape(const LabelColumn& y_true, const Matrix& probabilities,
                   const Column* weights) const;

  BinEdges edges_;
  LabelSet labels_;
  Judged judged_;
  bool weighted_ = false;  // weights were given, in some update
  std::int64_t samples_ = 0;
  std::vector<CalibrationBin> bins_;
};

}  // namespace lstmetrics::metrics
