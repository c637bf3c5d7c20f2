// Two models on the same samples: how often each true label met each pair of predictions.
//
// Memory goes by the triples (true label, prediction of A, prediction of B) that occur, at most
// K^3 of K labels: not by samples.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/triples.hpp"

namespace lstmetrics::metrics {

// Samples by which of the two models is right.
struct PairedTable {
  std::int64_t both = 0;
  std::int64_t only_a = 0;
  std::int64_t only_b = 0;
  std::int64_t neither = 0;
};

enum class Model : std::uint8_t { a, b };

class LSTMETRICS_API PairedOutcomes {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::paired_outcomes);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "PairedOutcomes";

  PairedOutcomes() = default;                  // labels are discovered
  explicit PairedOutcomes(LabelSet declared);  // InvalidValue when there are none

  // All or nothing. Errors as those of ConfusionCounts.
  void update(const LabelColumn& y_true, const LabelColumn& a, const LabelColumn& b);
  void merge(const PairedOutcomes& other);
  PairedOutcomes blank() const;

  const LabelSet& labels() const noexcept { return labels_; }
  bool is_declared() const noexcept { return declared_; }
  std::int64_t samples() const noexcept { return samples_; }

  PairedTable result() const;
  // What ConfusionCounts would hold that had seen the predictions of one model alone.
  ConfusionCounts confusion(Model model) const;
  // Replicates for a bootstrap: a sample is drawn with both its predictions.
  std::function<PairedOutcomes(const Draws&)> replicator() const;

  bool operator==(const PairedOutcomes& other) const = default;
  void save(Writer& writer) const;
  static PairedOutcomes load(Reader& reader, std::uint16_t version);

 private:
  void forget_unused_labels();
  // The caller has checked that the labels fit.
  void absorb(const LabelSet& labels, Triples cells, std::int64_t samples);

  bool declared_ = false;
  LabelSet labels_;
  Triples cells_;
  std::int64_t samples_ = 0;
};

}  // namespace lstmetrics::metrics
