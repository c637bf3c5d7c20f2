// Results into arrays of Python.
#pragma once

#include <Python.h>

#include <algorithm>
#include <string>
#include <vector>

#include "border/buffer.hpp"
#include "border/errors.hpp"

namespace lstmetrics::border {

// Into a contiguous array of that many items of that type; ShapeError for another one.
template <class T>
void write_items(const std::vector<T>& from, PyObject* out, const char* name, DType dtype) {
  const Buffer buffer(out, name, Access::write);
  if (buffer.dtype() != dtype || !buffer.is_contiguous() || buffer.items() != from.size()) {
    throw ShapeError(std::string(name) +
                     ": expected a contiguous array of the size and type of the result");
  }
  std::ranges::copy(from, static_cast<T*>(buffer.data()));
}

}  // namespace lstmetrics::border
