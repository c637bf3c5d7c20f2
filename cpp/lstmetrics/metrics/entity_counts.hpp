// Entities of tagged sequences: per type how many are true, predicted and both.
//
// An entity is right when one of the same type begins and ends at the same tokens of the same
// sequence. Types are those that entities of either side had. Beside them stand the tokens, and
// how many have the very tag that is true.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/accumulator.hpp"
#include "lstmetrics/metrics/entity_tags.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/marginals.hpp"

namespace lstmetrics::metrics {

class Draws;

// Tags of sequences that lie one after the other, and the length of each.
struct TaggedSequences {
  LabelColumn tags;
  Column lengths;
};

class LSTMETRICS_API EntityCounts {
 public:
  static constexpr std::uint16_t kTag = static_cast<std::uint16_t>(Tag::entity_counts);
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::string_view kName = "EntityCounts";

  EntityCounts() = default;
  explicit EntityCounts(TagScheme scheme) : scheme_(scheme) {}

  // `suffix`: letters stand after the types. All or nothing. Errors: ShapeError (sequences that
  // differ in number or, with their index, in length; lengths that do not add up), InvalidType
  // (tags that are no text), InvalidValue (text that is no tag of the scheme, with its place),
  // CountOverflow.
  void update(const TaggedSequences& y_true, const TaggedSequences& y_pred, bool suffix = false);
  // MergeError for another scheme.
  void merge(const EntityCounts& other);
  EntityCounts blank() const { return EntityCounts(scheme_); }

  TagScheme scheme() const noexcept { return scheme_; }
  const LabelSet& types() const noexcept { return types_; }
  std::int64_t tokens() const noexcept { return tokens_; }
  std::int64_t right_tokens() const noexcept { return right_tokens_; }
  LabelCounts all_types() const noexcept;  // their sums

  // By type; an entity is a sample of its type.
  Marginals result() const { return {false, counts_, {}, 0, {}}; }

  // A type's entities that are right, only predicted, and only true are drawn, and so are tokens
  // that are right and wrong.
  std::function<EntityCounts(const Draws&)> replicator() const;

  bool operator==(const EntityCounts& other) const = default;
  void save(Writer& writer) const;
  static EntityCounts load(Reader& reader, std::uint16_t version);

 private:
  // Adds counts by type, those of types without any left out; on a copy.
  void add(const LabelSet& types, const std::vector<LabelCounts>& counts, std::int64_t tokens,
           std::int64_t right_tokens);

  TagScheme scheme_ = TagScheme::conlleval;
  std::int64_t tokens_ = 0;
  std::int64_t right_tokens_ = 0;
  LabelSet types_;
  std::vector<LabelCounts> counts_;  // by type
};

}  // namespace lstmetrics::metrics
