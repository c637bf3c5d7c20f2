#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "check.hpp"
#include "lstmetrics/base/aligned.hpp"

using lstmetrics::AlignedBuffer;
using lstmetrics::kCacheLine;
using lstmetrics::round_up;

namespace {

template <class T>
bool aligned(const AlignedBuffer<T>& buffer) {
  return reinterpret_cast<std::uintptr_t>(buffer.data()) % kCacheLine == 0;
}

template <class T>
bool all_zero(const AlignedBuffer<T>& buffer) {
  for (std::size_t i = 0; i < buffer.size(); ++i) {
    if (buffer[i] != T{}) return false;
  }
  return true;
}

}  // namespace

CASE("aligned: round_up") {
  CHECK_EQUAL(round_up(0, 16), 0);
  CHECK_EQUAL(round_up(1, 16), 16);
  CHECK_EQUAL(round_up(16, 16), 16);
  CHECK_EQUAL(round_up(17, 16), 32);
  CHECK_EQUAL(round_up(7, 3), 9);
}

CASE("aligned: a buffer starts on a cache line and is zero") {
  for (const std::size_t size : {1u, 3u, 16u, 1000u}) {
    const AlignedBuffer<float> floats(size);
    CHECK_EQUAL(floats.size(), size);
    CHECK(aligned(floats) && all_zero(floats));
    const AlignedBuffer<char> chars(size);
    CHECK(aligned(chars) && all_zero(chars));
  }
}

CASE("aligned: an empty buffer owns nothing") {
  const AlignedBuffer<double> unmade;
  const AlignedBuffer<double> none(0);
  CHECK(unmade.data() == nullptr && none.data() == nullptr);
  CHECK_EQUAL(unmade.size(), 0);
  CHECK_EQUAL(none.size(), 0);
}

CASE("aligned: moving hands the memory over") {
  AlignedBuffer<int> first(4);
  first[3] = 7;
  const int* const memory = first.data();
  AlignedBuffer<int> second(std::move(first));
  CHECK(second.data() == memory);
  CHECK_EQUAL(second[3], 7);
  AlignedBuffer<int> third(1);
  third = std::move(second);
  CHECK(third.data() == memory);
  CHECK_EQUAL(third.size(), 4);
}

CASE("aligned: resize_at_least grows and never shrinks") {
  AlignedBuffer<float> buffer(8);
  buffer[0] = 1.0f;
  const float* const memory = buffer.data();
  buffer.resize_at_least(5);
  CHECK(buffer.data() == memory);
  CHECK_EQUAL(buffer.size(), 8);
  CHECK_EQUAL(buffer[0], 1.0f);
  buffer.resize_at_least(9);
  CHECK_EQUAL(buffer.size(), 9);
  CHECK(aligned(buffer) && all_zero(buffer));
}

CASE("aligned: a size that overflows is refused") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  CHECK_THROWS(AlignedBuffer<double>(kMost / 4), std::bad_alloc);
  AlignedBuffer<double> buffer(2);
  CHECK_THROWS(buffer.resize_at_least(kMost / 4), std::bad_alloc);
  CHECK_EQUAL(buffer.size(), 0);
}
