// Columns by the Arrow C data interface, from any library that exports capsules of it.
//
// Numbers of a single chunk are not copied; booleans are unpacked, chunks put together, and text
// becomes codes of labels, as dictionary-encoded columns are already. Nulls are refused by index.
#pragma once

#include <Python.h>

#include "border/foreign.hpp"

namespace lstmetrics::border {

bool exports_arrow(PyObject* object);

// InvalidType for types that are neither numbers nor text, InvalidValue for nulls, FormatError for
// structures that contradict themselves.
Foreign read_arrow(PyObject* source, const char* name);

}  // namespace lstmetrics::border
