// Arrays and shapes that the bindings of models share.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::border {

using Floats = pybind11::array_t<float, pybind11::array::c_style | pybind11::array::forcecast>;
using Ids = pybind11::array_t<std::int64_t, pybind11::array::c_style | pybind11::array::forcecast>;
using Flags =
    pybind11::array_t<std::uint8_t, pybind11::array::c_style | pybind11::array::forcecast>;
using ShapeTuple = pybind11::typing::Tuple<std::optional<std::size_t>, pybind11::ellipsis>;

// As Keras says it: None is the batch.
inline ShapeTuple shape_tuple(const lstm::Shape& shape) {
  namespace py = pybind11;
  py::list dimensions;
  dimensions.append(py::none());
  if (shape.sequence) dimensions.append(shape.steps ? py::cast(*shape.steps) : py::none());
  if (!shape.ids) dimensions.append(shape.features);
  return ShapeTuple(py::tuple(dimensions));
}

// UnsupportedError unless it is one of "float32", "bf16" and "int8".
lstm::Precision precision_named(const std::string& name);

void register_model_specs(pybind11::module_& module);

}  // namespace lstmetrics::border
