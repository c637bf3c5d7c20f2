// Columns and tensors of other libraries as a Python class.
#include "lstmetrics/metrics/columns.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <vector>

#include "border/foreign.hpp"
#include "border/lists.hpp"
#include "core/reading.hpp"
#include "core/registrations.hpp"
#include "lstmetrics/base/error.hpp"

namespace lstmetrics::border {
namespace {

// The letter of PEP 3118, of two the one that numpy calls int64; bfloat16 has none.
const char* letter_of(DType dtype) {
  switch (dtype) {
    case DType::boolean:
      return "?";
    case DType::int8:
      return "b";
    case DType::int16:
      return "h";
    case DType::int32:
      return "i";
    case DType::int64:
      return sizeof(long) == 8 ? "l" : "q";
    case DType::uint8:
      return "B";
    case DType::uint16:
      return "H";
    case DType::uint32:
      return "I";
    case DType::uint64:
      return sizeof(long) == 8 ? "L" : "Q";
    case DType::float16:
      return "e";
    case DType::float32:
      return "f";
    case DType::float64:
      return "d";
    case DType::bfloat16:
    case DType::ucs4:
      break;
  }
  return nullptr;
}

bool has_buffer(const Foreign& column) {
  return column.dictionary == nullptr && letter_of(column.dtype) != nullptr;
}

py::buffer_info buffer_of(const Foreign& column) {
  if (!has_buffer(column)) {
    throw py::buffer_error("labels and bfloat16 have no buffer");
  }
  return {const_cast<std::byte*>(column.data),
          static_cast<py::ssize_t>(size_of(column.dtype)),
          letter_of(column.dtype),
          static_cast<py::ssize_t>(column.shape.size()),
          column.shape,
          column.strides,
          true};
}

using Shape = py::typing::Tuple<py::int_, py::ellipsis>;

Shape shape_of(const Foreign& column) { return py::tuple(py::cast(column.shape)); }

LabelNames labels_of(const Foreign& column) {
  if (column.dictionary == nullptr) return py::list();
  return list_of(column.dictionary->integers, column.dictionary->texts);
}

std::unique_ptr<Foreign> codes_of(const Foreign& column, const std::string& name) {
  check_codes(column, name.c_str());
  auto codes = std::make_unique<Foreign>(column);
  codes->dictionary = nullptr;
  return codes;
}

std::unique_ptr<Foreign> bits_of(const Foreign& column) {
  auto bits = std::make_unique<Foreign>(column);
  if (column.dtype == DType::bfloat16) bits->dtype = DType::uint16;
  return bits;
}

}  // namespace

void register_columns(py::module_& module) {
  py::class_<Foreign>(module, "Column", py::buffer_protocol(),
                      "A column or tensor of another library, where it lies.")
      .def(py::init([](const py::object& source, const std::string& name) {
             return std::make_unique<Foreign>(read_foreign(source.ptr(), name.c_str()));
           }),
           py::arg("source"), py::arg("name"))
      .def_static(
          "coded",
          [](const py::object& codes, const py::object& labels, const std::string& name) {
            return std::make_unique<Foreign>(coded_labels(codes.ptr(), labels.ptr(), name.c_str()));
          },
          py::arg("codes"), py::arg("labels"), py::arg("name"))
      .def_static(
          "of_list",
          [](const py::object& list) -> std::unique_ptr<Foreign> {
            auto column = read_list(list.ptr());
            return column ? std::make_unique<Foreign>(std::move(*column)) : nullptr;
          },
          py::arg("list"))
      .def_property_readonly("shape", &shape_of)
      .def_property_readonly("ndim", [](const Foreign& column) { return column.shape.size(); })
      .def_property_readonly(
          "dtype",
          [](const Foreign& column) { return std::string(metrics::dtype_name(column.dtype)); })
      .def_property_readonly("has_buffer", &has_buffer)
      .def_property_readonly("has_labels",
                             [](const Foreign& column) { return column.dictionary != nullptr; })
      .def_property_readonly("labels", &labels_of)
      .def("codes", &codes_of, py::arg("name"))
      .def_property_readonly("bits", &bits_of)
      .def_property_readonly(kForeignAttribute,
                             [](Foreign& column) { return py::capsule(&column, kForeignCapsule); })
      .def("__len__",
           [](const Foreign& column) {
             if (column.shape.empty())
               throw InvalidType("a tensor without dimensions has no length");
             return column.shape[0];
           })
      .def_buffer(&buffer_of);
}

}  // namespace lstmetrics::border
