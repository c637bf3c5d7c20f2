// Exceptions of the core as exceptions of Python: the one place where they are translated.
#pragma once

#include <exception>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::border {

// Thrown by border code after a call into Python has failed: Python's own error is already set.
class PythonError : public std::exception {};

// Call inside a catch block: sets the Python error that stands for the exception in flight.
// Needs the GIL. Classes come from `lstmetrics.errors`.
void set_python_error() noexcept;

}  // namespace lstmetrics::border
