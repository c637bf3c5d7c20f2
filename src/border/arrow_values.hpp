// What lies in the arrays of the Arrow C data interface: types, slices, text, dictionaries. Used by
// arrow.cpp alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "border/arrow_abi.hpp"
#include "border/foreign.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/text_codes.hpp"

namespace lstmetrics::border::arrow {

enum class Kind : std::uint8_t { number, boolean, text, long_text, text_views, null };

struct Type {
  Kind kind = Kind::number;
  DType dtype = DType::int64;
  bool is_list = false;  // each row is a list of `width` numbers
  std::size_t width = 1;
};

// The rows of one array, which begin at item `offset` of its buffers.
struct Slice {
  const ArrowArray* array = nullptr;
  std::size_t offset = 0;
  std::size_t length = 0;
};

// The column itself: a table of a single column stands for that column.
const ArrowSchema& column_of(const ArrowSchema& schema, const char* name);

// InvalidType for what is neither numbers nor text.
Type type_of(const ArrowSchema& schema, const char* name);

// The rows of an array of `schema`, its structure and lengths checked, without nulls; `row` is the
// index of the first of them in the whole column.
Slice slice_of(const ArrowArray& array, const ArrowSchema& schema, const Type& type,
               const char* name, std::size_t row);

inline const std::byte* values_of(const Slice& slice, std::size_t item_size) noexcept {
  return static_cast<const std::byte*>(slice.array->buffers[1]) + slice.offset * item_size;
}

void append_booleans(const Slice& slice, std::vector<std::uint8_t>& to);

[[noreturn]] void refuse_text(const char* name);

template <class Offset, class F>
void for_each_by_offsets(const Slice& slice, const char* name, F&& f) {
  const std::byte* const offsets = values_of(slice, sizeof(Offset));
  const auto* const bytes = static_cast<const char*>(slice.array->buffers[2]);
  const auto offset = [&](std::size_t i) {
    Offset value;
    std::memcpy(&value, offsets + i * sizeof(Offset), sizeof value);
    return value;
  };
  Offset begin = offset(0);
  if (begin < 0) refuse_text(name);
  for (std::size_t i = 0; i < slice.length; ++i) {
    const Offset end = offset(i + 1);
    if (end < begin || (bytes == nullptr && end > begin)) refuse_text(name);
    f(std::string_view(bytes + begin, static_cast<std::size_t>(end - begin)));
    begin = end;
  }
}

// The text of one view; checked against the lengths of the buffers.
std::string_view text_of_view(const Slice& slice, std::size_t i, const char* name);

// f(std::string_view) for each row of text.
template <class F>
void for_each_text(const Slice& slice, Kind kind, const char* name, F&& f) {
  if (slice.length == 0) return;
  if (kind == Kind::text) return for_each_by_offsets<std::int32_t>(slice, name, f);
  if (kind == Kind::long_text) return for_each_by_offsets<std::int64_t>(slice, name, f);
  for (std::size_t i = 0; i < slice.length; ++i) f(text_of_view(slice, i, name));
}

// The entries of the dictionaries of all chunks, each label once.
class Dictionary {
 public:
  explicit Dictionary(const char* name) : name_(name) {}

  // Adds the entries of a chunk's dictionary, whose codes are looked at next.
  void append(const ArrowSchema& schema, const ArrowArray* array);
  // Whether the chunk's codes are those of labels(), so that they can stay where they are.
  bool keeps_codes() const noexcept;
  // The chunk's codes as codes of labels(). Refuses codes of nulls.
  void append_codes(const Foreign& codes, std::vector<std::uint32_t>& to) const;

  std::shared_ptr<const metrics::LabelList> labels();

 private:
  template <class Add>
  void add_numbers(const Slice& values, const Type& type, Add&& add);
  std::uint32_t code_of(std::int64_t number);

  const char* name_;
  metrics::TextCodes texts_;
  std::vector<std::int64_t> numbers_;
  std::unordered_map<std::int64_t, std::uint32_t> number_codes_;
  std::vector<std::uint32_t> codes_;  // of the chunk's entries; kMissing for nulls
};

}  // namespace lstmetrics::border::arrow
