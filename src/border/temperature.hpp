// Temperature scaling: the arguments of one call.
#pragma once

#include <Python.h>

namespace lstmetrics::border {

// `logits` is a contiguous array of float64 of two dimensions, `targets` one of int64.
double fit_temperature(PyObject* logits, PyObject* targets);

}  // namespace lstmetrics::border
