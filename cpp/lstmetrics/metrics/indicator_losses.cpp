#include "lstmetrics/metrics/indicator_losses.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/indicator_rows.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/probability_rows.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kItems = std::size_t{1} << 14;  // of a block: in the L1 cache

void check(const Matrix& y_true, const Matrix& probabilities, const ProbabilityRows& rows,
           const Column* weights) {
  check_same_size({{"y_prob", probabilities.rows}, {"y_true", y_true.rows}});
  if (weights != nullptr) {
    check_same_size({{"y_prob", probabilities.rows}, {"sample_weight", weights->size}});
  }
  check_numbers(y_true.dtype, "y_true");
  if (y_true.columns != rows.classes()) {
    throw InvalidValue("y_true and y_prob contain different number of classes: " +
                       std::to_string(y_true.columns) + " vs " + std::to_string(rows.classes()));
  }
}

void add_samples(const std::uint8_t* truth, const double* weights, std::size_t n,
                 std::vector<WeightedCount>& labels) {
  for (std::size_t i = 0; i < n; ++i) {
    for (WeightedCount& label : labels) {
      if (*truth++ == 0) continue;
      ++label.samples;
      if (weights != nullptr) label.weight.add(weights[i]);
    }
  }
}

}  // namespace

ProbabilityNotes IndicatorLosses::update(const Matrix& y_true, const Matrix& probabilities,
                                         const Column* weights, const LossOptions& options) {
  const ProbabilityRows rows(probabilities);
  check(y_true, probabilities, rows, weights);
  const std::size_t block =
      std::clamp<std::size_t>(kItems / std::max<std::size_t>(1, y_true.columns), 1, kBlock);
  std::optional<WeightReader> weight_reader;
  if (weights != nullptr) weight_reader.emplace(*weights, options.allow_negative_weights);
  std::vector<std::uint8_t> truth(std::min(block, y_true.rows) * y_true.columns);
  std::array<double, kBlock> losses;
  LossMoments moments;
  moments.weighted = weights != nullptr;
  std::vector<WeightedCount> labels(y_true.columns);
  ProbabilityNotes notes;
  for (std::size_t begin = 0; begin < y_true.rows; begin += block) {
    const std::size_t n = std::min(block, y_true.rows - begin);
    read_indicator(y_true, "y_true", begin, n, truth.data());
    const double* w = weight_reader ? weight_reader->block(begin, n) : nullptr;
    notes.rows_not_summing_to_one +=
        loss_ == Loss::log_loss
            ? rows.indicator_log_losses(begin, n, truth.data(), losses.data())
            : rows.indicator_brier_losses(begin, n, truth.data(), losses.data());
    moments.add(losses.data(), w, n);
    add_samples(truth.data(), w, n, labels);
  }
  for (WeightedCount& label : labels) {
    if (weights == nullptr) label.add(std::exchange(label.samples, 0));
  }
  moments_.merge(moments);
  labels_.resize(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels_[i].merge(labels[i]);
  return notes;
}

}  // namespace lstmetrics::metrics
