#include "lstmetrics/metrics/top_k_counts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/top_k_rows.hpp"

namespace lstmetrics::metrics {
namespace {

// More rows at a time than a block has, so that threads have something to do.
constexpr std::size_t kRowsAtOnce = 8 * kBlock;

std::vector<std::uint32_t> column_numbers(const LabelColumn& y_true, std::size_t columns,
                                          std::size_t begin, std::size_t n) {
  if (y_true.dictionary != nullptr || y_true.values.dtype == DType::ucs4) {
    throw InvalidType(std::string(y_true.name) +
                      " must be the numbers of columns, got text: declare labels");
  }
  NumberLabels numbers(y_true);
  std::vector<std::uint32_t> codes(n);
  for (std::size_t done = 0; done < n; done += kBlock) {
    const std::size_t size = std::min(kBlock, n - done);
    const std::int64_t* block = numbers.block(begin + done, size);
    for (std::size_t i = 0; i < size; ++i) {
      if (static_cast<std::uint64_t>(block[i]) >= columns) {
        throw InvalidValue(place(y_true.name, begin + done + i) + " is " +
                           std::to_string(block[i]) + ", but there are columns 0 to " +
                           std::to_string(columns - 1) + " of y_score");
      }
      codes[done + i] = static_cast<std::uint32_t>(block[i]);
    }
  }
  return codes;
}

}  // namespace

TopKCounts::TopKCounts(std::vector<std::int64_t> ks, LabelSet labels) : labels_(std::move(labels)) {
  tally_.top = no_hits(std::move(ks));
  if (tally_.top.empty()) throw InvalidValue("k must be at least one number");
  if (labels_.size() == 1) {
    throw InvalidValue("labels must be two or more, got " + labels_.names());
  }
}

TopKCounts TopKCounts::blank() const { return TopKCounts(ks(), labels_); }

// ranks(begin, codes, out) writes how many labels stand before each of codes.size() true ones.
template <class Ranks>
void TopKCounts::count(const LabelColumn& y_true, std::size_t columns, const Column* weights,
                       const TopKOptions& options, Ranks&& ranks) {
  std::optional<WeightReader> reader;
  if (weights != nullptr) {
    check_same_size({{"y_score", y_true.size()}, {"sample_weight", weights->size}});
    reader.emplace(*weights, options.allow_negative_weights);
  }
  TopKTally tally;
  tally.weighted = weights != nullptr;
  tally.top = no_hits(ks());
  std::vector<std::size_t> found(std::min(kRowsAtOnce, y_true.size()));
  for (std::size_t segment = 0; segment < y_true.size(); segment += kRowsAtOnce) {
    const std::size_t n = std::min(kRowsAtOnce, y_true.size() - segment);
    const std::vector<std::uint32_t> codes = labels_.empty()
                                                 ? column_numbers(y_true, columns, segment, n)
                                                 : encode_among(y_true, labels_, segment, n);
    ranks(segment, codes, found.data());
    for (std::size_t begin = 0; begin < n; begin += kBlock) {
      const std::size_t size = std::min(kBlock, n - begin);
      const std::size_t* rank = found.data() + begin;
      const double* w = reader ? reader->block(segment + begin, size) : nullptr;
      add_hits(tally.total, w, size, [](std::size_t) { return true; });
      for (TopKHits& top : tally.top) {
        const auto k = static_cast<std::uint64_t>(top.k);
        add_hits(top.hits, w, size, [&](std::size_t i) { return rank[i] < k; });
      }
    }
  }
  add(tally);
}

void TopKCounts::update(const LabelColumn& y_true, const Matrix& scores, const Column* weights,
                        const TopKOptions& options) {
  check_same_size({{"y_score", scores.rows}, {y_true.name, y_true.size()}});
  if (scores.columns < 2 || (!labels_.empty() && scores.columns != labels_.size())) {
    throw ShapeError("y_score must have a column for each label" +
                     (labels_.empty() ? ", two or more" : " of " + labels_.names()) + ", got " +
                     std::to_string(scores.columns));
  }
  const ScoreRows rows(scores, options.allow_infinite_scores);
  count(y_true, scores.columns, weights, options,
        [&](std::size_t begin, const std::vector<std::uint32_t>& codes, std::size_t* out) {
          rows.ranks(begin, codes.size(), codes.data(), out);
        });
}

void TopKCounts::update_decisions(const LabelColumn& y_true, const Column& scores, double threshold,
                                  const Column* weights, const TopKOptions& options) {
  check_same_size({{"y_score", scores.size}, {y_true.name, y_true.size()}});
  if (labels_.size() != 2) throw InvalidValue("one score per sample is of two declared labels");
  DoubleReader reader(scores, "y_score");
  count(y_true, 2, weights, options,
        [&](std::size_t begin, const std::vector<std::uint32_t>& codes, std::size_t* out) {
          for (std::size_t done = 0; done < codes.size(); done += kBlock) {
            const std::size_t n = std::min(kBlock, codes.size() - done);
            const double* score = reader.block(begin + done, n);
            for (std::size_t i = 0; i < n; ++i) {
              out[done + i] = (score[i] > threshold) == (codes[done + i] == 1) ? 0 : 1;
            }
          }
        });
}

double decision_threshold(const Column& scores) {
  DoubleReader reader(scores, "y_score");
  bool probabilities = true;
  for (std::size_t begin = 0; begin < scores.size; begin += kBlock) {
    const std::size_t n = std::min(kBlock, scores.size - begin);
    const double* block = reader.block(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      if (!(block[i] - block[i] == 0)) {
        throw InvalidValue(place("y_score", begin + i) + " is " + number_text(block[i]) +
                           ": scores must be finite");
      }
      probabilities = probabilities && block[i] >= 0 && block[i] <= 1;
    }
  }
  return probabilities ? 0.5 : 0.0;
}

// Everything is worked out on a copy, so that an overflow of any count changes nothing.
void TopKCounts::add(const TopKTally& tally) {
  TopKTally merged = tally_;
  merged.total.merge(tally.total);
  merged.weighted = merged.weighted || tally.weighted;
  merge_hits(merged.top, tally.top);
  tally_ = std::move(merged);
}

void TopKCounts::merge(const TopKCounts& other) {
  if (ks() != other.ks() || labels_ != other.labels_) {
    throw MergeError("TopKCounts with different k or labels cannot be merged: " + labels_.names() +
                     " and " + other.labels_.names());
  }
  add(other.tally_);
}

void TopKCounts::save(Writer& writer) const {
  writer.u8(tally_.weighted ? 1 : 0);
  labels_.save(writer);
  tally_.total.save(writer);
  save_hits(writer, tally_.top);
}

TopKCounts TopKCounts::load(Reader& reader, std::uint16_t) {
  const std::uint8_t weighted = reader.u8();
  LabelSet labels = LabelSet::load(reader);
  TopKTally tally;
  tally.weighted = weighted == 1;
  tally.total = WeightedCount::load(reader);
  tally.top = load_hits(reader, tally.total.samples);
  if (weighted > 1 || labels.size() == 1 || tally.top.empty()) {
    throw FormatError("TopKCounts: an unknown flag, a single label, or no k");
  }
  const auto is_plain = [](const WeightedCount& count) {
    WeightedCount plain;
    plain.add(count.samples);
    return count == plain;
  };
  std::int64_t previous = 0;
  for (const TopKHits& top : tally.top) {
    const bool good = top.hits.samples >= previous && (tally.weighted || is_plain(top.hits));
    if (!good) throw FormatError("TopKCounts: hits that contradict each other");
    previous = top.hits.samples;
  }
  if (!tally.weighted && !is_plain(tally.total)) {
    throw FormatError("TopKCounts: weights of a state that has none");
  }
  TopKCounts state(ks_of(tally.top), std::move(labels));
  state.tally_ = std::move(tally);
  return state;
}

}  // namespace lstmetrics::metrics
