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

// Fixed-width text without its padding: code points in native order, wherever they lie.
struct WideText {
  const std::byte* data;
  std::size_t size;  // code points

  std::uint32_t operator[](std::size_t i) const noexcept {
    return load_at<std::uint32_t>(data + 4 * i);
  }
  bool operator==(const WideText& other) const noexcept {
    return size == other.size && std::memcmp(data, other.data, 4 * size) == 0;
  }
};

WideText wide_text(const Column& column, std::size_t i) noexcept {
  WideText text{item(column, i), column.item_size / 4};
  while (text.size > 0 && text[text.size - 1] == 0) --text.size;
  return text;
}

std::uint64_t hash_of(const WideText& text) noexcept {
  std::uint64_t hash = text.size;
  std::size_t i = 0;
  for (; i + 2 <= text.size; i += 2) hash = mix(hash, load_at<std::uint64_t>(text.data + 4 * i));
  return i < text.size ? mix(hash, text[i]) : hash;
}

std::string to_utf8(const WideText& wide, const LabelColumn& column, std::size_t index) {
  std::string text;
  text.reserve(wide.size);
  for (std::size_t i = 0; i < wide.size; ++i) {
    if (!append_utf8(text, wide[i])) {
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
  std::vector<WideText> seen;
  for (std::size_t i = 0; i < n; ++i) {
    const WideText text = wide_text(column.values, begin + i);
    const auto same = [&](std::uint32_t code) { return seen[code] == text; };
    encoded.codes[i] = table.intern(hash_of(text), same);
    if (table.size() > seen.size()) {
      seen.push_back(text);
      encoded.labels.texts.push_back(to_utf8(text, column, begin + i));
    }
  }
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
  const std::vector<std::uint32_t> first = first_alike(encoded.labels);
  std::vector<std::uint32_t> used(first.size());
  IntegerReader codes(column.values, column.name);
  for (std::size_t done = 0; done < n; done += kBlock) {
    const std::size_t size = std::min(kBlock, n - done);
    const std::int64_t* block = codes.block(begin + done, size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto code = static_cast<std::uint64_t>(block[i]);
      if (code >= first.size()) {
        throw InvalidValue(place(column.name, begin + done + i) + " has no label: its code " +
                           std::to_string(block[i]) + " lies outside a dictionary of " +
                           std::to_string(first.size()) + "; drop or fill missing labels first");
      }
      encoded.codes[done + i] = first[code];
      used[first[code]] = 1;
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
