#include "lstmetrics/metrics/labels.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/utf8.hpp"

namespace lstmetrics::metrics {
namespace {

template <class T>
void sort_unique(std::vector<T>& values) {
  if (!std::is_sorted(values.begin(), values.end())) std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <class T, class V>
std::ptrdiff_t search(const std::vector<T>& sorted, const V& value) noexcept {
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), value);
  return found != sorted.end() && *found == value ? found - sorted.begin() : kAbsent;
}

template <class T>
std::vector<T> merged(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> all;
  all.reserve(a.size() + b.size());
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

template <class T>
void check_ascending(const std::vector<T>& values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!(values[i - 1] < values[i])) throw FormatError("labels are not unique and sorted");
  }
}

const char* kind_name(LabelKind kind) { return kind == LabelKind::text ? "text" : "integers"; }

}  // namespace

LabelSet::LabelSet(LabelList labels)
    : kind_(labels.size() == 0 ? LabelKind::none : labels.kind),
      integers_(std::move(labels.integers)),
      texts_(std::move(labels.texts)) {
  if (is_text())
    integers_.clear();
  else
    texts_.clear();
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (!is_utf8(texts_[i])) {
      throw InvalidValue("label " + std::to_string(i) + " is not valid UTF-8 text");
    }
  }
  sort_unique(integers_);
  sort_unique(texts_);
}

std::ptrdiff_t LabelSet::index_of(std::int64_t label) const noexcept {
  return search(integers_, label);
}

std::ptrdiff_t LabelSet::index_of(std::string_view label) const noexcept {
  return search(texts_, label);
}

std::ptrdiff_t LabelSet::index_of(const LabelSet& other, std::size_t i) const noexcept {
  if (kind_ != other.kind_) return kAbsent;
  return is_text() ? index_of(other.texts_[i]) : index_of(other.integers_[i]);
}

std::vector<std::ptrdiff_t> LabelSet::select(const LabelList& labels) const {
  std::vector<std::ptrdiff_t> positions(labels.size(), kAbsent);
  if (labels.kind != kind_) return positions;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    positions[i] = is_text() ? index_of(labels.texts[i]) : index_of(labels.integers[i]);
  }
  return positions;
}

std::vector<std::uint32_t> LabelSet::positions_in(const LabelSet& other) const {
  std::vector<std::uint32_t> positions(size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    positions[i] = static_cast<std::uint32_t>(other.index_of(*this, i));
  }
  return positions;
}

LabelSet LabelSet::only(const std::vector<bool>& marked, std::vector<std::uint32_t>& places) const {
  LabelSet kept;
  places.resize(size());
  for (std::size_t i = 0; i < size(); ++i) {
    places[i] = static_cast<std::uint32_t>(kept.integers_.size() + kept.texts_.size());
    if (!marked[i]) continue;
    kept.kind_ = kind_;
    if (is_text())
      kept.texts_.push_back(texts_[i]);
    else
      kept.integers_.push_back(integers_[i]);
  }
  return kept;
}

bool LabelSet::includes(const LabelSet& other) const noexcept {
  if (other.empty()) return true;
  if (kind_ != other.kind_) return false;
  return is_text() ? std::ranges::includes(texts_, other.texts_)
                   : std::ranges::includes(integers_, other.integers_);
}

LabelSet LabelSet::united(const LabelSet& other) const {
  if (other.empty()) return *this;
  if (empty()) return other;
  if (kind_ != other.kind_) {
    throw InvalidType(std::string("labels are a mix of ") + kind_name(kind_) + " " + names() +
                      " and " + kind_name(other.kind_) + " " + other.names() +
                      ": convert all to one type");
  }
  LabelSet all;
  all.kind_ = kind_;
  all.integers_ = merged(integers_, other.integers_);
  all.texts_ = merged(texts_, other.texts_);
  return all;
}

std::string LabelSet::name(std::size_t i) const {
  return is_text() ? "'" + texts_[i] + "'" : std::to_string(integers_[i]);
}

std::string LabelSet::names() const {
  constexpr std::size_t kShown = 8;
  std::string list = "[";
  for (std::size_t i = 0; i < std::min(size(), kShown); ++i) {
    if (i > 0) list += ", ";
    list += name(i);
  }
  return list + (size() > kShown ? ", ... (" + std::to_string(size()) + ")]" : "]");
}

void LabelSet::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(kind_));
  writer.u64(size());
  for (const std::int64_t label : integers_) writer.i64(label);
  for (const std::string& label : texts_) writer.text(label);
}

LabelSet LabelSet::load(Reader& reader) {
  const std::uint8_t kind = reader.u8();
  if (kind > static_cast<std::uint8_t>(LabelKind::text)) {
    throw FormatError("unknown kind of labels: " + std::to_string(kind));
  }
  LabelSet set;
  set.kind_ = static_cast<LabelKind>(kind);
  constexpr std::size_t kLeastText = 4;
  const std::size_t count = reader.count(set.is_text() ? kLeastText : sizeof(std::int64_t));
  if ((count == 0) != (set.kind_ == LabelKind::none)) {
    throw FormatError("labels without a kind, or a kind without labels");
  }
  set.integers_.resize(set.is_text() ? 0 : count);
  for (std::int64_t& label : set.integers_) label = reader.i64();
  set.texts_.reserve(set.is_text() ? count : 0);
  for (std::size_t i = 0; set.is_text() && i < count; ++i) {
    set.texts_.emplace_back(reader.text());
    if (!is_utf8(set.texts_.back())) throw FormatError("a label is not valid UTF-8 text");
  }
  check_ascending(set.integers_);
  check_ascending(set.texts_);
  return set;
}

void check_merge(std::string_view state, const StateLabels& a, const StateLabels& b) {
  const std::string name(state);
  if (a.declared != b.declared || (a.declared && a.labels != b.labels)) {
    const auto told = [](const StateLabels& side) {
      return side.declared ? "declared labels " + side.labels.names()
                           : std::string("discovered labels");
    };
    throw MergeError(name + " with " + told(a) + " cannot be merged with one with " + told(b) +
                     ": declare the same labels in both");
  }
  if (!a.labels.empty() && !b.labels.empty() && a.labels.kind() != b.labels.kind()) {
    throw MergeError(name + " of labels " + a.labels.names() +
                     " cannot be merged with one of labels " + b.labels.names() +
                     ": text and integers do not mix");
  }
}

void check_same_size(std::initializer_list<NamedSize> sizes) {
  const std::size_t first = sizes.begin()->size;
  if (std::ranges::all_of(sizes, [&](const NamedSize& s) { return s.size == first; })) return;
  std::string numbers;
  std::string names;
  for (const NamedSize& s : sizes) {
    if (!numbers.empty()) {
      numbers += ", ";
      names += ", ";
    }
    numbers += std::to_string(s.size);
    names += s.name;
  }
  throw ShapeError("Found input variables with inconsistent numbers of samples: [" + numbers +
                   "] (" + names + ")");
}

}  // namespace lstmetrics::metrics
