// Codes of objects that were met before, by their address: labels tend to be few objects.
#pragma once

#include <Python.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lstmetrics::border {

// Forgets what it has no room for. The objects must live as long as it does.
class AddressCache {
 public:
  // For about `items` objects.
  explicit AddressCache(std::size_t items)
      : bits_(std::clamp(static_cast<int>(std::bit_width(items)), 4, 12)),
        entries_(std::size_t{1} << bits_) {}

  struct Entry {
    PyObject* object = nullptr;
    std::uint32_t code = 0;
  };
  // The place of this object's code, which now may hold another object's or none.
  Entry& entry(PyObject* object) noexcept {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(object));
    return entries_[(address * 0x9E3779B97F4A7C15u) >> (64 - bits_)];
  }

 private:
  int bits_;
  std::vector<Entry> entries_;
};

}  // namespace lstmetrics::border
