#include "border/arrow.hpp"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "border/arrow_abi.hpp"
#include "border/arrow_values.hpp"
#include "border/gil.hpp"
#include "border/reference.hpp"
#include "lstmetrics/metrics/text_codes.hpp"

namespace lstmetrics::border {
namespace {

// All of a column, for as long as any of it is looked at.
struct Imported {
  Released<ArrowSchema> schema;
  std::vector<Released<ArrowArray>> arrays;
};

[[noreturn]] void refuse_structure(const char* name, const std::string& what) {
  throw FormatError(std::string(name) + ": malformed Arrow data: " + what);
}

// ---- capsules -----------------------------------------------------------------------------------

template <class T>
Released<T> take(PyObject* capsule, const char* capsule_name, const char* name) {
  if (PyCapsule_IsValid(capsule, capsule_name) == 0) {
    refuse_structure(name, std::string("expected a capsule named '") + capsule_name + "'");
  }
  auto* const held = static_cast<T*>(PyCapsule_GetPointer(capsule, capsule_name));
  if (held->release == nullptr) refuse_structure(name, "a structure that was released before");
  return Released<T>(held);
}

void import_array(PyObject* source, const char* name, Imported& imported) {
  const Reference pair(PyObject_CallMethod(source, "__arrow_c_array__", nullptr));
  if (!PyTuple_Check(pair.get()) || PyTuple_GET_SIZE(pair.get()) != 2) {
    refuse_structure(name, "__arrow_c_array__ must return two capsules");
  }
  // Both are taken before either is looked at, so that each is released once, here.
  auto schema = take<ArrowSchema>(PyTuple_GET_ITEM(pair.get(), 0), "arrow_schema", name);
  auto array = take<ArrowArray>(PyTuple_GET_ITEM(pair.get(), 1), "arrow_array", name);
  std::swap(*imported.schema.get(), *schema.get());
  imported.arrays.push_back(std::move(array));
}

void check(int error, ArrowArrayStream& stream, const char* name) {
  if (error == 0) return;
  const char* told = stream.get_last_error == nullptr ? nullptr : stream.get_last_error(&stream);
  throw InvalidValue(std::string(name) + ": the stream of Arrow data failed with error " +
                     std::to_string(error) + (told == nullptr ? "" : std::string(": ") + told));
}

void import_stream(PyObject* source, const char* name, Imported& imported) {
  const Reference capsule(PyObject_CallMethod(source, "__arrow_c_stream__", nullptr));
  auto stream = take<ArrowArrayStream>(capsule.get(), "arrow_array_stream", name);
  if (stream->get_schema == nullptr || stream->get_next == nullptr) {
    refuse_structure(name, "a stream without callbacks");
  }
  check(stream->get_schema(stream.get(), imported.schema.get()), *stream.get(), name);
  if (imported.schema.is_released()) refuse_structure(name, "a stream without a schema");
  for (;;) {
    Released<ArrowArray> array;
    check(stream->get_next(stream.get(), array.get()), *stream.get(), name);
    if (array.is_released()) return;
    imported.arrays.push_back(std::move(array));
  }
}

// ---- columns ------------------------------------------------------------------------------------

using arrow::Kind;
using arrow::Slice;
using arrow::Type;

// Chunks of numbers, one after the other; a single one stays where it is.
Foreign numbers(const std::vector<Slice>& chunks, const Type& type,
                std::shared_ptr<const void> owner) {
  const std::size_t row = size_of(type.dtype) * type.width;
  std::size_t rows = 0;
  for (const Slice& chunk : chunks) rows += chunk.length;
  Foreign column;
  column.dtype = type.dtype;
  if (chunks.size() == 1) {
    column.data = arrow::values_of(chunks[0], size_of(type.dtype));
    column.owner = std::move(owner);
  } else {
    std::vector<std::byte> all;
    all.reserve(rows * row);
    for (const Slice& chunk : chunks) {
      const std::byte* values = arrow::values_of(chunk, size_of(type.dtype));
      all.insert(all.end(), values, values + chunk.length * row);
    }
    const DType dtype = column.dtype;
    column = owned_column(std::move(all), dtype);
  }
  column.shape = {static_cast<Py_ssize_t>(rows)};
  column.strides = {static_cast<Py_ssize_t>(row)};
  if (type.is_list) {
    column.shape.push_back(static_cast<Py_ssize_t>(type.width));
    column.strides.push_back(static_cast<Py_ssize_t>(size_of(type.dtype)));
  }
  return column;
}

Foreign booleans(const std::vector<Slice>& chunks) {
  std::vector<std::uint8_t> values;
  for (const Slice& chunk : chunks) arrow::append_booleans(chunk, values);
  return owned_column(std::move(values), DType::boolean);
}

Foreign text(const std::vector<Slice>& chunks, const Type& type, const char* name) {
  std::size_t rows = 0;
  for (const Slice& chunk : chunks) rows += chunk.length;
  std::vector<std::uint32_t> codes;
  metrics::TextCodes texts;
  unlocked(rows, [&] {
    codes.reserve(rows);
    for (const Slice& chunk : chunks) {
      arrow::for_each_text(chunk, type.kind, name,
                           [&](std::string_view value) { codes.push_back(texts.code_of(value)); });
    }
  });
  Foreign column = owned_column(std::move(codes), DType::uint32);
  column.dictionary = std::make_shared<const metrics::LabelList>(texts.take());
  return column;
}

// A chunk's codes are of its own dictionary: those of several are brought to one.
Foreign dictionary(const std::vector<Slice>& chunks, const Type& type, const ArrowSchema& schema,
                   const char* name, std::shared_ptr<const void> owner) {
  arrow::Dictionary entries(name);
  std::vector<std::uint32_t> codes;
  Foreign column;
  for (const Slice& chunk : chunks) {
    entries.append(*schema.dictionary, chunk.array->dictionary);
    column = numbers({chunk}, type, owner);
    if (chunks.size() == 1 && entries.keeps_codes()) break;
    entries.append_codes(column, codes);
  }
  if (chunks.size() != 1 || !codes.empty()) column = owned_column(std::move(codes), DType::uint32);
  column.dictionary = entries.labels();
  return column;
}

}  // namespace

bool exports_arrow(PyObject* object) {
  return PyObject_HasAttrString(object, "__arrow_c_array__") != 0 ||
         PyObject_HasAttrString(object, "__arrow_c_stream__") != 0;
}

Foreign read_arrow(PyObject* source, const char* name) {
  const auto imported = std::make_shared<Imported>();
  if (PyObject_HasAttrString(source, "__arrow_c_array__") != 0) {
    import_array(source, name, *imported);
  } else {
    import_stream(source, name, *imported);
  }
  const ArrowSchema& schema = arrow::column_of(*imported->schema, name);
  const Type type = arrow::type_of(schema, name);
  std::vector<Slice> chunks;
  std::size_t row = 0;
  for (const Released<ArrowArray>& array : imported->arrays) {
    const Slice chunk = arrow::slice_of(*array, *imported->schema, type, name, row);
    row += chunk.length;
    if (chunk.length > 0) chunks.push_back(chunk);
  }
  if (schema.dictionary != nullptr) return dictionary(chunks, type, schema, name, imported);
  switch (type.kind) {
    case Kind::number:
      return numbers(chunks, type, imported);
    case Kind::boolean:
      return booleans(chunks);
    default:
      return text(chunks, type, name);
  }
}

}  // namespace lstmetrics::border
