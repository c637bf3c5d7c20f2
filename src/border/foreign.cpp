#include "border/foreign.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "border/arrow.hpp"
#include "border/buffer.hpp"
#include "border/dlpack.hpp"
#include "border/errors.hpp"
#include "border/labels.hpp"
#include "lstmetrics/metrics/columns.hpp"

namespace lstmetrics::border {

std::size_t Foreign::items() const noexcept {
  std::size_t items = 1;
  for (const Py_ssize_t size : shape) items *= static_cast<std::size_t>(size);
  return items;
}

std::size_t size_of(DType dtype) noexcept {
  switch (dtype) {
    case DType::boolean:
    case DType::int8:
    case DType::uint8:
      return 1;
    case DType::int16:
    case DType::uint16:
    case DType::float16:
    case DType::bfloat16:
      return 2;
    case DType::int32:
    case DType::uint32:
    case DType::float32:
    case DType::ucs4:
      return 4;
    case DType::int64:
    case DType::uint64:
    case DType::float64:
      break;
  }
  return 8;
}

void refuse_null(const char* name, std::size_t index) {
  throw InvalidValue(metrics::place(name, index) + " is null: drop or fill missing values first");
}

Foreign read_foreign(PyObject* source, const char* name) {
  if (exports_arrow(source)) return read_arrow(source, name);
  if (exports_dlpack(source)) return read_dlpack(source, name);
  throw InvalidType(std::string(name) + ": expected an array, a column or a tensor, got " +
                    Py_TYPE(source)->tp_name);
}

Foreign coded_labels(PyObject* codes, PyObject* labels, const char* name) {
  const std::string categories = std::string(name) + ".categories";
  const auto buffer = std::make_shared<Buffer>(codes, "codes");
  const Column column = buffer->column();
  Foreign coded;
  coded.data = column.data;
  coded.dtype = column.dtype;
  coded.shape = {static_cast<Py_ssize_t>(column.size)};
  coded.strides = {column.stride};
  coded.dictionary =
      std::make_shared<const metrics::LabelList>(label_list(labels, categories.c_str()));
  coded.owner = buffer;
  return coded;
}

void check_codes(const Foreign& coded, const char* name) {
  const Column column{coded.data, coded.dtype, coded.items(), coded.strides[0],
                      size_of(coded.dtype)};
  metrics::IntegerReader reader(column, name);
  for (std::size_t begin = 0; begin < column.size; begin += metrics::kBlock) {
    const std::size_t n = std::min(metrics::kBlock, column.size - begin);
    const std::int64_t* const codes = reader.block(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      if (static_cast<std::uint64_t>(codes[i]) >= coded.dictionary->size()) {
        refuse_null(name, begin + i);
      }
    }
  }
}

}  // namespace lstmetrics::border
