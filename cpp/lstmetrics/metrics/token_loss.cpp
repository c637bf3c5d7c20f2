#include "lstmetrics/metrics/token_loss.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/token_rows.hpp"

namespace lstmetrics::metrics {
namespace {

TokenSums blank_sums(const TokenSums& like) {
  TokenSums sums;
  sums.top = no_hits(ks_of(like.top));
  return sums;
}

void merge_sums(TokenSums& to, const TokenSums& from) {
  to.characters = checked_add(to.characters, from.characters);
  to.bytes = checked_add(to.bytes, from.bytes);
  to.nll.merge(from.nll);
  to.judged.merge(from.judged);
  to.correct.merge(from.correct);
  to.ranked.merge(from.ranked);
  merge_hits(to.top, from.top);
}

void set_text_lengths(TokenSums& sums, std::int64_t characters, std::int64_t bytes) {
  if (characters < 0 || bytes < 0) {
    throw InvalidValue("characters and bytes must not be negative, got " +
                       std::to_string(characters) + " and " + std::to_string(bytes));
  }
  sums.characters = characters;
  sums.bytes = bytes;
}

void check_weights(std::string_view name, std::size_t size, const Column* weights) {
  if (weights != nullptr) check_same_size({{name, size}, {"sample_weight", weights->size}});
}

// Up to kBlock tokens of update_nll, without those left out.
struct NllBlock {
  std::size_t size = 0;
  std::array<double, kBlock> nll;
  std::array<double, kBlock> weights;
  std::array<std::uint8_t, kBlock> correct;
};

}  // namespace

TokenLoss::TokenLoss(std::vector<std::int64_t> top_k) { sums_.top = no_hits(std::move(top_k)); }

TokenLoss TokenLoss::blank() const { return TokenLoss(top_k()); }

void TokenLoss::update_logits(const Matrix& logits, const Column& targets,
                              const TokenOptions& options) {
  check_weights("logits", logits.rows, options.weights);
  TokenRows rows(logits, targets, options, sums_.top.empty() ? Ranking::first : Ranking::full);
  std::optional<WeightReader> reader;
  if (options.weights != nullptr) reader.emplace(*options.weights, false);

  TokenSums delta = blank_sums(sums_);
  delta.nll.weighted = options.weights != nullptr;
  set_text_lengths(delta, options.characters, options.bytes);
  const auto block = std::make_unique_for_overwrite<TokenBlock>();
  std::array<double, kBlock> kept_weights;
  for (std::size_t begin = 0; begin < logits.rows; begin += kBlock) {
    const std::size_t n = std::min(kBlock, logits.rows - begin);
    rows.read(begin, n, *block);
    const double* weights = nullptr;
    if (reader) {
      const double* all = reader->block(begin, n);
      for (std::size_t i = 0; i < block->size; ++i) kept_weights[i] = all[block->row[i] - begin];
      weights = kept_weights.data();
    }
    const auto& rank = block->rank;
    delta.nll.add(block->nll.data(), weights, block->size);
    add_hits(delta.correct, weights, block->size, [&](std::size_t i) { return rank[i] == 0; });
    for (TopKHits& top : delta.top) {
      add_hits(top.hits, weights, block->size, [&](std::size_t i) { return rank[i] < top.k; });
    }
  }
  delta.judged = delta.nll.total;
  delta.ranked = delta.nll.total;
  add(delta);
}

void TokenLoss::update_nll(const Column& nll, const NllOptions& options) {
  DoubleReader losses(nll, "nll");
  std::optional<WeightReader> weights;
  std::optional<IntegerReader> mask;
  std::optional<IntegerReader> correct;
  check_weights("nll", nll.size, options.weights);
  if (options.weights != nullptr) weights.emplace(*options.weights, false);
  const auto read = [&](std::optional<IntegerReader>& reader, const Column* column,
                        std::string_view name) {
    if (column == nullptr) return;
    check_same_size({{"nll", nll.size}, {name, column->size}});
    reader.emplace(*column, name);
  };
  read(mask, options.mask, "mask");
  read(correct, options.correct, "correct");

  TokenSums delta = blank_sums(sums_);
  delta.nll.weighted = options.weights != nullptr;
  set_text_lengths(delta, options.characters, options.bytes);
  const auto block = std::make_unique_for_overwrite<NllBlock>();
  for (std::size_t begin = 0; begin < nll.size; begin += kBlock) {
    const std::size_t n = std::min(kBlock, nll.size - begin);
    const double* loss = losses.block(begin, n);
    const double* weight = weights ? weights->block(begin, n) : nullptr;
    const std::int64_t* kept = mask ? mask->block(begin, n) : nullptr;
    const std::int64_t* right = correct ? correct->block(begin, n) : nullptr;
    block->size = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (kept != nullptr && kept[i] == 0) continue;
      if (loss[i] != loss[i]) throw InvalidValue(place("nll", begin + i) + " is NaN");
      block->nll[block->size] = loss[i];
      if (weight != nullptr) block->weights[block->size] = weight[i];
      block->correct[block->size] = right != nullptr && right[i] != 0 ? 1 : 0;
      ++block->size;
    }
    const double* kept_weights = weight != nullptr ? block->weights.data() : nullptr;
    delta.nll.add(block->nll.data(), kept_weights, block->size);
    if (right == nullptr) continue;
    add_hits(delta.correct, kept_weights, block->size,
             [&](std::size_t i) { return block->correct[i] != 0; });
  }
  if (correct) delta.judged = delta.nll.total;
  add(delta);
}

// Everything is worked out on a copy, so that an overflow of any count changes nothing.
void TokenLoss::add(const TokenSums& sums) {
  TokenSums merged = sums_;
  merge_sums(merged, sums);
  sums_ = std::move(merged);
}

void TokenLoss::merge(const TokenLoss& other) {
  if (top_k() != other.top_k()) {
    throw MergeError("TokenLoss states with different k of top-k accuracy cannot be merged");
  }
  add(other.sums_);
}

void TokenLoss::save(Writer& writer) const {
  sums_.nll.save(writer);
  sums_.judged.save(writer);
  sums_.correct.save(writer);
  sums_.ranked.save(writer);
  writer.i64(sums_.characters);
  writer.i64(sums_.bytes);
  save_hits(writer, sums_.top);
}

TokenLoss TokenLoss::load(Reader& reader, std::uint16_t) {
  TokenLoss state;
  TokenSums& sums = state.sums_;
  sums.nll = LossMoments::load(reader);
  sums.judged = WeightedCount::load(reader);
  sums.correct = WeightedCount::load(reader);
  sums.ranked = WeightedCount::load(reader);
  sums.characters = reader.i64();
  sums.bytes = reader.i64();
  const bool consistent =
      sums.characters >= 0 && sums.bytes >= 0 && sums.judged.samples <= sums.nll.total.samples &&
      sums.correct.samples <= sums.judged.samples && sums.ranked.samples <= sums.judged.samples;
  if (!consistent) throw FormatError("TokenLoss: counts that contradict each other");
  sums.top = load_hits(reader, sums.ranked.samples);
  return state;
}

}  // namespace lstmetrics::metrics
