#include "border/dlpack.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "border/reference.hpp"

namespace lstmetrics::border {
namespace {

// The structures of DLPack 1.0, and the unversioned ones of before: https://dmlc.github.io/dlpack
struct DLDevice {
  std::int32_t type;
  std::int32_t id;
};
struct DLDataType {
  std::uint8_t code;
  std::uint8_t bits;
  std::uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  std::int32_t ndim;
  DLDataType dtype;
  std::int64_t* shape;
  std::int64_t* strides;  // in items; null when they are those of C
  std::uint64_t byte_offset;
};
struct DLManagedTensor {
  static constexpr const char* kCapsule = "dltensor";
  static constexpr const char* kUsed = "used_dltensor";
  DLTensor tensor;
  void* context;
  void (*deleter)(DLManagedTensor*);
};
struct DLManagedTensorVersioned {
  static constexpr const char* kCapsule = "dltensor_versioned";
  static constexpr const char* kUsed = "used_dltensor_versioned";
  std::uint32_t major;
  std::uint32_t minor;
  void* context;
  void (*deleter)(DLManagedTensorVersioned*);
  std::uint64_t flags;
  DLTensor tensor;
};
constexpr std::uint32_t kMajor = 1;

// Devices whose memory the CPU reads as its own: the CPU, and memory pinned for CUDA and ROCm.
bool is_readable(long device) noexcept { return device == 1 || device == 3 || device == 11; }

[[noreturn]] void refuse_device(const char* name, long device) {
  throw UnsupportedError(std::string(name) + " is on a device that is not the CPU (DLPack device " +
                         std::to_string(device) + "): copy it over first, as x.cpu() does");
}

[[noreturn]] void refuse_structure(const char* name, const char* what) {
  throw FormatError(std::string(name) + ": malformed DLPack tensor: " + what);
}

// The exporter has refused: says so in its words, or in ours where we know better.
[[noreturn]] void refuse_export(PyObject* source, const char* name) {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyObject* const text = value == nullptr ? nullptr : PyObject_Str(value);
  const char* const told = text == nullptr ? nullptr : PyUnicode_AsUTF8(text);
  std::string message = std::string(name) + ": the tensor cannot be read: " +
                        (told == nullptr ? "its exporter failed" : told);
  Py_XDECREF(text);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
  PyErr_Clear();
  PyObject* const requires_grad = PyObject_GetAttrString(source, "requires_grad");
  PyErr_Clear();
  if (requires_grad == Py_True) {
    message =
        std::string(name) + " is a tensor that requires gradients: pass " + name + ".detach()";
  }
  Py_XDECREF(requires_grad);
  throw InvalidValue(message);
}

// Errors that say something is wrong with the tensor; others (KeyboardInterrupt) pass through.
void expect_export(PyObject* result, PyObject* source, const char* name) {
  if (result != nullptr) return;
  if (PyErr_ExceptionMatches(PyExc_Exception) == 0) throw PythonError();
  refuse_export(source, name);
}

void check_device(PyObject* source, const char* name) {
  PyObject* const found = PyObject_CallMethod(source, "__dlpack_device__", nullptr);
  expect_export(found, source, name);
  const Reference device(found);
  if (!PyTuple_Check(found) || PyTuple_GET_SIZE(found) != 2) {
    refuse_structure(name, "__dlpack_device__ must return a pair");
  }
  const long type = PyLong_AsLong(PyTuple_GET_ITEM(found, 0));
  if (type == -1 && PyErr_Occurred() != nullptr) throw PythonError();
  if (!is_readable(type)) refuse_device(name, type);
}

// The capsule, versioned where the exporter knows how.
PyObject* exported(PyObject* source) {
  const Reference method(PyObject_GetAttrString(source, "__dlpack__"));
  const Reference nothing(PyTuple_New(0));
  const Reference versions(Py_BuildValue("{s(II)}", "max_version", kMajor, 0U));
  PyObject* const capsule = PyObject_Call(method.get(), nothing.get(), versions.get());
  if (capsule != nullptr || PyErr_ExceptionMatches(PyExc_TypeError) == 0) return capsule;
  PyErr_Clear();
  return PyObject_CallNoArgs(method.get());
}

std::optional<DType> dtype_of(DLDataType type) {
  if (type.lanes != 1) return std::nullopt;
  const auto sized = [&](DType of8, DType of16, DType of32, DType of64) -> std::optional<DType> {
    switch (type.bits) {
      case 8:
        return of8;
      case 16:
        return of16;
      case 32:
        return of32;
      case 64:
        return of64;
      default:
        return std::nullopt;
    }
  };
  switch (type.code) {
    case 0:
      return sized(DType::int8, DType::int16, DType::int32, DType::int64);
    case 1:
      return sized(DType::uint8, DType::uint16, DType::uint32, DType::uint64);
    case 2:
      if (type.bits == 8) return std::nullopt;
      return sized(DType::float16, DType::float16, DType::float32, DType::float64);
    case 4:
      return type.bits == 16 ? std::optional(DType::bfloat16) : std::nullopt;
    case 6:
      return type.bits == 8 ? std::optional(DType::boolean) : std::nullopt;
    default:
      return std::nullopt;
  }
}

[[noreturn]] void refuse_type(DLDataType type, const char* name) {
  throw InvalidType(std::string(name) +
                    ": expected a tensor of booleans, integers or floats of 16 to 64 bits; got one "
                    "of DLPack's type code " +
                    std::to_string(type.code) + " with " + std::to_string(type.bits) + " bits");
}

Foreign view_of(const DLTensor& tensor, const char* name) {
  constexpr std::int32_t kMostDimensions = 64;
  if (!is_readable(tensor.device.type)) refuse_device(name, tensor.device.type);
  const auto dtype = dtype_of(tensor.dtype);
  if (!dtype) refuse_type(tensor.dtype, name);
  if (tensor.ndim < 0 || tensor.ndim > kMostDimensions ||
      (tensor.ndim > 0 && tensor.shape == nullptr)) {
    refuse_structure(name, "a number of dimensions that cannot be");
  }
  Foreign view;
  view.dtype = *dtype;
  const auto dimensions = static_cast<std::size_t>(tensor.ndim);
  const auto item = static_cast<std::int64_t>(size_of(*dtype));
  view.strides.resize(dimensions);
  std::int64_t bytes = item;  // of the dimensions so far, from the last one on
  for (std::size_t i = dimensions; i-- > 0;) {
    std::int64_t stride = bytes;
    if (tensor.shape[i] < 0 || __builtin_mul_overflow(bytes, tensor.shape[i], &bytes) ||
        (tensor.strides != nullptr && __builtin_mul_overflow(tensor.strides[i], item, &stride))) {
      refuse_structure(name, "a shape or strides that cannot be");
    }
    view.strides[i] = static_cast<Py_ssize_t>(stride);
  }
  view.shape.assign(tensor.shape, tensor.shape + dimensions);
  if (tensor.data == nullptr && view.items() > 0) refuse_structure(name, "no data");
  if (tensor.data != nullptr) {
    view.data = static_cast<const std::byte*>(tensor.data) + tensor.byte_offset;
  }
  return view;
}

template <class Managed>
Foreign take(PyObject* capsule, const char* name) {
  auto* const held = static_cast<Managed*>(PyCapsule_GetPointer(capsule, Managed::kCapsule));
  if (held == nullptr) throw PythonError();
  // From here on it is ours to delete; the capsule no longer does.
  if (PyCapsule_SetName(capsule, Managed::kUsed) != 0) throw PythonError();
  const std::shared_ptr<const void> owner(held, [](const void* tensor) {
    auto* const managed = static_cast<Managed*>(const_cast<void*>(tensor));
    if (managed->deleter != nullptr) managed->deleter(managed);
  });
  if constexpr (requires { held->major; }) {
    if (held->major > kMajor) refuse_structure(name, "of a version above 1");
  }
  Foreign view = view_of(held->tensor, name);
  view.owner = owner;
  return view;
}

}  // namespace

bool exports_dlpack(PyObject* object) {
  return PyObject_HasAttrString(object, "__dlpack__") != 0 &&
         PyObject_HasAttrString(object, "__dlpack_device__") != 0;
}

Foreign read_dlpack(PyObject* source, const char* name) {
  check_device(source, name);
  PyObject* const found = exported(source);
  expect_export(found, source, name);
  const Reference capsule(found);
  if (PyCapsule_IsValid(found, DLManagedTensorVersioned::kCapsule) != 0) {
    return take<DLManagedTensorVersioned>(found, name);
  }
  if (PyCapsule_IsValid(found, DLManagedTensor::kCapsule) != 0) {
    return take<DLManagedTensor>(found, name);
  }
  refuse_structure(name, "__dlpack__ must return a fresh capsule of one");
}

}  // namespace lstmetrics::border
