// Arrays from Python as typed views of the core: any stride, no copy, no numpy headers. An array is
// what has a buffer (PEP 3118), or a column of another library (border/foreign.hpp).
#pragma once

#include <Python.h>

#include <cstddef>

#include "border/foreign.hpp"
#include "lstmetrics/base/view.hpp"

namespace lstmetrics::border {

enum class Access { read, write };

// Holds a buffer for as long as it lives. Construct and destroy with the GIL held; the views may
// be read without it. It never moves: a Py_buffer may point into itself. `name` is the argument's
// name in error messages.
class Buffer {
 public:
  Buffer(PyObject* object, const char* name, Access access = Access::read);
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  int dimensions() const noexcept { return view_.ndim; }
  std::size_t size(int dimension) const noexcept {
    return static_cast<std::size_t>(view_.shape[dimension]);
  }
  // Items are PyObject*; such a buffer has no Column or Matrix.
  bool holds_objects() const noexcept { return holds_objects_; }
  PyObject* object_at(std::size_t index) const noexcept;
  // The labels that the items are codes of, or null.
  const metrics::LabelList* dictionary() const noexcept {
    return foreign_ == nullptr ? nullptr : foreign_->dictionary.get();
  }

  DType dtype() const noexcept { return dtype_; }
  void* data() const noexcept { return view_.buf; }
  // Items in all dimensions; how to walk them when is_contiguous().
  std::size_t items() const noexcept;
  bool is_contiguous() const noexcept { return PyBuffer_IsContiguous(&view_, 'C') != 0; }

  Column column() const;  // ShapeError unless it has one dimension
  Matrix matrix() const;  // ShapeError unless it has two
  Column codes() const;   // the items, codes of a dictionary() or not

 private:
  void expect(int dimensions) const;
  void read_format();
  void borrow(PyObject* object);

  Py_buffer view_{};  // of the buffer, or filled in from the foreign column
  const Foreign* foreign_ = nullptr;
  const char* name_ = "";
  DType dtype_ = DType::float64;
  bool holds_objects_ = false;
};

}  // namespace lstmetrics::border
