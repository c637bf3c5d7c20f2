// The loss and the rank of tokens, row by row over the threads. Internal to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::metrics {

// What is known of up to kBlock tokens. Tokens left out have been squeezed out by `kept`.
struct TokenBlock {
  std::size_t size = 0;  // tokens kept
  std::array<std::size_t, kBlock> row;
  std::array<std::size_t, kBlock> target;
  std::array<double, kBlock> nll;
  std::array<std::int64_t, kBlock> rank;  // logits that stand before the target's
};

// How much of the rank is needed.
enum class Ranking : std::uint8_t { none, first, full };

class TokenRows {
 public:
  // Errors as TokenLoss::update_logits says.
  TokenRows(const Matrix& logits, const Column& targets, const TokenOptions& options,
            Ranking ranking);

  // Rows [begin, begin + n), n <= kBlock. With Ranking::first a rank is 0 or 1 (or more).
  void read(std::size_t begin, std::size_t n, TokenBlock& block);

 private:
  void keep(std::size_t begin, std::size_t n, TokenBlock& block);
  void measure(TokenBlock& block, std::size_t first, std::size_t last) const;

  const kernels::Table& table_;
  Matrix logits_;
  bool log_probabilities_;
  std::optional<std::int64_t> ignore_index_;
  Ranking ranking_;
  IntegerReader targets_;
  std::optional<IntegerReader> mask_;
};

}  // namespace lstmetrics::metrics
