// The kernels over whole arrays: element by element, and over the rows of the last axis.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>

namespace lstmetrics::border {

enum class Verb : std::uint8_t {
  exp,
  log,
  sigmoid,
  tanh,
  erf,
  erfc,
  normal_cdf,
  normal_quantile,
};

// `in` and `out` are C-contiguous arrays of one dtype and size: float32 or float64 as the verb has
// it. InvalidType else.
void apply(Verb verb, PyObject* in, PyObject* out);

// `in` and `out` hold rows of `row` items: exp(x - max) / sum of each row.
void softmax(PyObject* in, PyObject* out, std::size_t row);

// One double per row of `in`.
void log_sum_exp(PyObject* in, PyObject* out, std::size_t row);

// The exact sum of a numeric array of one dimension, any stride, rounded once.
double exact_sum(PyObject* values);

}  // namespace lstmetrics::border
