// How often the true label was among the k of the highest scores.
//
// A sample is a row of scores, one per label, and is a hit for k when fewer than k labels stand
// before the true one: those with a greater score, and those with an equal score and a higher
// index, as in scikit-learn's top_k_accuracy_score (TokenLoss prefers the lower index). Scores are
// compared as they are: integers of 64 bits exactly, -0 as 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/top_k_hits.hpp"

namespace lstmetrics::metrics {

struct TopKOptions {
  bool allow_negative_weights = false;
  bool allow_infinite_scores = true;
};

struct TopKTally {
  WeightedCount total;
  bool weighted = false;  // weights were given, in some update
  std::vector<TopKHits> top;
  bool operator==(const TopKTally&) const = default;
};

class LSTMETRICS_API TopKCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::top_k_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "TopKCounts";

  // `labels` are those of the columns; without any, true labels are the numbers of columns.
  // InvalidValue for no k, one below 1 or given twice, and a single label.
  explicit TopKCounts(std::vector<std::int64_t> ks, LabelSet labels = {});

  // Scores n x K, columns in the order of the labels, over the threads of the pool. All or
  // nothing. Errors: ShapeError, InvalidType (dtypes), InvalidValue (NaN
  // scores, and infinite ones unless allowed, with row and column; a label that no column has; a
  // weight that is not finite, or negative), CountOverflow.
  void update(const LabelColumn& y_true, const Matrix& scores, const Column* weights = nullptr,
              const TopKOptions& options = {});
  // One score of the greater of two labels: it stands first when its score is above the threshold.
  void update_decisions(const LabelColumn& y_true, const Column& scores, double threshold,
                        const Column* weights = nullptr, const TopKOptions& options = {});
  void merge(const TopKCounts& other);
  TopKCounts blank() const;

  std::vector<std::int64_t> ks() const { return ks_of(tally_.top); }
  const LabelSet& labels() const noexcept { return labels_; }
  std::int64_t samples() const noexcept { return tally_.total.samples; }

  const TopKTally& result() const noexcept { return tally_; }
  bool operator==(const TopKCounts& other) const = default;
  void save(Writer& writer) const;
  static TopKCounts load(Reader& reader, std::uint16_t version);

 private:
  template <class Ranks>
  void count(const LabelColumn& y_true, std::size_t columns, const Column* weights,
             const TopKOptions& options, Ranks&& ranks);
  void add(const TopKTally& tally);

  LabelSet labels_;
  TopKTally tally_;
};

// Scores of two labels part at 0.5 if all of them lie in [0, 1], else at 0: scikit-learn's rule.
LSTMETRICS_API double decision_threshold(const Column& scores);

}  // namespace lstmetrics::metrics
