// The loss of a language model over tokens, exactly summed.
//
// The loss of a token in nats is (m - logit[target]) + log(s) in double, where m is the largest
// logit of the row and s the sum of exp(logit - m), by the numeric contract; of log-probabilities
// it is -logp[target]. A token is right when its target is the argmax (the lowest index on ties),
// and within the top k when fewer than k logits stand before it (greater, or equal at a lower
// index). Rows that are masked, or whose target is `ignore_index`, are left out altogether.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/metrics/top_k_hits.hpp"

namespace lstmetrics::metrics {

struct TokenOptions {
  bool log_probabilities = false;  // the rows are log-probabilities, not logits
  std::optional<std::int64_t> ignore_index = std::nullopt;
  const Column* mask = nullptr;     // integers or booleans; zero leaves the token out
  const Column* weights = nullptr;  // finite, not negative
  // The text the tokens stand for, for bits per character and per byte.
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
};

struct NllOptions {
  const Column* mask = nullptr;
  const Column* weights = nullptr;
  const Column* correct = nullptr;  // integers or booleans: was the most likely token right
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
};

struct TokenSums {
  LossMoments nll;       // in nats
  WeightedCount judged;  // tokens known to be right or wrong
  WeightedCount correct;
  WeightedCount ranked;       // tokens whose rank is known
  std::vector<TopKHits> top;  // by ascending k
  std::int64_t characters = 0;
  std::int64_t bytes = 0;
  bool operator==(const TokenSums&) const = default;
};

class LSTMETRICS_API TokenLoss {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::token_loss);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "TokenLoss";

  TokenLoss() = default;
  // The ks of top-k accuracy, in any order. InvalidValue below 1 or repeated.
  explicit TokenLoss(std::vector<std::int64_t> top_k);

  // One row of logits and one target per token, over the threads of the pool. Errors: ShapeError,
  // InvalidType, InvalidValue (a target outside [0, columns), a row without a finite largest logit
  // or with NaN, weights; with the row), CountOverflow.
  void update_logits(const Matrix& logits, const Column& targets, const TokenOptions& options = {});
  // Losses computed elsewhere, in nats. InvalidValue with the index for NaN.
  void update_nll(const Column& nll, const NllOptions& options = {});
  void merge(const TokenLoss& other);
  TokenLoss blank() const;

  std::vector<std::int64_t> top_k() const { return ks_of(sums_.top); }
  std::int64_t tokens() const noexcept { return sums_.nll.total.samples; }

  const TokenSums& result() const noexcept { return sums_; }
  bool operator==(const TokenLoss& other) const = default;
  void save(Writer& writer) const;
  static TokenLoss load(Reader& reader, std::uint16_t version);

 private:
  void add(const TokenSums& sums);

  TokenSums sums_;
};

// The loss of each token alone, with the same bits, times its weight where weights are given;
// tokens left out get 0. `out` holds one double per row. Text lengths are not used.
LSTMETRICS_API void token_nll(const Matrix& logits, const Column& targets,
                              const TokenOptions& options, double* out);
// 1 for each token within the top k, else 0, also for tokens left out. InvalidValue for k below 1.
LSTMETRICS_API void token_hits(const Matrix& logits, const Column& targets,
                               const TokenOptions& options, std::int64_t k, std::uint8_t* out);

// f(logits, targets, options) for each of `sequences` parts of as many rows each, in order, with
// mask and weights of the part. ShapeError unless they divide the rows.
LSTMETRICS_API void for_each_sequence(
    const Matrix& logits, const Column& targets, const TokenOptions& options, std::size_t sequences,
    const std::function<void(const Matrix&, const Column&, const TokenOptions&)>& f);

}  // namespace lstmetrics::metrics
