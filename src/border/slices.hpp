// A batch cut into groups.
#pragma once

#include <Python.h>

#include <cstddef>

#include "lstmetrics/metrics/slices.hpp"

namespace lstmetrics::border {

struct SlicesAnswer {
  metrics::Slices slices;

  std::size_t rows() const noexcept { return slices.rows.size(); }
  std::size_t groups() const noexcept { return slices.ends.size(); }
  // Into contiguous arrays of uint32 (groups x columns), of int64 (rows) and of int64 (groups).
  void write(PyObject* keys, PyObject* rows, PyObject* ends) const;
};

// `columns` is a list of columns of labels, `names` a list of what they are called in errors.
SlicesAnswer slices_of(PyObject* columns, PyObject* names);

}  // namespace lstmetrics::border
