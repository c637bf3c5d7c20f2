// EntityCounts: tags and entities by hand, and the laws.
#include <string>
#include <vector>

#include "lstmetrics/metrics/entity_counts.hpp"
#include "lstmetrics/metrics/formulas/entities.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;

namespace {

struct Named {
  TagLetter letter;
  std::string type;
};

std::optional<Named> parsed(std::string_view text, TagScheme scheme, bool suffix = false) {
  const auto parts = parse_tag(text, scheme, suffix);
  if (!parts) return std::nullopt;
  return Named{parts->letter, std::string(parts->type)};
}

std::vector<EntitySpan> spans_of(TagScheme scheme, const std::vector<std::string>& letters) {
  std::vector<EntityTag> tags;
  std::vector<std::uint32_t> codes;
  for (const std::string& tag : letters) {
    const auto parts = parse_tag(tag, scheme, false);
    CHECK(parts.has_value());
    tags.push_back({parts->letter, parts->type == "B" ? 1u : 0u});
    codes.push_back(static_cast<std::uint32_t>(codes.size()));
  }
  std::vector<EntitySpan> spans{{7, 8, 9}};
  EntityFinder(scheme).find(tags, codes.data(), codes.size(), spans);
  return spans;
}

using Spans = std::vector<EntitySpan>;

// Sequences of up to four tags, as codes.
template <TagScheme kScheme>
struct EntityLaws {
  using State = EntityCounts;
  struct Batch {
    std::vector<std::int32_t> y_true, y_pred;
    std::vector<std::int64_t> lengths;
    std::vector<std::size_t> starts{0};
    std::size_t size() const { return lengths.size(); }
  };
  static constexpr const char* kName =
      kScheme == TagScheme::conlleval ? "EntityCounts" : "EntityCounts, IOBES";
  static const LabelList& names() {
    static const LabelList list = inputs::texts(
        {"O", "B-A", "I-A", "E-A", "S-A", "B-\xC3\xA9", "I-\xC3\xA9", "E-\xC3\xA9", "S"});
    return list;
  }
  static State make() { return State(kScheme); }
  static State make_other() { return State(TagScheme::iob2); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t length = random() % 5;
      for (std::size_t j = 0; j < length; ++j) {
        batch.y_true.push_back(static_cast<std::int32_t>(random() % names().size()));
        const bool right = random() % 3 != 0;
        batch.y_pred.push_back(right ? batch.y_true.back()
                                     : static_cast<std::int32_t>(random() % names().size()));
      }
      batch.lengths.push_back(static_cast<std::int64_t>(length));
      batch.starts.push_back(batch.y_true.size());
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const auto side = [&](const std::vector<std::int32_t>& codes, std::string_view name) {
      const Column column =
          inputs::slice(inputs::column(codes), batch.starts[begin], batch.starts[end]);
      return TaggedSequences{{column, &names(), name},
                             inputs::slice(inputs::column(batch.lengths), begin, end)};
    };
    state.update(side(batch.y_true, "y_true"), side(batch.y_pred, "y_pred"));
  }
  static void spoil(Batch& batch) {
    batch.y_true.push_back(0);
    batch.y_pred.push_back(99);
    batch.lengths.push_back(1);
    batch.starts.push_back(batch.y_true.size());
  }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded =
    add_all_laws<EntityLaws<TagScheme::conlleval>, EntityLaws<TagScheme::iobes>>();

}  // namespace

CASE("entities: a tag is a letter and a type") {
  const TagScheme any = TagScheme::conlleval;
  CHECK(parsed("O", any)->letter == TagLetter::outside);
  CHECK(parsed("B-PER", any)->letter == TagLetter::begin);
  CHECK_EQUAL(parsed("B-PER", any)->type, std::string("PER"));
  CHECK_EQUAL(parsed("I-A-B", any)->type, std::string("A-B"));
  CHECK_EQUAL(parsed("E", any)->type, std::string("_"));
  CHECK_EQUAL(parsed("S-", any)->type, std::string("_"));
  CHECK_EQUAL(parsed("I--A", any)->type, std::string("-A"));
  CHECK_EQUAL(parsed("I--A-", TagScheme::iob2)->type, std::string("A"));
  CHECK_EQUAL(parsed("PER-B", any, true)->type, std::string("PER"));
  for (const char* bad : {"", "X", "BPER", "O-PER", "O-", "L-A", "o", "\xC3\xA9"}) {
    CHECK(!parsed(bad, any).has_value());
  }
  CHECK(!parsed("E-A", TagScheme::iob2).has_value());
  CHECK(!parsed("B-PER", any, true).has_value());
  CHECK_THROWS(scheme_of(kTagSchemes), InvalidValue);
  CHECK_THROWS(scheme_of(-1), InvalidValue);
}

CASE("entities: by conlleval every token but O belongs to one") {
  const TagScheme any = TagScheme::conlleval;
  CHECK(spans_of(any, {"I-A", "I-A", "I-B", "O"}) == (Spans{{0, 2, 0}, {2, 3, 1}}));
  CHECK(spans_of(any, {"B-A", "B-A", "E-A", "I-A"}) == (Spans{{0, 1, 0}, {1, 3, 0}, {3, 4, 0}}));
  CHECK(spans_of(any, {"S-A", "E-A"}) == (Spans{{0, 1, 0}, {1, 2, 0}}));
  CHECK(spans_of(any, {}).empty());
}

CASE("entities: a scheme says how they begin and end") {
  CHECK(spans_of(TagScheme::iob2, {"I-A", "B-A", "I-A", "I-B", "B-B"}) ==
        (Spans{{1, 3, 0}, {4, 5, 1}}));
  CHECK(spans_of(TagScheme::iobes, {"B-A", "I-A", "O", "S-B", "B-A", "E-A", "B-A"}) ==
        (Spans{{3, 4, 1}, {4, 6, 0}}));
  CHECK(spans_of(TagScheme::ioe2, {"I-A", "E-A", "E-A", "I-B"}) == (Spans{{0, 2, 0}, {2, 3, 0}}));
  CHECK(spans_of(TagScheme::iob1, {"I-A", "I-A", "B-A", "O"}) == (Spans{{0, 2, 0}, {2, 3, 0}}));
  CHECK(spans_of(TagScheme::ioe1, {"I-A", "I-B", "O"}) == (Spans{{0, 1, 0}, {1, 2, 1}}));
  CHECK(spans_of(TagScheme::bilou, {"U-A", "B-A", "L-A", "L-A"}) == (Spans{{0, 1, 0}, {1, 3, 0}}));
}

CASE("entities: what does not fit is refused, with its place") {
  const LabelList names = inputs::texts({"O", "X"});
  const std::vector<std::int32_t> codes{0, 0, 1};
  const std::vector<std::int64_t> lengths{1, 2};
  const std::vector<std::int64_t> others{2, 1};
  const auto side = [&](const std::vector<std::int64_t>& cut, std::string_view name) {
    return TaggedSequences{{inputs::column(codes), &names, name}, inputs::column(cut)};
  };
  EntityCounts state;
  CHECK_THROWS_SAYING(state.update(side(lengths, "y_true"), side(others, "y_pred")), ShapeError,
                      "sequence 0 has 1 tags in y_true, but 2 in y_pred");
  CHECK_THROWS_SAYING(state.update(side(lengths, "y_true"), side(lengths, "y_pred")), InvalidValue,
                      "y_true[1][1] is 'X'");
  CHECK(state == EntityCounts());
}
