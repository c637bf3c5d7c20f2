// Labels are a set, not an order of arrival: unique, sorted, all integers or all text.
//
// Text is ordered by its UTF-8 bytes, which is also the order of its code points. Booleans and
// floats with integral values count as integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/base/view.hpp"

namespace lstmetrics::metrics {

enum class LabelKind : std::uint8_t { none = 0, integer = 1, text = 2 };

inline constexpr std::ptrdiff_t kAbsent = -1;

// Labels in the order a caller gave them: `labels=`, the categories of a dictionary-encoded
// column, the axis of a matrix. Only the vector of its kind is filled.
struct LabelList {
  LabelKind kind = LabelKind::none;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;

  std::size_t size() const noexcept {
    return kind == LabelKind::text ? texts.size() : integers.size();
  }
};

class LSTMETRICS_API LabelSet {
 public:
  LabelSet() = default;
  // Sorts and drops duplicates. InvalidValue for text that is not UTF-8.
  explicit LabelSet(LabelList labels);

  LabelKind kind() const noexcept { return kind_; }
  std::size_t size() const noexcept { return is_text() ? texts_.size() : integers_.size(); }
  bool empty() const noexcept { return size() == 0; }
  bool is_text() const noexcept { return kind_ == LabelKind::text; }
  const std::vector<std::int64_t>& integers() const noexcept { return integers_; }
  const std::vector<std::string>& texts() const noexcept { return texts_; }

  // The position of a label, or kAbsent.
  std::ptrdiff_t index_of(std::int64_t label) const noexcept;
  std::ptrdiff_t index_of(std::string_view label) const noexcept;
  // The position of label `i` of another set or list, or kAbsent. The kind may differ.
  std::ptrdiff_t index_of(const LabelSet& other, std::size_t i) const noexcept;
  // The position of each label of a list, or kAbsent: how `labels=` and `pos_label=` select.
  std::vector<std::ptrdiff_t> select(const LabelList& labels) const;
  // The position of every own label in `other`, which must hold them all.
  std::vector<std::uint32_t> positions_in(const LabelSet& other) const;

  // Only the labels that are marked; `places` tells where each stands among them, if it does.
  LabelSet only(const std::vector<bool>& marked, std::vector<std::uint32_t>& places) const;

  bool includes(const LabelSet& other) const noexcept;
  // InvalidType when one holds integers and the other text.
  LabelSet united(const LabelSet& other) const;

  std::string name(std::size_t i) const;  // for messages: 3 or 'spam'
  std::string names() const;              // [0, 1] or ['ham', 'spam']; the first few of many
  bool operator==(const LabelSet& other) const = default;

  void save(Writer& writer) const;
  static LabelSet load(Reader& reader);

 private:
  LabelKind kind_ = LabelKind::none;
  std::vector<std::int64_t> integers_;
  std::vector<std::string> texts_;
};

// MergeError when the labels of two states of that name cannot be merged: one or both are declared
// and they differ, or one holds text and the other integers.
struct StateLabels {
  const LabelSet& labels;
  bool declared;
};
LSTMETRICS_API void check_merge(std::string_view state, const StateLabels& a, const StateLabels& b);

// A column of labels as it comes from outside: integers, booleans, integral floats or fixed-width
// text; or, with a dictionary, integer codes into it.
struct LabelColumn {
  Column values;
  const LabelList* dictionary = nullptr;
  std::string_view name = "labels";  // in messages: "y_true"

  std::size_t size() const noexcept { return values.size; }
};

// ShapeError unless all sizes agree, in scikit-learn's words and with the names.
struct NamedSize {
  std::string_view name;
  std::size_t size;
};
LSTMETRICS_API void check_same_size(std::initializer_list<NamedSize> sizes);

}  // namespace lstmetrics::metrics
