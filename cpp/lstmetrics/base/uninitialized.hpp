// Vectors for what is about to be written: new items are left as they are, and large blocks lie on
// large pages where the system has them (touching 80 MB for the first time takes 40 ms by pages of
// 4 KiB, and 4 ms by pages of 2 MiB).
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics {

namespace detail {
// std::bad_alloc when there is no memory.
LSTMETRICS_API void* allocate_block(std::size_t bytes);
LSTMETRICS_API void release_block(void* block, std::size_t bytes) noexcept;
}  // namespace detail

template <class T>
struct Uninitialized {
  using value_type = T;

  Uninitialized() noexcept = default;
  template <class U>
  explicit(false) Uninitialized(const Uninitialized<U>&) noexcept {}

  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(detail::allocate_block(n * sizeof(T)));
  }
  void deallocate(T* items, std::size_t n) noexcept { detail::release_block(items, n * sizeof(T)); }
  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Args>
  void construct(U* place, Args&&... args) {
    std::construct_at(place, std::forward<Args>(args)...);
  }
  bool operator==(const Uninitialized&) const noexcept { return true; }
};

// Of trivial items; resize() leaves new ones unwritten.
template <class T>
using RawVector = std::vector<T, Uninitialized<T>>;

}  // namespace lstmetrics
