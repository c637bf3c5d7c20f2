// Tensors by DLPack: any shape and strides, on the CPU; bfloat16 as well, which numpy lacks.
#pragma once

#include <Python.h>

#include "border/foreign.hpp"

namespace lstmetrics::border {

bool exports_dlpack(PyObject* object);

// UnsupportedError for other devices, InvalidType for types that are not numbers, InvalidValue for
// tensors that the exporter refuses to hand over, such as those that require gradients.
Foreign read_dlpack(PyObject* source, const char* name);

}  // namespace lstmetrics::border
