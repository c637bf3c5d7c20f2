// The scores of two models for the same samples of two classes.
//
// Exact: memory goes by the different pairs of scores, 32 bytes each, and so by samples where
// scores hardly repeat. Batches are kept in tiers, which never show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/tiers.hpp"

namespace lstmetrics::metrics {

struct ScorePair {
  double a;
  double b;
  std::int64_t negatives;
  std::int64_t positives;
  bool operator==(const ScorePair&) const = default;
};

// Pairs in order, first by a, each once.
class LSTMETRICS_API ScorePairs {
 public:
  ScorePairs() = default;
  explicit ScorePairs(std::vector<ScorePair> pairs);  // in any order, in any number

  const std::vector<ScorePair>& pairs() const noexcept { return pairs_; }
  std::size_t size() const noexcept { return pairs_.size(); }
  void absorb(const ScorePairs& other);
  bool operator==(const ScorePairs&) const = default;

 private:
  std::vector<ScorePair> pairs_;
};

class LSTMETRICS_API PairedScores {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::paired_scores);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "PairedScores";

  PairedScores();  // labels 0 and 1, the latter being positive
  // InvalidValue unless there are two labels; `positive` is the place of one.
  PairedScores(LabelSet labels, std::size_t positive);

  // All or nothing. Errors: ShapeError (lengths), InvalidType (wrong dtypes), InvalidValue with the
  // index (NaN, a label that is neither), UnsupportedError (integers of 2^53 or more),
  // CountOverflow.
  void update(const LabelColumn& y_true, const Column& scores_a, const Column& scores_b);
  void merge(const PairedScores& other);
  PairedScores blank() const { return PairedScores(labels_, positive_); }

  const LabelSet& labels() const noexcept { return labels_; }
  std::size_t positive() const noexcept { return positive_; }
  std::int64_t samples() const noexcept { return samples_; }

  ScorePairs result() const { return tiers_.total(); }
  bool operator==(const PairedScores& other) const = default;
  void save(Writer& writer) const;
  static PairedScores load(Reader& reader, std::uint16_t version);

 private:
  LabelSet labels_;
  std::size_t positive_ = 1;
  Tiers<ScorePairs> tiers_;
  std::int64_t samples_ = 0;
};

}  // namespace lstmetrics::metrics
