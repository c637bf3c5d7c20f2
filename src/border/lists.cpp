#include "border/lists.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "border/address_cache.hpp"
#include "lstmetrics/metrics/text_codes.hpp"

namespace lstmetrics::border {
namespace {

// Every item by `read(item, value)`, or nothing as soon as that is false.
template <class T, class Read>
std::optional<Foreign> read_items(PyObject* list, DType dtype, Read&& read) {
  const auto size = static_cast<std::size_t>(PyList_GET_SIZE(list));
  std::vector<T> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (!read(PyList_GET_ITEM(list, static_cast<Py_ssize_t>(i)), values[i])) return std::nullopt;
  }
  return owned_column(std::move(values), dtype);
}

bool read_integer(PyObject* item, std::int64_t& value) {
  if (!PyLong_CheckExact(item)) return false;
  int overflow = 0;
  value = PyLong_AsLongLongAndOverflow(item, &overflow);
  return overflow == 0;
}

bool read_float(PyObject* item, double& value) {
  if (!PyFloat_CheckExact(item)) return false;
  value = PyFloat_AS_DOUBLE(item);
  return true;
}

bool read_boolean(PyObject* item, std::uint8_t& value) {
  if (!PyBool_Check(item)) return false;
  value = item == Py_True ? 1 : 0;
  return true;
}

// False for text that UTF-8 cannot hold, or that ends in a zero, which numpy would cut off.
bool text_of(PyObject* item, std::string_view& text) {
  if (!PyUnicode_CheckExact(item)) return false;
  Py_ssize_t size = 0;
  const char* const data = PyUnicode_AsUTF8AndSize(item, &size);
  if (data == nullptr) {
    PyErr_Clear();
    return false;
  }
  text = {data, static_cast<std::size_t>(size)};
  return text.empty() || text.back() != '\0';
}

std::optional<Foreign> read_text(PyObject* list) {
  metrics::TextCodes texts;
  AddressCache known(static_cast<std::size_t>(PyList_GET_SIZE(list)));
  auto column =
      read_items<std::uint32_t>(list, DType::uint32, [&](PyObject* item, std::uint32_t& code) {
        AddressCache::Entry& entry = known.entry(item);
        if (entry.object != item) {
          std::string_view text;
          if (!text_of(item, text)) return false;
          entry = {item, texts.code_of(text)};
        }
        code = entry.code;
        return true;
      });
  if (column) column->dictionary = std::make_shared<const metrics::LabelList>(texts.take());
  return column;
}

}  // namespace

std::optional<Foreign> read_list(PyObject* list) {
  if (!PyList_CheckExact(list) || PyList_GET_SIZE(list) == 0) return std::nullopt;
  PyObject* const first = PyList_GET_ITEM(list, 0);
  if (PyUnicode_CheckExact(first)) return read_text(list);
  if (PyBool_Check(first)) return read_items<std::uint8_t>(list, DType::boolean, read_boolean);
  if (PyLong_CheckExact(first)) return read_items<std::int64_t>(list, DType::int64, read_integer);
  if (PyFloat_CheckExact(first)) return read_items<double>(list, DType::float64, read_float);
  return std::nullopt;
}

}  // namespace lstmetrics::border
