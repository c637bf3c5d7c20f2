// Weights in fewer bits, seen from Python by lstmetrics.models.precision.
#include "lstmetrics/lstm/precision.hpp"

#include <algorithm>

#include "core/model_arrays.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace py = pybind11;

namespace {

using Bytes = py::array_t<std::int8_t>;
using Halves = py::array_t<std::uint16_t>;
using BytesAndScales = py::typing::Tuple<Bytes, Floats>;

std::vector<py::ssize_t> shape_of(const Floats& array) {
  return {array.shape(), array.shape() + array.ndim()};
}

Halves bfloat16_weights(const Floats& weights) {
  Halves halves(shape_of(weights));
  for (py::ssize_t i = 0; i < weights.size(); ++i) {
    halves.mutable_data()[i] = lstm::to_bfloat16(weights.data()[i]);
  }
  return halves;
}

// Each row of the first axis has its scale, or each column of the last.
BytesAndScales int8_weights(const Floats& weights, bool by_row) {
  if (weights.ndim() == 0) throw ShapeError("weights must have an axis");
  const auto size = static_cast<std::size_t>(weights.size());
  const auto count = static_cast<std::size_t>(weights.shape(by_row ? 0 : weights.ndim() - 1));
  const std::size_t others = count == 0 ? 0 : size / count;
  Bytes bytes(shape_of(weights));
  Floats scales(static_cast<py::ssize_t>(count));
  const float* values = weights.data();
  float* const scale = scales.mutable_data();
  std::int8_t* const rounded = bytes.mutable_data();
  runtime::enter([&] {
    if (by_row) {
      for (std::size_t i = 0; i < count; ++i)
        scale[i] = lstm::int8_scale(values + i * others, others);
    } else {
      std::ranges::copy(lstm::int8_scales(values, others, count), scale);
    }
    for (std::size_t i = 0; i < size; ++i) {
      rounded[i] = lstm::to_int8(values[i], scale[by_row ? i / others : i % count]);
    }
  });
  return py::make_tuple(std::move(bytes), std::move(scales));
}

}  // namespace

lstm::Precision precision_named(const std::string& name) {
  if (name == "float32") return lstm::Precision::float32;
  if (name == "bf16") return lstm::Precision::bfloat16;
  if (name == "int8") return lstm::Precision::int8;
  throw UnsupportedError("precision must be float32, bf16 or int8, got " + name);
}

void register_precision(py::module_& module) {
  module.def("bfloat16_weights", &bfloat16_weights, py::arg("weights"),
             "Weights rounded to bfloat16, as 16-bit words.");
  module.def("int8_weights", &int8_weights, py::arg("weights"), py::kw_only(), py::arg("by_row"),
             "Weights as bytes, and the scale of each row of the first axis, or of each column of "
             "the last.");
}

}  // namespace lstmetrics::border
