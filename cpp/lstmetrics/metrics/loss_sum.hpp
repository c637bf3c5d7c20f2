// Exact sums of a loss over samples: log loss, Brier score, or losses computed by the caller.
//
// Log loss follows scikit-learn 1.9: probabilities are clipped to [eps, 1 - eps] of their own
// dtype (float32 or float64; integers count as float64) and are not renormalised; the loss is
// -log(p[true label]) in double. The Brier loss is sum over labels of ([label is true] - p)^2.
// One column of probabilities is P(the greater of two labels).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

enum class Loss : std::uint8_t { user = 0, log_loss = 1, brier = 2 };

struct LossOptions {
  bool allow_negative_weights = false;
};

// What scikit-learn would have warned about.
struct ProbabilityNotes {
  std::int64_t rows_not_summing_to_one = 0;  // |sum - 1| > sqrt(eps of the dtype)
};

class LSTMETRICS_API LossSum {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::loss_sum);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "LossSum";

  LossSum() = default;  // losses of the caller's
  // An empty set of labels means that each batch shows its own. InvalidValue for a single label,
  // or for labels of caller's losses.
  explicit LossSum(Loss loss, LabelSet declared = {});

  // Losses of the caller's. InvalidValue with the index for NaN.
  void update_losses(const Column& losses, const Column* weights = nullptr,
                     const LossOptions& options = {});
  // Probabilities: n x K with the columns in the order of the sorted labels, or n x 1.
  // InvalidValue for NaN or values outside [0, 1] (with row and column), a label that was not
  // declared, fewer than two labels, or another number of labels than of columns; ShapeError for
  // lengths; InvalidType for text.
  ProbabilityNotes update(const LabelColumn& y_true, const Matrix& probabilities,
                          const Column* weights = nullptr, const LossOptions& options = {});
  void merge(const LossSum& other);
  LossSum blank() const;

  Loss loss() const noexcept { return loss_; }
  bool is_declared() const noexcept { return declared_; }
  const LabelSet& labels() const noexcept { return labels_; }  // declared, or seen so far
  const std::vector<WeightedCount>& classes() const noexcept { return classes_; }
  std::int64_t samples() const noexcept { return moments_.total.samples; }

  const LossMoments& result() const noexcept { return moments_; }
  bool operator==(const LossSum& other) const = default;
  void save(Writer& writer) const;
  static LossSum load(Reader& reader, std::uint16_t version);

 private:
  void add(const LabelSet& labels, const std::vector<WeightedCount>& classes,
           const LossMoments& moments);

  Loss loss_ = Loss::user;
  bool declared_ = false;
  LabelSet labels_;
  std::vector<WeightedCount> classes_;  // y_true by label
  LossMoments moments_;
};

}  // namespace lstmetrics::metrics
