// Lists of Python's own numbers or text, read faster than numpy converts them.
#pragma once

#include <Python.h>

#include <optional>

#include "border/foreign.hpp"

namespace lstmetrics::border {

// What numpy would make of the list: int64, float64 or booleans; text as codes of labels. None when
// the items are not all of one of Python's own types, or numpy would make something else of them.
std::optional<Foreign> read_list(PyObject* list);

}  // namespace lstmetrics::border
