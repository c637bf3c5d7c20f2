#include "border/errors.hpp"

#include <Python.h>

#include <cstring>
#include <new>
#include <stdexcept>

namespace lstmetrics::border {
namespace {

void raise(const char* name, const std::exception& error) noexcept {
  PyObject* module = PyImport_ImportModule("lstmetrics.errors");
  PyObject* type = module == nullptr ? nullptr : PyObject_GetAttrString(module, name);
  // Messages quote labels and file names, which need not be valid UTF-8.
  PyObject* message =
      type == nullptr
          ? nullptr
          : PyUnicode_DecodeUTF8(error.what(), static_cast<Py_ssize_t>(std::strlen(error.what())),
                                 "backslashreplace");
  if (message != nullptr) PyErr_SetObject(type, message);
  Py_XDECREF(message);
  Py_XDECREF(type);
  Py_XDECREF(module);
}

}  // namespace

void set_python_error() noexcept {
  try {
    throw;
  } catch (const PythonError&) {
    // Already set.
  } catch (const ShapeError& error) {
    raise("ShapeError", error);
  } catch (const FormatError& error) {
    raise("FormatError", error);
  } catch (const MergeError& error) {
    raise("MergeError", error);
  } catch (const UnsupportedError& error) {
    raise("UnsupportedError", error);
  } catch (const IsaError& error) {
    raise("IsaError", error);
  } catch (const CountOverflow& error) {
    raise("CountOverflowError", error);
  } catch (const InvalidValue& error) {
    raise("InvalidValueError", error);
  } catch (const InvalidType& error) {
    raise("InvalidTypeError", error);
  } catch (const Error& error) {
    raise("LstmetricsError", error);
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_RuntimeError, "unknown C++ exception");
  }
}

}  // namespace lstmetrics::border
