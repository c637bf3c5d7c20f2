#include "border/labels.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "border/address_cache.hpp"
#include "border/errors.hpp"
#include "border/reference.hpp"
#include "lstmetrics/metrics/text_codes.hpp"

namespace lstmetrics::border {
namespace {

using metrics::kAbsent;
using metrics::LabelKind;
using metrics::LabelList;
using metrics::LabelSet;

enum class Kind { integer, text, too_large, not_text, other };

// One label; `text` lives as long as the object it came from.
struct Scalar {
  Kind kind = Kind::other;
  std::int64_t integer = 0;
  std::string_view text{};
};

Scalar read_integer(PyObject* object) {
  const Reference number(PyNumber_Index(object));
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
  if (overflow != 0) return {.kind = Kind::too_large};
  return {.kind = Kind::integer, .integer = value};
}

Scalar read_text(PyObject* object) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(object, &size);
  if (data == nullptr) {
    PyErr_Clear();  // a lone surrogate
    return {.kind = Kind::not_text};
  }
  return {.kind = Kind::text, .text = {data, static_cast<std::size_t>(size)}};
}

// An item of an array of objects.
Scalar read_object(PyObject* object) {
  if (PyUnicode_Check(object)) return read_text(object);
  if (PyIndex_Check(object)) return read_integer(object);
  return {};
}

Scalar read_float(double value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (!(value >= -kEnd && value < kEnd)) return {};
  const auto whole = static_cast<std::int64_t>(value);
  if (static_cast<double>(whole) != value) return {};
  return {.kind = Kind::integer, .integer = whole};
}

// A scalar that the caller named as a label.
Scalar read_scalar(PyObject* object) {
  return PyFloat_Check(object) ? read_float(PyFloat_AS_DOUBLE(object)) : read_object(object);
}

[[noreturn]] void refuse(Kind kind, PyObject* object, std::size_t index, const char* name) {
  const std::string place = std::string(name) + "[" + std::to_string(index) + "]";
  if (kind == Kind::too_large) throw InvalidValue(place + " does not fit a 64-bit integer");
  if (kind == Kind::not_text) {
    throw InvalidValue(place + " is not valid Unicode text (it holds a lone surrogate)");
  }
  const bool is_nan =
      PyFloat_Check(object) && PyFloat_AS_DOUBLE(object) != PyFloat_AS_DOUBLE(object);
  if (object == Py_None || is_nan) {
    throw InvalidType(place + " is missing (" + (is_nan ? "NaN" : "None") +
                      "): drop or fill missing labels first");
  }
  throw InvalidType(place + " is of type '" + Py_TYPE(object)->tp_name +
                    "': labels must be text or whole numbers");
}

// Gathers labels of one kind.
class ListBuilder {
 public:
  ListBuilder(LabelList& list, const char* name) : list_(list), name_(name) {}

  // Checks that `scalar`, read from `object`, is a label of the same kind as those before it.
  void check(const Scalar& scalar, PyObject* object, std::size_t index) {
    if (scalar.kind != Kind::integer && scalar.kind != Kind::text) {
      refuse(scalar.kind, object, index, name_);
    }
    const LabelKind kind = scalar.kind == Kind::text ? LabelKind::text : LabelKind::integer;
    if (list_.kind == LabelKind::none) list_.kind = kind;
    if (list_.kind != kind) {
      throw InvalidType(std::string(name_) + " mixes text and whole numbers: " + name_ + "[" +
                        std::to_string(index) + "] is of type '" + Py_TYPE(object)->tp_name + "'");
    }
  }

  void append(const Scalar& scalar) {
    if (scalar.kind == Kind::text) {
      list_.texts.emplace_back(scalar.text);
    } else {
      list_.integers.push_back(scalar.integer);
    }
  }

 private:
  LabelList& list_;
  const char* name_;
};

}  // namespace

Labels::Labels(PyObject* array, const char* name, Objects accepted)
    : buffer_(array, name), name_(name) {
  if (buffer_.dimensions() != 1) {
    throw ShapeError(std::string(name) + ": expected 1 dimension, got " +
                     std::to_string(buffer_.dimensions()));
  }
  if (buffer_.holds_objects()) encode_objects(accepted);
}

void Labels::encode_objects(Objects accepted) {
  ListBuilder builder(dictionary_, name_);
  metrics::TextCodes texts;
  std::unordered_map<std::int64_t, std::uint32_t> integers;
  const std::size_t n = size();
  AddressCache known(n);
  codes_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    PyObject* const object = buffer_.object_at(i);
    AddressCache::Entry& entry = known.entry(object);
    if (entry.object != object) {
      const Scalar scalar = read_object(object);
      builder.check(scalar, object, i);
      if (accepted == Objects::text && scalar.kind == Kind::integer) {
        throw InvalidType(std::string(name_) + " is an array of objects that are not text; " +
                          "convert it to numbers");
      }
      if (scalar.kind == Kind::text) {
        entry = {object, texts.code_of(scalar.text)};
      } else {
        const auto next = static_cast<std::uint32_t>(integers.size());
        const auto [at, is_new] = integers.try_emplace(scalar.integer, next);
        if (is_new) builder.append(scalar);
        entry = {object, at->second};
      }
    }
    codes_[i] = entry.code;
  }
  if (texts.size() > 0) dictionary_ = texts.take();
}

metrics::LabelColumn Labels::column() const {
  if (!buffer_.holds_objects()) return {buffer_.codes(), buffer_.dictionary(), name_};
  const Column codes{reinterpret_cast<const std::byte*>(codes_.data()), DType::uint32,
                     codes_.size(), sizeof(std::uint32_t), sizeof(std::uint32_t)};
  return {codes, &dictionary_, name_};
}

LabelList label_list(PyObject* sequence, const char* name) {
  LabelList list;
  if (sequence == Py_None) return list;
  const Reference items(PySequence_Fast(sequence, "labels must be a sequence"));
  ListBuilder builder(list, name);
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    PyObject* const object = PySequence_Fast_GET_ITEM(items.get(), i);
    const Scalar scalar = read_scalar(object);
    builder.check(scalar, object, static_cast<std::size_t>(i));
    builder.append(scalar);
  }
  return list;
}

std::ptrdiff_t position_of(const LabelSet& labels, PyObject* scalar) {
  const Scalar read = read_scalar(scalar);
  if (read.kind == Kind::integer) return labels.index_of(read.integer);
  return read.kind == Kind::text ? labels.index_of(read.text) : kAbsent;
}

metrics::formulas::Selection select(const LabelSet& labels, PyObject* sequence) {
  metrics::formulas::Selection selection;
  if (sequence == Py_None) {
    selection.reserve(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      selection.push_back(static_cast<std::ptrdiff_t>(i));
    }
    return selection;
  }
  const Reference items(PySequence_Fast(sequence, "labels must be a sequence"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    selection.push_back(position_of(labels, PySequence_Fast_GET_ITEM(items.get(), i)));
  }
  return selection;
}

}  // namespace lstmetrics::border
