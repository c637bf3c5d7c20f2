#include "lstmetrics/metrics/label_encoding.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/code_table.hpp"
#include "lstmetrics/metrics/strided.hpp"
#include "lstmetrics/metrics/utf8.hpp"

namespace lstmetrics::metrics {
namespace {

// ---- numbers --------------------------------------------------------------------------------

// f(values, size, first sample of the block)
template <class F>
void for_each_block(NumberLabels& numbers, std::size_t begin, std::size_t n, F&& f) {
  for (std::size_t done = 0; done < n; done += kBlock) {
    const std::size_t size = std::min(kBlock, n - done);
    f(numbers.block(begin + done, size), size, done);
  }
}

// Codes that nothing has are squeezed out; `labels` is by code.
void drop_unused(EncodedLabels& encoded, const std::vector<std::uint32_t>& used) {
  if (std::ranges::all_of(used, [](std::uint32_t u) { return u != 0; })) return;
  std::vector<std::uint32_t> renamed(used.size(), kNoCode);
  std::uint32_t next = 0;
  for (std::size_t code = 0; code < used.size(); ++code) {
    if (used[code] == 0) continue;
    renamed[code] = next;
    if (encoded.labels.kind == LabelKind::text) {
      std::swap(encoded.labels.texts[next], encoded.labels.texts[code]);
    } else {
      encoded.labels.integers[next] = encoded.labels.integers[code];
    }
    ++next;
  }
  encoded.labels.integers.resize(std::min<std::size_t>(encoded.labels.integers.size(), next));
  encoded.labels.texts.resize(std::min<std::size_t>(encoded.labels.texts.size(), next));
  const bool moved = next > 0 && renamed[next - 1] != next - 1;
  if (!moved) return;  // only the last ones were unused
  for (std::uint32_t& code : encoded.codes) code = renamed[code];
}

EncodedLabels encode_range(NumberLabels& numbers, std::size_t begin, std::size_t n,
                           std::int64_t least, std::size_t range) {
  EncodedLabels encoded;
  encoded.labels.kind = LabelKind::integer;
  encoded.labels.integers.resize(range);
  for (std::size_t i = 0; i < range; ++i) {
    encoded.labels.integers[i] = least + static_cast<std::int64_t>(i);
  }
  encoded.codes.resize(n);
  std::vector<std::uint32_t> used(range);
  std::uint32_t* const codes = encoded.codes.data();
  std::uint32_t* const marks = used.data();
  for_each_block(numbers, begin, n,
                 [&](const std::int64_t* values, std::size_t size, std::size_t at) {
                   for (std::size_t i = 0; i < size; ++i) {
                     const auto code = static_cast<std::uint32_t>(values[i] - least);
                     codes[at + i] = code;
                     marks[code] = 1;
                   }
                 });
  drop_unused(encoded, used);
  return encoded;
}

EncodedLabels encode_hashed(NumberLabels& numbers, std::size_t begin, std::size_t n) {
  EncodedLabels encoded;
  encoded.labels.kind = LabelKind::integer;
  encoded.codes.resize(n);
  CodeTable table;
  std::vector<std::int64_t>& labels = encoded.labels.integers;
  for_each_block(
      numbers, begin, n, [&](const std::int64_t* values, std::size_t size, std::size_t at) {
        for (std::size_t i = 0; i < size; ++i) {
          const std::int64_t value = values[i];
          const auto same = [&](std::uint32_t code) { return labels[code] == value; };
          encoded.codes[at + i] = table.intern(mix(0, static_cast<std::uint64_t>(value)), same);
          if (table.size() > labels.size()) labels.push_back(value);
        }
      });
  return encoded;
}

// Bounds of the values, not always tight: labels that count from zero need one simple pass.
struct Bounds {
  std::int64_t least;
  std::uint64_t span;
};

Bounds bounds_of(NumberLabels& numbers, std::size_t begin, std::size_t n, std::uint64_t enough) {
  std::uint64_t bits = 0;
  for_each_block(numbers, begin, n, [&](const std::int64_t* values, std::size_t size, std::size_t) {
    std::uint64_t block_bits = 0;
    for (std::size_t i = 0; i < size; ++i) block_bits |= static_cast<std::uint64_t>(values[i]);
    bits |= block_bits;
  });
  if (bits < enough) return {0, bits};
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  for_each_block(numbers, begin, n, [&](const std::int64_t* values, std::size_t size, std::size_t) {
    const auto [low, high] = std::minmax_element(values, values + size);
    least = std::min(least, *low);
    most = std::max(most, *high);
  });
  return {least, static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least)};
}

EncodedLabels encode_numbers(const LabelColumn& column, std::size_t begin, std::size_t n) {
  NumberLabels numbers(column);
  if (n == 0) return {};
  const std::uint64_t enough = std::max<std::uint64_t>(256, n);
  const Bounds bounds = bounds_of(numbers, begin, n, enough);
  if (bounds.span >= enough) return encode_hashed(numbers, begin, n);
  return encode_range(numbers, begin, n, bounds.least, static_cast<std::size_t>(bounds.span) + 1);
}

// ---- text -----------------------------------------------------------------------------------

// Fixed-width text: kWords words of 8 bytes (or `words`, when that is 0) and perhaps half a word.
// Shorter text is padded with zeros, so that texts are alike when all their bytes are.
template <std::size_t kWords>
struct FixedText {
  std::size_t words;
  bool half;

