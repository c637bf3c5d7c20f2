#include "border/arrow_values.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"

namespace lstmetrics::border::arrow {
namespace {

constexpr std::uint32_t kMissing = static_cast<std::uint32_t>(-1);

void expect(bool holds, const char* name, const std::string& what) {
  if (!holds) throw FormatError(std::string(name) + ": malformed Arrow data: " + what);
}

[[noreturn]] void refuse_type(const char* name, const char* format) {
  throw InvalidType(std::string(name) +
                    ": expected a column of booleans, integers, floats or text; got one of Arrow's "
                    "type '" +
                    format + "'");
}

std::optional<Type> simple_type(std::string_view format) {
  const auto number = [](DType dtype) { return Type{.dtype = dtype}; };
  const auto of = [](Kind kind) { return Type{.kind = kind}; };
  if (format == "vu") return of(Kind::text_views);
  if (format.size() != 1) return std::nullopt;
  switch (format[0]) {
    case 'n':
      return of(Kind::null);
    case 'b':
      return Type{.kind = Kind::boolean, .dtype = DType::boolean};
    case 'c':
      return number(DType::int8);
    case 'C':
      return number(DType::uint8);
    case 's':
      return number(DType::int16);
    case 'S':
      return number(DType::uint16);
    case 'i':
      return number(DType::int32);
    case 'I':
      return number(DType::uint32);
    case 'l':
      return number(DType::int64);
    case 'L':
      return number(DType::uint64);
    case 'e':
      return number(DType::float16);
    case 'f':
      return number(DType::float32);
    case 'g':
      return number(DType::float64);
    case 'u':
      return of(Kind::text);
    case 'U':
      return of(Kind::long_text);
    default:
      return std::nullopt;
  }
}

// "+w:3" is a list of three.
std::optional<std::size_t> width_of(std::string_view format) {
  if (!format.starts_with("+w:") || format.size() == 3 || format.size() > 12) return std::nullopt;
  std::size_t width = 0;
  for (const char digit : format.substr(3)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    width = 10 * width + static_cast<std::size_t>(digit - '0');
  }
  return width;
}

bool bit(const std::uint8_t* bits, std::size_t i) noexcept {
  return (bits[i / 8] >> (i % 8) & 1) != 0;
}

// The first of the bits [begin, end) that is not set, or `end`.
std::size_t first_unset(const std::uint8_t* bits, std::size_t begin, std::size_t end) noexcept {
  std::size_t i = begin;
  while (i < end) {
    if (i % 8 == 0 && end - i >= 8 && bits[i / 8] == 0xff)
      i += 8;
    else if (bit(bits, i))
      ++i;
    else
      break;
  }
  return i;
}

// The validity of an array's items, or null when all are valid.
const std::uint8_t* validity(const ArrowArray& array, const char* name) {
  if (array.null_count == 0 || array.n_buffers == 0) return nullptr;
  expect(array.buffers[0] != nullptr || array.null_count < 0, name, "nulls without a bitmap");
  return static_cast<const std::uint8_t*>(array.buffers[0]);
}

std::int64_t buffers_of(const Type& type) {
  switch (type.kind) {
    case Kind::number:
    case Kind::boolean:
      return 2;
    case Kind::null:
      return 0;
    default:
      return 3;
  }
}

constexpr std::int64_t kMostItems = std::numeric_limits<std::int64_t>::max() / 64;

// All items of an array that has so many buffers, or more of them where `or_more`.
Slice items_of(const ArrowArray& array, std::int64_t buffers, bool or_more, const char* name) {
  expect(array.length >= 0 && array.offset >= 0 && array.length <= kMostItems - array.offset, name,
         "a length or an offset that cannot be");
  expect(array.null_count >= -1 && array.null_count <= array.length, name, "a count of nulls");
  expect(array.n_buffers == buffers || (or_more && array.n_buffers > buffers), name,
         "another number of buffers than its type has");
  expect(array.n_buffers == 0 || array.buffers != nullptr, name, "no buffers");
  return {&array, static_cast<std::size_t>(array.offset), static_cast<std::size_t>(array.length)};
}

Slice items_of(const ArrowArray& array, const Type& type, const char* name) {
  // A column of nulls has no buffers, but some exporters give it one.
  const bool or_more = type.kind == Kind::text_views || type.kind == Kind::null;
  const Slice all = items_of(array, buffers_of(type), or_more, name);
  if (type.kind == Kind::null) return all;
  expect(array.length == 0 || array.buffers[1] != nullptr, name, "no values");
  expect(array.n_buffers <= 3 || array.buffers[array.n_buffers - 1] != nullptr, name,
         "views without the lengths of their buffers");
  return all;
}

// The only child of a table or of an array of lists.
const ArrowArray& child_of(const ArrowArray& array, const char* name) {
  expect(array.n_children == 1 && array.children != nullptr && array.children[0] != nullptr, name,
         "an array without its items");
  return *array.children[0];
}

// The items of a child that stand for `rows` of its parent, each for `width` of them.
Slice within(const Slice& rows, const Slice& child, std::size_t width, const char* name) {
  const std::size_t end = rows.offset + rows.length;
  expect(width == 0 || end <= child.length / width, name, "an array longer than its items");
  return {child.array, child.offset + rows.offset * width, rows.length * width};
}

// Refuses nulls; `width` items make a row, and the first row has the index `row`.
void check_no_nulls(const Slice& items, std::size_t width, const char* name, std::size_t row) {
  const std::uint8_t* const bits = validity(*items.array, name);
  if (bits == nullptr || items.length == 0) return;
  const std::size_t end = items.offset + items.length;
  const std::size_t at = first_unset(bits, items.offset, end);
  if (at < end) refuse_null(name, row + (at - items.offset) / width);
}

// An entry of a dictionary that is a float must be a whole number.
std::int64_t whole(double value, const char* name) {
  constexpr double kEnd = 0x1p63;
  if (value >= -kEnd && value < kEnd) {
    const auto integer = static_cast<std::int64_t>(value);
    if (static_cast<double>(integer) == value) return integer;
  }
  throw InvalidValue(std::string(name) + ": the dictionary holds " + metrics::number_text(value) +
                     ", which is no label: labels are text or whole numbers");
}

}  // namespace

const ArrowSchema& column_of(const ArrowSchema& schema, const char* name) {
  expect(schema.format != nullptr, name, "a schema without a format");
  if (std::string_view(schema.format) != "+s") return schema;
  if (schema.n_children != 1) {
    throw ShapeError(std::string(name) + ": expected one column, got a table of " +
                     std::to_string(schema.n_children));
  }
  expect(schema.children != nullptr && schema.children[0] != nullptr &&
             schema.children[0]->format != nullptr,
         name, "a table without its column");
  return *schema.children[0];
}

Type type_of(const ArrowSchema& schema, const char* name) {
  if (const auto width = width_of(schema.format)) {
    expect(schema.n_children == 1 && schema.children != nullptr && schema.children[0] != nullptr &&
               schema.children[0]->format != nullptr,
           name, "lists without items");
    const auto item = simple_type(schema.children[0]->format);
    if (!item || item->kind != Kind::number || schema.children[0]->dictionary != nullptr) {
      refuse_type(name, schema.format);
    }
    return {.dtype = item->dtype, .is_list = true, .width = *width};
  }
  const auto type = simple_type(schema.format);
  if (!type) refuse_type(name, schema.format);
  if (schema.dictionary == nullptr) return *type;
  const bool codes = type->kind == Kind::number && type->dtype != DType::float16 &&
                     type->dtype != DType::float32 && type->dtype != DType::float64;
  expect(codes && schema.dictionary->format != nullptr, name, "a dictionary without codes");
  return *type;
}

Slice slice_of(const ArrowArray& array, const ArrowSchema& schema, const Type& type,
               const char* name, std::size_t row) {
  const bool is_table = std::string_view(schema.format) == "+s";
  const ArrowArray* node = &array;
  std::optional<Slice> rows;  // of what `node` lies in
  const auto enter = [&] {
    Slice here = items_of(*node, 1, false, name);
    if (rows) here = within(*rows, here, 1, name);
    check_no_nulls(here, 1, name, row);
    node = &child_of(*node, name);
    rows = here;
  };
  if (is_table) enter();
  if (type.is_list) enter();
  Slice items = items_of(*node, type, name);
  if (rows) items = within(*rows, items, type.width, name);
  if (type.kind == Kind::null && items.length > 0) refuse_null(name, row);
  check_no_nulls(items, type.width, name, row);
  if (rows) items.length = rows->length;
  return items;
}

void append_booleans(const Slice& slice, std::vector<std::uint8_t>& to) {
  const auto* const bits = static_cast<const std::uint8_t*>(slice.array->buffers[1]);
  to.reserve(to.size() + slice.length);
  for (std::size_t i = 0; i < slice.length; ++i) {
    to.push_back(bit(bits, slice.offset + i) ? 1 : 0);
  }
}

void refuse_text(const char* name) {
  throw FormatError(std::string(name) + ": malformed Arrow data: text outside its buffer");
}

std::string_view text_of_view(const Slice& slice, std::size_t i, const char* name) {
  constexpr std::int32_t kInline = 12;
  constexpr std::size_t kView = 16;
  const std::byte* const view = values_of(slice, kView) + i * kView;
  const auto word = [view](std::size_t at) {
    std::int32_t value;
    std::memcpy(&value, view + at, sizeof value);
    return value;
  };
  const std::int32_t size = word(0);
  if (size < 0) refuse_text(name);
  if (size <= kInline) {
    return {reinterpret_cast<const char*>(view + 4), static_cast<std::size_t>(size)};
  }
  const std::int64_t buffers = slice.array->n_buffers - 3;
  const std::int64_t buffer = word(8);
  const std::int64_t begin = word(12);
  if (buffer < 0 || buffer >= buffers || begin < 0) refuse_text(name);
  std::int64_t held;
  std::memcpy(&held,
              static_cast<const std::byte*>(slice.array->buffers[slice.array->n_buffers - 1]) +
                  static_cast<std::size_t>(buffer) * sizeof held,
              sizeof held);
  const auto* const bytes = static_cast<const char*>(slice.array->buffers[2 + buffer]);
  if (bytes == nullptr || begin > held || size > held - begin) refuse_text(name);
  return {bytes + begin, static_cast<std::size_t>(size)};
}

// ---- dictionaries -------------------------------------------------------------------------------

void Dictionary::append(const ArrowSchema& schema, const ArrowArray* array) {
  expect(array != nullptr, name_, "codes without a dictionary");
  const auto type = simple_type(schema.format);
  if (!type || type->kind == Kind::null || schema.dictionary != nullptr) {
    refuse_type(name_, schema.format);
  }
  const Slice values = items_of(*array, *type, name_);
  const std::uint8_t* const bits = validity(*array, name_);
  const auto add = [&](std::size_t i, auto code) {
    const bool is_null = bits != nullptr && !bit(bits, values.offset + i);
    codes_.push_back(is_null ? kMissing : code());
  };
  codes_.clear();
  if (type->kind == Kind::number || type->kind == Kind::boolean) {
    add_numbers(values, *type, add);
    return;
  }
  for_each_text(values, type->kind, name_, [&](std::string_view text) {
    add(codes_.size(), [&] { return texts_.code_of(text); });
  });
}

template <class Add>
void Dictionary::add_numbers(const Slice& values, const Type& type, Add&& add) {
  std::vector<std::uint8_t> flags;
  if (type.kind == Kind::boolean) append_booleans(values, flags);
  const std::size_t size = size_of(type.dtype);
  const Column column{type.kind == Kind::boolean ? reinterpret_cast<const std::byte*>(flags.data())
                                                 : values_of(values, size),
                      type.dtype, values.length, static_cast<std::ptrdiff_t>(size), size};
  const bool is_float =
      type.dtype == DType::float16 || type.dtype == DType::float32 || type.dtype == DType::float64;
  std::optional<metrics::DoubleReader> floats;
  std::optional<metrics::IntegerReader> integers;
  if (is_float)
    floats.emplace(column, name_);
  else
    integers.emplace(column, name_);
  for (std::size_t i = 0; i < values.length; ++i) {
    add(i, [&] {
      return code_of(is_float ? whole(*floats->block(i, 1), name_) : *integers->block(i, 1));
    });
  }
}

std::uint32_t Dictionary::code_of(std::int64_t number) {
  const auto next = static_cast<std::uint32_t>(numbers_.size());
  const auto [at, is_new] = number_codes_.try_emplace(number, next);
  if (is_new) numbers_.push_back(number);
  return at->second;
}

bool Dictionary::keeps_codes() const noexcept {
  for (std::uint32_t i = 0; i < codes_.size(); ++i) {
    if (codes_[i] != i) return false;
  }
  return true;
}

void Dictionary::append_codes(const Foreign& codes, std::vector<std::uint32_t>& to) const {
  const Column column{codes.data, codes.dtype, codes.items(), codes.strides[0],
                      size_of(codes.dtype)};
  metrics::IntegerReader reader(column, name_);
  for (std::size_t begin = 0; begin < column.size; begin += metrics::kBlock) {
    const std::size_t n = std::min(metrics::kBlock, column.size - begin);
    const std::int64_t* const block = reader.block(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto code = static_cast<std::uint64_t>(block[i]);
      expect(code < codes_.size(), name_, "a code outside its dictionary");
      if (codes_[code] == kMissing) refuse_null(name_, to.size());
      to.push_back(codes_[code]);
    }
  }
}

std::shared_ptr<const metrics::LabelList> Dictionary::labels() {
  if (texts_.size() > 0) return std::make_shared<const metrics::LabelList>(texts_.take());
  metrics::LabelList labels{
      .kind = metrics::LabelKind::integer, .integers = std::move(numbers_), .texts = {}};
  return std::make_shared<const metrics::LabelList>(std::move(labels));
}

}  // namespace lstmetrics::border::arrow
