#include "lstmetrics/metrics/entity_tags.hpp"

#include <algorithm>
#include <span>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::string_view kLetters = "OIBESUL";  // by TagLetter

// Sets of letters.
constexpr std::uint8_t O = 1, I = 2, B = 4, E = 8, S = 16, U = 32, L = 64, kAny = 127;

enum class Types : std::uint8_t { any, same, differ };

// An entity starts, goes on or ends between a token and the next.
enum Happening : std::uint8_t { kStarts = 1, kGoesOn = 2, kEnds = 4 };

struct Pattern {
  Happening what;
  std::uint8_t previous;
  std::uint8_t current;
  Types types;
};

struct SchemeRow {
  std::string_view name;
  std::uint8_t letters;
  std::span<const Pattern> patterns;
};

constexpr Pattern kConlleval[] = {
    {kStarts, kAny, B | S, Types::any},        {kStarts, O | E | S, I | E, Types::any},
    {kStarts, kAny, kAny & ~O, Types::differ}, {kEnds, E | S, kAny, Types::any},
    {kEnds, B | I, O | B | S, Types::any},     {kEnds, kAny & ~O, kAny, Types::differ},
};
constexpr Pattern kIob1[] = {
    {kStarts, O | B, I, Types::any},  {kStarts, I, I, Types::differ},
    {kStarts, I | B, B, Types::same}, {kGoesOn, B | I, I, Types::same},
    {kEnds, I, O | B, Types::any},    {kEnds, I | B, I, Types::differ},
    {kEnds, B, O, Types::any},        {kEnds, B, B, Types::same},
};
constexpr Pattern kIob2[] = {
    {kStarts, kAny, B, Types::any},
    {kGoesOn, B | I, I, Types::same},
    {kEnds, B | I, O | B, Types::any},
    {kEnds, B | I, I, Types::differ},
};
constexpr Pattern kIoe1[] = {
    {kStarts, O | E, I, Types::any},  {kStarts, I, I, Types::differ},
    {kStarts, E, E, Types::same},     {kGoesOn, I, I | E, Types::same},
    {kEnds, I, I | E, Types::differ}, {kEnds, I, O, Types::any},
    {kEnds, E, I | E, Types::same},
};
constexpr Pattern kIoe2[] = {
    {kStarts, O | E, I | E, Types::any},
    {kStarts, I, I | E, Types::differ},
    {kGoesOn, I, I | E, Types::same},
    {kEnds, E, kAny, Types::any},
};
constexpr Pattern kIobes[] = {
    {kStarts, kAny, B | S, Types::any},
    {kGoesOn, B | I, I | E, Types::same},
    {kEnds, S | E, kAny, Types::any},
};
constexpr Pattern kBilou[] = {
    {kStarts, kAny, B | U, Types::any},
    {kGoesOn, B | I, I | L, Types::same},
    {kEnds, U | L, kAny, Types::any},
};

// By TagScheme.
constexpr SchemeRow kSchemes[kTagSchemes] = {
    {"conlleval", O | B | I | E | S, kConlleval},
    {"IOB1", O | B | I, kIob1},
    {"IOB2", O | B | I, kIob2},
    {"IOE1", O | I | E, kIoe1},
    {"IOE2", O | I | E, kIoe2},
    {"IOBES", O | B | I | E | S, kIobes},
    {"BILOU", O | B | I | L | U, kBilou},
};

const SchemeRow& row_of(TagScheme scheme) noexcept {
  return kSchemes[static_cast<std::size_t>(scheme)];
}

bool holds(std::uint8_t letters, std::size_t letter) noexcept {
  return (letters >> letter & 1) != 0;
}

bool applies(const Pattern& pattern, std::size_t previous, std::size_t current, bool same) {
  return holds(pattern.previous, previous) && holds(pattern.current, current) &&
         (pattern.types == Types::any || (pattern.types == Types::same) == same);
}

// A type between hyphens. conlleval takes one off, where a named scheme strips them all.
std::string_view type_of(std::string_view rest, TagScheme scheme, bool suffix) noexcept {
  if (scheme == TagScheme::conlleval) {
    if (!rest.empty()) suffix ? rest.remove_suffix(1) : rest.remove_prefix(1);
  } else {
    while (!rest.empty() && rest.front() == '-') rest.remove_prefix(1);
    while (!rest.empty() && rest.back() == '-') rest.remove_suffix(1);
  }
  return rest.empty() ? "_" : rest;
}