  std::size_t count() const noexcept { return kWords == 0 ? words : kWords; }

  std::uint64_t hash(const std::byte* text) const noexcept {
    // Each word by a factor of its own, so that they do not wait for each other.
    std::uint64_t factor = 0x9E3779B97F4A7C15u;
    std::uint64_t hash = half ? load_at<std::uint32_t>(text + 8 * count()) * factor : 0;
    for (std::size_t i = 0; i < count(); ++i) {
      factor += 2 * 0xD6E8FEB86659FD93u;
      hash += load_at<std::uint64_t>(text + 8 * i) * factor;
    }
    return hash ^ (hash >> 32);
  }

  bool alike(const std::byte* a, const std::byte* b) const noexcept {
    std::uint64_t differ = 0;
    if (half) {
      differ = load_at<std::uint32_t>(a + 8 * count()) ^ load_at<std::uint32_t>(b + 8 * count());
    }
    for (std::size_t i = 0; i < count(); ++i) {
      differ |= load_at<std::uint64_t>(a + 8 * i) ^ load_at<std::uint64_t>(b + 8 * i);
    }
    return differ == 0;
  }
};

// f(FixedText<...>) for text of so many bytes.
template <class F>
void with_fixed_text(std::size_t bytes, F&& f) {
  const std::size_t words = bytes / 8;
  const bool half = bytes % 8 != 0;
  switch (words) {
    case 1:
      return f(FixedText<1>{1, half});
    case 2:
      return f(FixedText<2>{2, half});
    case 3:
      return f(FixedText<3>{3, half});
    case 4:
      return f(FixedText<4>{4, half});
    case 5:
      return f(FixedText<5>{5, half});
    case 6:
      return f(FixedText<6>{6, half});
    default:
      return f(FixedText<0>{words, half});
  }
}

std::string to_utf8(const std::byte* data, std::size_t index, const LabelColumn& column) {
  std::size_t size = column.values.item_size / 4;
  while (size > 0 && load_at<std::uint32_t>(data + 4 * (size - 1)) == 0) --size;
  std::string text;
  text.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (!append_utf8(text, load_at<std::uint32_t>(data + 4 * i))) {
      throw InvalidValue(
          place(column.name, index) +
          " is not Unicode text: it holds a surrogate or a code point above U+10FFFF");
    }
  }
  return text;
}

EncodedLabels encode_text(const LabelColumn& column, std::size_t begin, std::size_t n) {
  EncodedLabels encoded;
  encoded.labels.kind = LabelKind::text;
  encoded.codes.resize(n);
  CodeTable table;
  std::vector<const std::byte*> seen;
  with_fixed_text(column.values.item_size, [&](auto fixed) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::byte* const text = item(column.values, begin + i);
      const auto same = [&](std::uint32_t code) { return fixed.alike(seen[code], text); };
      encoded.codes[i] = table.intern(fixed.hash(text), same);
      if (table.size() > seen.size()) {
        seen.push_back(text);
        encoded.labels.texts.push_back(to_utf8(text, begin + i, column));
      }
    }
  });
  return encoded;
}

