#include "lstmetrics/metrics/entity_batch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/text_codes.hpp"

namespace lstmetrics::metrics {
namespace {

std::vector<std::size_t> read_lengths(const TaggedSequences& sequences) {
  const std::string name(sequences.tags.name);
  const std::string what = "lengths of " + name;
  IntegerReader reader(sequences.lengths, what);
  std::vector<std::size_t> lengths;
  lengths.reserve(sequences.lengths.size);
  std::size_t left = sequences.tags.size();
  for (std::size_t begin = 0; begin < sequences.lengths.size; begin += kBlock) {
    const std::size_t n = std::min(kBlock, sequences.lengths.size - begin);
    const std::int64_t* block = reader.block(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto length = static_cast<std::size_t>(block[i]);  // a negative one is huge
      if (length > left) {
        throw ShapeError(place(what, begin + i) + " is " + std::to_string(block[i]) + ", but " +
                         std::to_string(left) + " of " + std::to_string(sequences.tags.size()) +
                         " tags are left");
      }
      left -= length;
      lengths.push_back(length);
    }
  }
  if (left != 0) {
    throw ShapeError(what + " add up to " + std::to_string(sequences.tags.size() - left) +
                     ", but there are " + std::to_string(sequences.tags.size()) + " tags");
  }
  return lengths;
}

void check_same_lengths(const std::vector<std::size_t>& y_true,
                        const std::vector<std::size_t>& y_pred) {
  if (y_true.size() != y_pred.size()) {
    throw ShapeError("y_true has " + std::to_string(y_true.size()) + " sequences, but y_pred has " +
                     std::to_string(y_pred.size()));
  }
  const auto [own, other] = std::ranges::mismatch(y_true, y_pred);
  if (own == y_true.end()) return;
  throw ShapeError("sequence " + std::to_string(own - y_true.begin()) + " has " +
                   std::to_string(*own) + " tags in y_true, but " + std::to_string(*other) +
                   " in y_pred");
}

// y_true[3][5], of the token at a place among all.
std::string place_of(std::string_view name, const std::vector<std::size_t>& lengths,
                     std::size_t token) {
  std::size_t sequence = 0;
  while (token >= lengths[sequence]) token -= lengths[sequence++];
  return place(place(name, sequence), token);
}

// Tags as codes, and what each means; types and tags of both sides have one numbering.
class TagReader {
 public:
  TagReader(TagScheme scheme, bool suffix) : scheme_(scheme), suffix_(suffix) {}

  struct Side {
    std::vector<std::uint32_t> codes;  // by token
    std::vector<EntityTag> tags;       // by code
    std::vector<std::uint32_t> texts;  // by code: which tag it is, on either side
  };

  Side read(const LabelColumn& column, const std::vector<std::size_t>& lengths) {
    Side side;
    EncodedLabels encoded = encode(column, 0, column.size());
    if (encoded.labels.kind == LabelKind::integer) {
      throw InvalidType(std::string(column.name) +
                        " holds numbers: tags are text such as 'B-PER'; name what the numbers "
                        "stand for");
    }
    side.codes = std::move(encoded.codes);
    const std::vector<std::string>& texts = encoded.labels.texts;
    for (std::size_t code = 0; code < texts.size(); ++code) {
      const std::optional<TagParts> parts = parse_tag(texts[code], scheme_, suffix_);
      if (!parts) refuse(column, lengths, side.codes, code, texts[code]);
      const bool outside = parts->letter == TagLetter::outside;
      side.tags.push_back({parts->letter, outside ? 0 : types_.code_of(parts->type)});
      side.texts.push_back(texts_.code_of(texts[code]));
    }
    return side;
  }

  std::size_t types() const noexcept { return types_.size(); }
  LabelList take_types() { return types_.take(); }

 private:
  [[noreturn]] void refuse(const LabelColumn& column, const std::vector<std::size_t>& lengths,
                           const std::vector<std::uint32_t>& codes, std::size_t code,
                           const std::string& text) const {
    const auto token = static_cast<std::size_t>(std::ranges::find(codes, code) - codes.begin());
    const bool any = scheme_ == TagScheme::conlleval;
    throw InvalidValue(place_of(column.name, lengths, token) + " is '" + text +
                       "', which is no tag" +
                       (any ? "" : " of " + std::string(scheme_name(scheme_))) + ": expected " +
                       tag_shape(scheme_, suffix_));
  }

  TagScheme scheme_;
  bool suffix_;
  TextCodes types_;
  TextCodes texts_;
};

// Both by ascending place.
void add_spans(const std::vector<EntitySpan>& y_true, const std::vector<EntitySpan>& y_pred,
               std::vector<LabelCounts>& counts) {
  for (const EntitySpan& span : y_true) ++counts[span.type].actual;
  auto other = y_true.begin();
  for (const EntitySpan& span : y_pred) {
    ++counts[span.type].predicted;
    while (other != y_true.end() && other->begin < span.begin) ++other;
    if (other != y_true.end() && *other == span) ++counts[span.type].tp;
  }
}

}  // namespace

EntityBatch count_entities(const TaggedSequences& y_true, const TaggedSequences& y_pred,
                           TagScheme scheme, bool suffix) {
  const std::vector<std::size_t> lengths = read_lengths(y_true);
  check_same_lengths(lengths, read_lengths(y_pred));
  TagReader reader(scheme, suffix);
  const TagReader::Side truth = reader.read(y_true.tags, lengths);
  const TagReader::Side predicted = reader.read(y_pred.tags, lengths);

  EntityBatch batch;
  batch.counts.resize(reader.types());
  batch.types = reader.take_types();
  batch.tokens = static_cast<std::int64_t>(truth.codes.size());
  for (std::size_t i = 0; i < truth.codes.size(); ++i) {
    batch.right_tokens +=
        truth.texts[truth.codes[i]] == predicted.texts[predicted.codes[i]] ? 1 : 0;
  }
  const EntityFinder finder(scheme);
  std::vector<EntitySpan> true_spans;
  std::vector<EntitySpan> predicted_spans;
  std::size_t begin = 0;
  for (const std::size_t n : lengths) {
    finder.find(truth.tags, truth.codes.data() + begin, n, true_spans);
    finder.find(predicted.tags, predicted.codes.data() + begin, n, predicted_spans);
    add_spans(true_spans, predicted_spans, batch.counts);
    begin += n;
  }
  return batch;
}

}  // namespace lstmetrics::metrics
