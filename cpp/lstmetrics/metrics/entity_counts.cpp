#include "lstmetrics/metrics/entity_counts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/entity_batch.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {
namespace {

// Cells that a bootstrap draws, of a type or of the tokens: values are for ever.
enum Cell : std::uint64_t { kRight = 0, kOnlyPredicted = 1, kOnlyTrue = 2 };

bool has_entities(const LabelCounts& counts) { return counts.predicted != 0 || counts.actual != 0; }

void add_counts(LabelCounts& to, const LabelCounts& from) {
  to.tp = checked_add(to.tp, from.tp);
  to.predicted = checked_add(to.predicted, from.predicted);
  to.actual = checked_add(to.actual, from.actual);
}

struct HashedType {
  LabelCounts counts;
  std::uint64_t hash;
};

std::vector<HashedType> hashed_types(const LabelSet& types,
                                     const std::vector<LabelCounts>& counts) {
  const std::vector<std::uint64_t> hashes = label_hashes(types);
  std::vector<HashedType> hashed;
  hashed.reserve(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) hashed.push_back({counts[i], hashes[i]});
  return hashed;
}

}  // namespace

void EntityCounts::update(const TaggedSequences& y_true, const TaggedSequences& y_pred,
                          bool suffix) {
  EntityBatch batch = count_entities(y_true, y_pred, scheme_, suffix);
  const LabelList arrived = batch.types;
  const LabelSet types(std::move(batch.types));
  std::vector<LabelCounts> counts(types.size());
  const std::vector<std::ptrdiff_t> places = types.select(arrived);
  for (std::size_t i = 0; i < places.size(); ++i) {
    counts[static_cast<std::size_t>(places[i])] = batch.counts[i];
  }
  add(types, counts, batch.tokens, batch.right_tokens);
}

void EntityCounts::add(const LabelSet& types, const std::vector<LabelCounts>& counts,
                       std::int64_t tokens, std::int64_t right_tokens) {
  std::vector<bool> found;
  found.reserve(counts.size());
  for (const LabelCounts& one : counts) found.push_back(has_entities(one));
  std::vector<std::uint32_t> unused;
  EntityCounts sum(scheme_);
  sum.types_ = types_.united(types.only(found, unused));
  sum.counts_.resize(sum.types_.size());
  const std::vector<std::uint32_t> own_places = types_.positions_in(sum.types_);
  for (std::size_t i = 0; i < counts_.size(); ++i) sum.counts_[own_places[i]] = counts_[i];
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!found[i]) continue;
    add_counts(sum.counts_[static_cast<std::size_t>(sum.types_.index_of(types, i))], counts[i]);
  }
  LabelCounts all;
  for (const LabelCounts& one : sum.counts_) add_counts(all, one);  // their sums fit too
  sum.tokens_ = checked_add(tokens_, tokens);
  sum.right_tokens_ = right_tokens_ + right_tokens;  // no more than there are tokens
  *this = std::move(sum);
}

void EntityCounts::merge(const EntityCounts& other) {
  if (scheme_ != other.scheme_) {
    throw MergeError("EntityCounts of tags read as " + std::string(scheme_name(scheme_)) +
                     " cannot be merged with one of " + std::string(scheme_name(other.scheme_)) +
                     ": give both the same scheme");
  }
  add(other.types_, other.counts_, other.tokens_, other.right_tokens_);
}

LabelCounts EntityCounts::all_types() const noexcept {
  LabelCounts sum;
  for (const LabelCounts& counts : counts_) {
    sum.tp += counts.tp;
    sum.predicted += counts.predicted;
    sum.actual += counts.actual;
  }
  return sum;
}

std::function<EntityCounts(const Draws&)> EntityCounts::replicator() const {
  check_bootstrap(tokens_);
  return [types = types_, hashed = hashed_types(types_, counts_), tokens = tokens_,
          right = right_tokens_, scheme = scheme_](const Draws& draws) {
    std::vector<LabelCounts> drawn;
    drawn.reserve(hashed.size());
    for (const auto& [counts, hash] : hashed) {
      const std::int64_t tp = draws(numeric::hash_with(hash, kRight), counts.tp);
      const std::int64_t fp =
          draws(numeric::hash_with(hash, kOnlyPredicted), counts.predicted - counts.tp);
      const std::int64_t fn = draws(numeric::hash_with(hash, kOnlyTrue), counts.actual - counts.tp);
      drawn.push_back({tp, tp + fp, tp + fn});
    }
    const std::int64_t right_drawn = draws(kRight, right);
    EntityCounts replicate(scheme);
    replicate.add(types, drawn, right_drawn + draws(kOnlyTrue, tokens - right), right_drawn);
    return replicate;
  };
}

void EntityCounts::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(scheme_));
  writer.i64(tokens_);
  writer.i64(right_tokens_);
  types_.save(writer);
  for (const LabelCounts& counts : counts_) {
    writer.i64(counts.tp);
    writer.i64(counts.predicted);
    writer.i64(counts.actual);
  }
}

EntityCounts EntityCounts::load(Reader& reader, std::uint16_t) {
  const std::uint8_t scheme = reader.u8();
  if (scheme >= kTagSchemes) {
    throw FormatError("EntityCounts: unknown scheme " + std::to_string(scheme));
  }
  EntityCounts state(static_cast<TagScheme>(scheme));
  state.tokens_ = reader.i64();
  state.right_tokens_ = reader.i64();
  state.types_ = LabelSet::load(reader);
  if (state.right_tokens_ < 0 || state.right_tokens_ > state.tokens_ ||
      state.types_.kind() == LabelKind::integer) {
    throw FormatError("EntityCounts: counts of tokens out of range, or types that are no text");
  }
  LabelCounts sum;
  for (std::size_t i = 0; i < state.types_.size(); ++i) {
    LabelCounts& counts = state.counts_.emplace_back();
    counts.tp = reader.i64();
    counts.predicted = reader.i64();
    counts.actual = reader.i64();
    const bool good = counts.tp >= 0 && counts.tp <= std::min(counts.predicted, counts.actual) &&
                      has_entities(counts);
    if (!good || __builtin_add_overflow(sum.predicted, counts.predicted, &sum.predicted) ||
        __builtin_add_overflow(sum.actual, counts.actual, &sum.actual)) {
      throw FormatError("EntityCounts: the counts of type " + state.types_.name(i) +
                        " are out of range");
    }
  }
  return state;
}

}  // namespace lstmetrics::metrics