// ---- dictionaries ---------------------------------------------------------------------------

// Entries of a dictionary that are alike share the first one's code.
std::vector<std::uint32_t> first_alike(const LabelList& labels) {
  std::vector<std::uint32_t> first(labels.size());
  std::unordered_map<std::int64_t, std::uint32_t> integers;
  std::unordered_map<std::string_view, std::uint32_t> texts;
  for (std::uint32_t code = 0; code < first.size(); ++code) {
    first[code] = labels.kind == LabelKind::text
                      ? texts.try_emplace(labels.texts[code], code).first->second
                      : integers.try_emplace(labels.integers[code], code).first->second;
  }
  return first;
}

EncodedLabels encode_dictionary(const LabelColumn& column, std::size_t begin, std::size_t n) {
  EncodedLabels encoded{*column.dictionary, std::vector<std::uint32_t>(n)};
  std::vector<std::uint32_t> used(encoded.labels.size());
  CodedLabels labels(column, first_alike(encoded.labels));
  for (std::size_t done = 0; done < n; done += kBlock) {
    const std::size_t size = std::min(kBlock, n - done);
    const std::int64_t* block = labels.block(begin + done, size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto code = static_cast<std::uint32_t>(block[i]);
      encoded.codes[done + i] = code;
      used[code] = 1;
    }
  }
  drop_unused(encoded, used);
  return encoded;
}

}  // namespace

bool holds_numbers(const LabelColumn& column) noexcept {
  return column.dictionary == nullptr && column.values.dtype != DType::ucs4;
}

NumberLabels::NumberLabels(const LabelColumn& column) : column_(column) {
  const DType dtype = column.values.dtype;
  const bool is_float = dtype == DType::float32 || dtype == DType::float64 ||
                        dtype == DType::float16 || dtype == DType::bfloat16;
  if (is_float)
    floats_.emplace(column.values, column.name);
  else
    integers_.emplace(column.values, column.name);
}

const std::int64_t* NumberLabels::block(std::size_t begin, std::size_t n) {
  return integers_ ? integers_->block(begin, n) : convert_floats(begin, n);
}

const std::int64_t* NumberLabels::convert_floats(std::size_t begin, std::size_t n) {
  constexpr double kLimit = 0x1p63;
  const double* values = floats_->block(begin, n);
  for (std::size_t i = 0; i < n; ++i) {
    const double value = values[i];
    if (!(value >= -kLimit && value < kLimit) || std::trunc(value) != value) {
      throw InvalidValue(place(column_.name, begin + i) + " is " + number_text(value) +
                         ": continuous values are not labels; pass integers or text" +
                         " (scores and probabilities need a threshold or an argmax first)");
    }
    scratch_[i] = static_cast<std::int64_t>(value);
  }
  return scratch_.data();
}

CodedLabels::CodedLabels(const LabelColumn& column, std::vector<std::uint32_t> places)
    : codes_(column.values, column.name), name_(column.name), places_(std::move(places)) {
  in_place_ = true;
  for (std::size_t code = 0; code < places_.size(); ++code) in_place_ &= places_[code] == code;
}

void CodedLabels::refuse(std::size_t index, std::int64_t code) const {
  throw InvalidValue(place(name_, index) + " has no label: its code " + std::to_string(code) +
                     " lies outside a dictionary of " + std::to_string(places_.size()) +
                     "; drop or fill missing labels first");
}

const std::int64_t* CodedLabels::block(std::size_t begin, std::size_t n) {
  const std::int64_t* const codes = codes_.block(begin, n);
  const std::uint64_t count = places_.size();
  bool good = true;
  for (std::size_t i = 0; i < n; ++i) good &= static_cast<std::uint64_t>(codes[i]) < count;
  for (std::size_t i = 0; !good; ++i) {
    if (static_cast<std::uint64_t>(codes[i]) >= count) refuse(begin + i, codes[i]);
  }
  if (in_place_) return codes;
  for (std::size_t i = 0; i < n; ++i) scratch_[i] = places_[static_cast<std::size_t>(codes[i])];
  return scratch_.data();
}

