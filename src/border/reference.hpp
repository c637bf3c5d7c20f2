// An owned reference to a Python object.
#pragma once

#include <Python.h>

#include "border/errors.hpp"

namespace lstmetrics::border {

class Reference {
 public:
  // PythonError for null: the call that gave it has failed.
  explicit Reference(PyObject* object) : object_(object) {
    if (object_ == nullptr) throw PythonError();
  }
  ~Reference() { Py_DECREF(object_); }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  PyObject* get() const noexcept { return object_; }

 private:
  PyObject* object_;
};

}  // namespace lstmetrics::border
