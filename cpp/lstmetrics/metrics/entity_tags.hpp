// Tags of tokens, and the entities that they mark: seqeval's definitions.
//
// A tag is `O`, or a letter with a type after a hyphen, `B-PER` (or before it, `PER-B`); without a
// type it is of type `_`. By default entities are read as conlleval does, which takes any mix of
// B, I, E and S and makes an entity of every token that is not O. A named scheme is strict: an
// entity must begin and end as the scheme says, and other letters are refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics::metrics {

// In the bytes of states: values are for ever.
enum class TagScheme : std::uint8_t {
  conlleval = 0,
  iob1 = 1,
  iob2 = 2,
  ioe1 = 3,
  ioe2 = 4,
  iobes = 5,
  bilou = 6,
};
inline constexpr std::uint8_t kTagSchemes = 7;

LSTMETRICS_API std::string_view scheme_name(TagScheme scheme) noexcept;
// InvalidValue for a number that is none.
LSTMETRICS_API TagScheme scheme_of(std::int64_t number);

enum class TagLetter : std::uint8_t { outside, inside, begin, end, single, unit, last };
inline constexpr std::size_t kTagLetters = 7;

struct TagParts {
  TagLetter letter = TagLetter::outside;
  std::string_view type;  // empty outside
};

// Nothing for text that is no tag of the scheme.
LSTMETRICS_API std::optional<TagParts> parse_tag(std::string_view text, TagScheme scheme,
                                                 bool suffix) noexcept;
// What a tag looks like, for messages: "O, or B, I, E, S with a type, as in B-PER".
LSTMETRICS_API std::string tag_shape(TagScheme scheme, bool suffix);

struct EntityTag {
  TagLetter letter = TagLetter::outside;
  std::uint32_t type = 0;  // a code; not looked at outside
};

struct EntitySpan {
  std::size_t begin = 0;
  std::size_t end = 0;  // one past the last
  std::uint32_t type = 0;
  bool operator==(const EntitySpan&) const = default;
};

// Finds the entities of a sequence.
class LSTMETRICS_API EntityFinder {
 public:
  explicit EntityFinder(TagScheme scheme);

  // Of n tokens, given as codes of tags; by ascending place, none overlapping another. `spans` is
  // cleared first.
  void find(const std::vector<EntityTag>& tags, const std::uint32_t* codes, std::size_t n,
            std::vector<EntitySpan>& spans) const;

 private:
  void find_all(const std::vector<EntityTag>& tags, const std::uint32_t* codes, std::size_t n,
                std::vector<EntitySpan>& spans) const;
  void find_strict(const std::vector<EntityTag>& tags, const std::uint32_t* codes, std::size_t n,
                   std::vector<EntitySpan>& spans) const;
  std::uint8_t rule(const EntityTag& previous, const EntityTag& current) const noexcept {
    const auto pair = static_cast<std::size_t>(previous.letter) * kTagLetters +
                      static_cast<std::size_t>(current.letter);
    return rules_[2 * pair + (previous.type == current.type ? 1 : 0)];
  }

  TagScheme scheme_;
  // What happens between two tokens, by their letters and whether they are of one type.
  std::array<std::uint8_t, 2 * kTagLetters * kTagLetters> rules_{};
};

}  // namespace lstmetrics::metrics