constexpr EntityTag kOutside{};

}  // namespace

std::string_view scheme_name(TagScheme scheme) noexcept { return row_of(scheme).name; }

TagScheme scheme_of(std::int64_t number) {
  if (number < 0 || number >= kTagSchemes) {
    throw InvalidValue("there is no tagging scheme of number " + std::to_string(number));
  }
  return static_cast<TagScheme>(number);
}

std::optional<TagParts> parse_tag(std::string_view text, TagScheme scheme, bool suffix) noexcept {
  if (text.empty()) return std::nullopt;
  const std::size_t letter = kLetters.find(suffix ? text.back() : text.front());
  if (letter == std::string_view::npos || !holds(row_of(scheme).letters, letter)) {
    return std::nullopt;
  }
  const std::string_view rest = suffix ? text.substr(0, text.size() - 1) : text.substr(1);
  if (!rest.empty() && (suffix ? rest.back() : rest.front()) != '-') return std::nullopt;
  const auto found = static_cast<TagLetter>(letter);
  if (found != TagLetter::outside) return TagParts{found, type_of(rest, scheme, suffix)};
  return rest.empty() ? std::optional(TagParts{}) : std::nullopt;
}

std::string tag_shape(TagScheme scheme, bool suffix) {
  std::string letters;
  for (const char letter : std::string_view("BIELSU")) {
    if (!holds(row_of(scheme).letters, kLetters.find(letter))) continue;
    letters += (letters.empty() ? "" : ", ") + std::string(1, letter);
  }
  const std::string start(1, letters.front());
  return "O, or one of " + letters +
         (suffix ? " after a type, as in PER-" : " with a type, as in ") + start +
         (suffix ? "" : "-PER");
}

EntityFinder::EntityFinder(TagScheme scheme) : scheme_(scheme) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::size_t pair = i / 2;
    for (const Pattern& pattern : row_of(scheme).patterns) {
      if (applies(pattern, pair / kTagLetters, pair % kTagLetters, i % 2 == 1)) {
        rules_[i] = static_cast<std::uint8_t>(rules_[i] | pattern.what);
      }
    }
  }
}

void EntityFinder::find(const std::vector<EntityTag>& tags, const std::uint32_t* codes,
                        std::size_t n, std::vector<EntitySpan>& spans) const {
  spans.clear();
  if (scheme_ == TagScheme::conlleval)
    find_all(tags, codes, n, spans);
  else
    find_strict(tags, codes, n, spans);
}

// Every token that is not outside belongs to an entity.
void EntityFinder::find_all(const std::vector<EntityTag>& tags, const std::uint32_t* codes,
                            std::size_t n, std::vector<EntitySpan>& spans) const {
  EntityTag previous = kOutside;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= n; ++i) {
    const EntityTag current = i < n ? tags[codes[i]] : kOutside;
    const std::uint8_t happens = rule(previous, current);
    if ((happens & kEnds) != 0) spans.push_back({begin, i, previous.type});
    if ((happens & kStarts) != 0) begin = i;
    previous = current;
  }
}

// From a start as far as the entity goes on; it counts if it ends there as the scheme says.
void EntityFinder::find_strict(const std::vector<EntityTag>& tags, const std::uint32_t* codes,
                               std::size_t n, std::vector<EntitySpan>& spans) const {
  const auto at = [&](std::size_t i) { return i < n ? tags[codes[i]] : kOutside; };
  EntityTag previous = kOutside;
  for (std::size_t i = 0; i < n;) {
    const std::size_t begin = i;
    EntityTag last = at(i++);
    if ((rule(previous, last) & kStarts) != 0) {
      EntityTag next = at(i);
      while ((rule(last, next) & kGoesOn) != 0) {
        last = next;
        next = at(++i);
      }
      if ((rule(last, next) & kEnds) != 0) spans.push_back({begin, i, last.type});
    }
    previous = last;
  }
}

}  // namespace lstmetrics::metrics
