#include "border/buffer.hpp"

#include <bit>
#include <cctype>
#include <optional>
#include <string>

#include "border/errors.hpp"
#include "border/foreign.hpp"

namespace lstmetrics::border {
namespace {

constexpr char kNativeOrder = std::endian::native == std::endian::little ? '<' : '>';

std::optional<DType> by_size(std::size_t size, DType of1, DType of2, DType of4, DType of8) {
  switch (size) {
    case 1:
      return of1;
    case 2:
      return of2;
    case 4:
      return of4;
    case 8:
      return of8;
    default:
      return std::nullopt;
  }
}

std::optional<DType> floating(std::size_t size) {
  switch (size) {
    case 2:
      return DType::float16;
    case 4:
      return DType::float32;
    case 8:
      return DType::float64;
    default:
      return std::nullopt;
  }
}

// The dtype of one format letter. The item's size decides the width: 'l' is four bytes on some
// platforms and eight on others.
std::optional<DType> parse(char letter, std::size_t size) {
  switch (letter) {
    case '?':
      return DType::boolean;
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
    case 'n':
      return by_size(size, DType::int8, DType::int16, DType::int32, DType::int64);
    case 'B':
    case 'H':
    case 'I':
    case 'L':
    case 'Q':
    case 'N':
      return by_size(size, DType::uint8, DType::uint16, DType::uint32, DType::uint64);
    case 'e':
    case 'f':
    case 'd':
    case 'g':
      return floating(size);
    default:
      return std::nullopt;
  }
}

[[noreturn]] void refuse_order(const char* name) {
  throw InvalidType(std::string(name) +
                    ": the byte order is not this machine's; convert it with "
                    "a.astype(a.dtype.newbyteorder('='))");
}

[[noreturn]] void refuse_format(const char* name, const char* format) {
  throw InvalidType(std::string(name) +
                    ": expected booleans, integers, floats of at most 64 bits, or text; got items "
                    "of format '" +
                    format + "'");
}

}  // namespace

Buffer::Buffer(PyObject* object, const char* name, Access access) : name_(name) {
  const int flags = PyBUF_FORMAT | PyBUF_STRIDES | (access == Access::write ? PyBUF_WRITABLE : 0);
  if (PyObject_GetBuffer(object, &view_, flags) != 0) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError) && !PyErr_ExceptionMatches(PyExc_ValueError) &&
        !PyErr_ExceptionMatches(PyExc_BufferError)) {
      throw PythonError();
    }
    PyErr_Clear();
    borrow(object);
    return;
  }
  try {
    read_format();
  } catch (...) {
    PyBuffer_Release(&view_);
    throw;
  }
}

void Buffer::read_format() {
  const char* format = view_.format == nullptr ? "B" : view_.format;
  const auto item_size = static_cast<std::size_t>(view_.itemsize);
  const char* rest = format;
  if (*rest == '@' || *rest == '=' || *rest == '<' || *rest == '>') {
    if ((*rest == '<' || *rest == '>') && *rest != kNativeOrder) refuse_order(name_);
    ++rest;
  }
  const char* letter = rest;
  while (std::isdigit(static_cast<unsigned char>(*letter)) != 0) ++letter;
  const bool single = letter[0] != '\0' && letter[1] == '\0';
  if (single && *letter == 'w') {
    dtype_ = DType::ucs4;
  } else if (single && letter == rest && *letter == 'O') {
    holds_objects_ = true;
  } else {
    const auto parsed = single && letter == rest ? parse(*letter, item_size) : std::nullopt;
    if (!parsed) refuse_format(name_, format);
    dtype_ = *parsed;
  }
}

// What the core knows of a foreign column, in the fields of a buffer.
void Buffer::borrow(PyObject* object) {
  PyObject* const capsule = PyObject_GetAttrString(object, kForeignAttribute);
  if (capsule == nullptr || PyCapsule_IsValid(capsule, kForeignCapsule) == 0) {
    Py_XDECREF(capsule);
    PyErr_Clear();
    throw InvalidType(std::string(name_) + ": expected an array of numbers or text, got " +
                      Py_TYPE(object)->tp_name);
  }
  foreign_ = static_cast<const Foreign*>(PyCapsule_GetPointer(capsule, kForeignCapsule));
  Py_DECREF(capsule);
  dtype_ = foreign_->dtype;
  view_.buf = const_cast<std::byte*>(foreign_->data);
  view_.itemsize = static_cast<Py_ssize_t>(size_of(dtype_));
  view_.len = static_cast<Py_ssize_t>(foreign_->items()) * view_.itemsize;
  view_.readonly = 1;
  view_.ndim = static_cast<int>(foreign_->shape.size());
  view_.shape = const_cast<Py_ssize_t*>(foreign_->shape.data());
  view_.strides = const_cast<Py_ssize_t*>(foreign_->strides.data());
  view_.obj = Py_NewRef(object);
}

Buffer::~Buffer() {
  if (foreign_ == nullptr)
    PyBuffer_Release(&view_);
  else
    Py_DECREF(view_.obj);
}

PyObject* Buffer::object_at(std::size_t index) const noexcept {
  const auto* bytes = static_cast<const std::byte*>(view_.buf);
  PyObject* const* item = reinterpret_cast<PyObject* const*>(
      bytes + static_cast<std::ptrdiff_t>(index) * view_.strides[0]);
  return *item;
}

std::size_t Buffer::items() const noexcept {
  return view_.itemsize == 0 ? 0 : static_cast<std::size_t>(view_.len / view_.itemsize);
}

void Buffer::expect(int dimensions) const {
  if (view_.ndim != dimensions) {
    throw ShapeError(std::string(name_) + ": expected " + std::to_string(dimensions) +
                     (dimensions == 1 ? " dimension" : " dimensions") + ", got " +
                     std::to_string(view_.ndim));
  }
  if (holds_objects_) refuse_format(name_, "O");
}

Column Buffer::column() const {
  if (dictionary() != nullptr) {
    throw InvalidType(std::string(name_) + ": expected numbers, got text or categories");
  }
  return codes();
}

Column Buffer::codes() const {
  expect(1);
  return {static_cast<const std::byte*>(view_.buf), dtype_, size(0), view_.strides[0],
          static_cast<std::size_t>(view_.itemsize)};
}

Matrix Buffer::matrix() const {
  expect(2);
  return {static_cast<const std::byte*>(view_.buf),
          dtype_,
          size(0),
          size(1),
          view_.strides[0],
          view_.strides[1],
          static_cast<std::size_t>(view_.itemsize)};
}

}  // namespace lstmetrics::border
