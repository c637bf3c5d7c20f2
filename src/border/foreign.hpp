// Columns and tensors of other libraries, read where they lie.
//
// What Arrow's and DLPack's exporters hand over becomes a Foreign, and Python sees it as
// `_core.Column`. A Buffer of one is as good as a buffer of numpy's.
#pragma once

#include <Python.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "lstmetrics/base/view.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::border {

struct Foreign {
  const std::byte* data = nullptr;
  DType dtype = DType::float64;
  std::vector<Py_ssize_t> shape;
  std::vector<Py_ssize_t> strides;  // in bytes
  // The items are codes of labels, each within the list.
  std::shared_ptr<const metrics::LabelList> dictionary;
  // Keeps the memory alive. Let go of with the GIL held: its owners may be Python's.
  std::shared_ptr<const void> owner;

  std::size_t items() const noexcept;
};

// The name of the attribute and of the capsule through which `_core.Column` hands its Foreign to
// both modules. Borrowed: good while the object lives.
inline constexpr const char* kForeignAttribute = "_foreign";
inline constexpr const char* kForeignCapsule = "lstmetrics.border.Foreign";

// By the Arrow PyCapsule interface, else by DLPack; InvalidType when the object exports neither.
Foreign read_foreign(PyObject* source, const char* name);

// Codes that lie in a buffer of integers, of labels in a sequence; -1 is a missing label.
// InvalidValue with the index for a code outside the sequence.
Foreign coded_labels(PyObject* codes, PyObject* labels, const char* name);

// ---- for the readers of each protocol -----------------------------------------------------------

// n items in memory of their own, one dimension.
template <class T>
Foreign owned_column(std::vector<T> values, DType dtype) {
  const auto kept = std::make_shared<const std::vector<T>>(std::move(values));
  Foreign column;
  column.data = reinterpret_cast<const std::byte*>(kept->data());
  column.dtype = dtype;
  column.shape = {static_cast<Py_ssize_t>(kept->size())};
  column.strides = {static_cast<Py_ssize_t>(sizeof(T))};
  column.owner = kept;
  return column;
}

std::size_t size_of(DType dtype) noexcept;  // of numbers

[[noreturn]] void refuse_null(const char* name, std::size_t index);

// Every code names a label, else refuse_null.
void check_codes(const Foreign& coded, const char* name);

}  // namespace lstmetrics::border
