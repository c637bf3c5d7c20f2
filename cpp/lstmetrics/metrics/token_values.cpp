// What each token, or each sequence, has of its own.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/token_loss.hpp"
#include "lstmetrics/metrics/token_rows.hpp"

namespace lstmetrics::metrics {
namespace {

// f(begin, n, block) for every few rows.
template <class F>
void for_each_block(const Matrix& logits, const Column& targets, const TokenOptions& options,
                    Ranking ranking, F&& f) {
  TokenRows rows(logits, targets, options, ranking);
  const auto block = std::make_unique_for_overwrite<TokenBlock>();
  for (std::size_t begin = 0; begin < logits.rows; begin += kBlock) {
    const std::size_t n = std::min(kBlock, logits.rows - begin);
    rows.read(begin, n, *block);
    f(begin, n, *block);
  }
}

std::optional<Column> part_of(const Column* whole, std::size_t begin, std::size_t rows) {
  if (whole == nullptr) return std::nullopt;
  Column part = *whole;
  part.data += static_cast<std::ptrdiff_t>(begin) * part.stride;
  part.size = rows;
  return part;
}

}  // namespace

void token_nll(const Matrix& logits, const Column& targets, const TokenOptions& options,
               double* out) {
  std::optional<WeightReader> weights;
  if (options.weights != nullptr) {
    check_same_size({{"logits", logits.rows}, {"sample_weight", options.weights->size}});
    weights.emplace(*options.weights, false);
  }
  for_each_block(logits, targets, options, Ranking::none,
                 [&](std::size_t begin, std::size_t n, const TokenBlock& block) {
                   std::fill_n(out + begin, n, 0.0);
                   const double* weight = weights ? weights->block(begin, n) : nullptr;
                   for (std::size_t i = 0; i < block.size; ++i) {
                     const double w = weight != nullptr ? weight[block.row[i] - begin] : 1.0;
                     // A weight of zero makes even an infinite loss zero.
                     out[block.row[i]] = w == 0 ? 0.0 : w * block.nll[i];
                   }
                 });
}

void token_hits(const Matrix& logits, const Column& targets, const TokenOptions& options,
                std::int64_t k, std::uint8_t* out) {
  if (k < 1) throw InvalidValue("k must be at least 1, got " + std::to_string(k));
  for_each_block(logits, targets, options, k == 1 ? Ranking::first : Ranking::full,
                 [&](std::size_t begin, std::size_t n, const TokenBlock& block) {
                   std::fill_n(out + begin, n, std::uint8_t{0});
                   for (std::size_t i = 0; i < block.size; ++i) {
                     out[block.row[i]] = block.rank[i] < k ? 1 : 0;
                   }
                 });
}

void for_each_sequence(
    const Matrix& logits, const Column& targets, const TokenOptions& options, std::size_t sequences,
    const std::function<void(const Matrix&, const Column&, const TokenOptions&)>& f) {
  if (sequences == 0 || logits.rows % sequences != 0) {
    throw ShapeError(std::to_string(logits.rows) + " tokens are not " + std::to_string(sequences) +
                     " sequences of equal length");
  }
  const Column* const weights = options.weights;
  check_same_size({{"logits", logits.rows},
                   {"targets", targets.size},
                   {"mask", options.mask != nullptr ? options.mask->size : logits.rows},
                   {"sample_weight", weights != nullptr ? weights->size : logits.rows}});
  Matrix rows = logits;
  rows.rows = logits.rows / sequences;
  for (std::size_t i = 0; i < sequences; ++i) {
    const std::size_t begin = i * rows.rows;
    const std::optional<Column> column = part_of(&targets, begin, rows.rows);
    const std::optional<Column> mask = part_of(options.mask, begin, rows.rows);
    const std::optional<Column> weight = part_of(weights, begin, rows.rows);
    TokenOptions part = options;
    part.mask = mask ? &*mask : nullptr;
    part.weights = weight ? &*weight : nullptr;
    f(rows, *column, part);
    rows.data += static_cast<std::ptrdiff_t>(rows.rows) * rows.row_stride;
  }
}

}  // namespace lstmetrics::metrics