EncodedLabels encode(const LabelColumn& column, std::size_t begin, std::size_t n) {
  if (column.dictionary != nullptr) return encode_dictionary(column, begin, n);
  if (column.values.dtype == DType::ucs4) return encode_text(column, begin, n);
  return encode_numbers(column, begin, n);
}

std::vector<std::uint32_t> encode_among(const LabelColumn& column, const LabelSet& labels,
                                        std::size_t begin, std::size_t n,
                                        const std::function<void()>& otherwise) {
  EncodedLabels encoded = encode(column, begin, n);
  const std::vector<std::ptrdiff_t> at = labels.select(encoded.labels);
  for (std::uint32_t& code : encoded.codes) {
    if (at[code] == kAbsent) {
      if (otherwise) otherwise();
      const auto index = static_cast<std::size_t>(&code - encoded.codes.data());
      const bool text = encoded.labels.kind == LabelKind::text;
      const std::string label = text ? "'" + encoded.labels.texts[code] + "'"
                                     : std::to_string(encoded.labels.integers[code]);
      throw InvalidValue(std::string(column.name) + " contains values [" + label +
                         "] not belonging to the passed labels " + labels.names() + " (" +
                         place(column.name, begin + index) + ")");
    }
    code = static_cast<std::uint32_t>(at[code]);
  }
  return std::move(encoded.codes);
}

LabelSet discover(const LabelColumn& column, std::size_t expected) {
  LabelSet all;
  for (std::size_t begin = 0; begin < column.size(); begin += kSegment) {
    const std::size_t size = std::min(kSegment, column.size() - begin);
    LabelSet labels(encode(column, begin, size).labels);
    if (!all.includes(labels)) all = all.united(labels);
    if (all.size() == expected) break;
  }
  return all;
}

LabelSet labels_shown(const LabelColumn& column, std::size_t columns, std::string_view scores) {
  LabelSet labels = discover(column);
  if (labels.size() != columns) {
    throw InvalidValue(std::string(column.name) + " shows " + std::to_string(labels.size()) +
                       " labels, " + labels.names() + ", but " + std::string(scores) + " has " +
                       std::to_string(columns) +
                       " columns: pass the label of each column as labels=");
  }
  return labels;
}

std::optional<std::size_t> first_sample(const LabelColumn& column, const LabelSet& set,
                                        std::size_t i) {
  for (std::size_t begin = 0; begin < column.size(); begin += kSegment) {
    const std::size_t size = std::min(kSegment, column.size() - begin);
    const EncodedLabels encoded = encode(column, begin, size);
    const std::vector<std::ptrdiff_t> positions = set.select(encoded.labels);
    const auto found = std::ranges::find(positions, static_cast<std::ptrdiff_t>(i));
    if (found == positions.end()) continue;
    const auto code = static_cast<std::uint32_t>(found - positions.begin());
    const auto sample = std::ranges::find(encoded.codes, code);
    return begin + static_cast<std::size_t>(sample - encoded.codes.begin());
  }
  return std::nullopt;
}

LabelSet united(const LabelColumn& y_true, const LabelSet& true_labels, const LabelColumn& y_pred,
                const LabelSet& predicted_labels) {
  if (true_labels.kind() != predicted_labels.kind()) {
    const auto told = [](const LabelColumn& column, const LabelSet& labels) {
      return std::string(column.name) + (labels.is_text() ? " holds text " : " holds integers ") +
             labels.names();
    };
    throw InvalidType(told(y_true, true_labels) + " but " + told(y_pred, predicted_labels) +
                      ": labels must be all integers or all text, convert one of them");
  }
  return true_labels.united(predicted_labels);
}

void refuse_undeclared(std::initializer_list<const LabelColumn*> columns, const LabelSet& seen,
                       const LabelSet& declared) {
  for (const LabelColumn* column : columns) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (declared.index_of(seen, i) != kAbsent) continue;
      if (const auto sample = first_sample(*column, seen, i)) {
        throw InvalidValue(place(column->name, *sample) + " is " + seen.name(i) +
                           ", which is not among the declared labels " + declared.names());
      }
    }
  }
  throw InvalidValue("a label is not among the declared labels " + declared.names());
}

}  // namespace lstmetrics::metrics
