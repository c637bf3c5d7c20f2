#include "lstmetrics/metrics/paired_scores.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {
namespace {

bool before(const ScorePair& x, const ScorePair& y) {
  return x.a < y.a || (x.a == y.a && x.b < y.b);
}

bool alike(const ScorePair& x, const ScorePair& y) { return x.a == y.a && x.b == y.b; }

// Scores as doubles, -0 as +0.
class ScoreReader : private DoubleReader {
 public:
  ScoreReader(const Column& column, std::string_view name)
      : DoubleReader(column, name),
        is_wide_(column.dtype == DType::int64 || column.dtype == DType::uint64) {}

  double checked(const double* block, std::size_t begin, std::size_t i) const {
    const double score = block[i];
    if (score != score) throw InvalidValue(place(name_, begin + i) + " is NaN");
    if (is_wide_ && std::fabs(score) >= 0x1p53) {
      throw UnsupportedError(place(name_, begin + i) +
                             " is an integer of 2^53 or more: pass scores as floats");
    }
    return score + 0.0;
  }
  using DoubleReader::block;

 private:
  bool is_wide_;
};

LabelSet zero_and_one() { return LabelSet({LabelKind::integer, {0, 1}, {}}); }

}  // namespace

ScorePairs::ScorePairs(std::vector<ScorePair> pairs) : pairs_(std::move(pairs)) {
  std::ranges::sort(pairs_, before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (kept > 0 && alike(pairs_[kept - 1], pairs_[i])) {
      pairs_[kept - 1].negatives += pairs_[i].negatives;
      pairs_[kept - 1].positives += pairs_[i].positives;
    } else {
      pairs_[kept++] = pairs_[i];
    }
  }
  pairs_.resize(kept);
}

void ScorePairs::absorb(const ScorePairs& other) {
  std::vector<ScorePair> all;
  all.reserve(pairs_.size() + other.pairs_.size());
  auto x = pairs_.cbegin();
  auto y = other.pairs_.cbegin();
  while (x != pairs_.cend() && y != other.pairs_.cend()) {
    if (before(*x, *y)) {
      all.push_back(*x++);
    } else if (before(*y, *x)) {
      all.push_back(*y++);
    } else {
      all.push_back({x->a, x->b, x->negatives + y->negatives, x->positives + y->positives});
      ++x;
      ++y;
    }
  }
  all.insert(all.end(), x, pairs_.cend());
  all.insert(all.end(), y, other.pairs_.cend());
  pairs_ = std::move(all);
}

PairedScores::PairedScores() : labels_(zero_and_one()) {}

PairedScores::PairedScores(LabelSet labels, std::size_t positive)
    : labels_(std::move(labels)), positive_(positive) {
  if (labels_.size() != 2) {
    throw InvalidValue("paired scores are of two labels, got " + labels_.names());
  }
}

void PairedScores::update(const LabelColumn& y_true, const Column& scores_a,
                          const Column& scores_b) {
  check_same_size(
      {{y_true.name, y_true.size()}, {"y_score_a", scores_a.size}, {"y_score_b", scores_b.size}});
  ScoreReader a(scores_a, "y_score_a");
  ScoreReader b(scores_b, "y_score_b");
  Tiers<ScorePairs> delta;
  std::vector<ScorePair> pairs;
  for (std::size_t segment = 0; segment < y_true.size(); segment += kSegment) {
    const std::size_t end = segment + std::min(kSegment, y_true.size() - segment);
    const std::vector<std::uint32_t> codes = encode_among(y_true, labels_, segment, end - segment);
    pairs.clear();
    pairs.reserve(codes.size());
    for (std::size_t begin = segment; begin < end; begin += kBlock) {
      const std::size_t n = std::min(kBlock, end - begin);
      const double* block_a = a.block(begin, n);
      const double* block_b = b.block(begin, n);
      for (std::size_t i = 0; i < n; ++i) {
        const bool positive = codes[begin - segment + i] == positive_;
        pairs.push_back(
            {a.checked(block_a, begin, i), b.checked(block_b, begin, i), !positive, positive});
      }
    }
    delta.push(ScorePairs(pairs));
  }
  samples_ = checked_add(samples_, static_cast<std::int64_t>(y_true.size()));
  tiers_.push(delta.total());
}

void PairedScores::merge(const PairedScores& other) {
  check_merge(kName, {labels_, true}, {other.labels_, true});
  if (positive_ != other.positive_) {
    throw MergeError("PairedScores of the positive label " + labels_.name(positive_) +
                     " cannot be merged with one of " + labels_.name(other.positive_));
  }
  samples_ = checked_add(samples_, other.samples_);
  tiers_.push_all(other.tiers_);
}

void PairedScores::save(Writer& writer) const {
  labels_.save(writer);
  writer.u8(static_cast<std::uint8_t>(positive_));
  const ScorePairs all = result();
  writer.u64(all.size());
  for (const ScorePair& pair : all.pairs()) {
    writer.f64(pair.a);
    writer.f64(pair.b);
    writer.i64(pair.negatives);
    writer.i64(pair.positives);
  }
}

PairedScores PairedScores::load(Reader& reader, std::uint16_t) {
  PairedScores state;
  state.labels_ = LabelSet::load(reader);
  state.positive_ = reader.u8();
  if (state.labels_.size() != 2 || state.positive_ > 1) {
    throw FormatError("PairedScores: not two labels, or a positive one beyond them");
  }
  constexpr std::size_t kPairBytes = 32;
  std::vector<ScorePair> pairs(reader.count(kPairBytes));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    ScorePair& pair = pairs[i];
    pair = {reader.f64(), reader.f64(), reader.i64(), reader.i64()};
    // NaN is not before anything, and nothing is before NaN.
    const bool is_number = pair.a == pair.a && pair.b == pair.b;
    const bool is_canonical =
        !(pair.a == 0 && std::signbit(pair.a)) && !(pair.b == 0 && std::signbit(pair.b));
    const bool in_order = i == 0 || before(pairs[i - 1], pair);
    std::int64_t count = 0;
    if (!is_number || !is_canonical || !in_order || pair.negatives < 0 || pair.positives < 0 ||
        __builtin_add_overflow(pair.negatives, pair.positives, &count) || count == 0 ||
        __builtin_add_overflow(state.samples_, count, &state.samples_)) {
      throw FormatError("PairedScores: pair " + std::to_string(i) +
                        " is out of order, no pair of scores, or empty");
    }
  }
  state.tiers_.push(ScorePairs(std::move(pairs)));
  return state;
}

}  // namespace lstmetrics::metrics
