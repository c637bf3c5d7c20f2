// 128-bit integers, as GCC and Clang have them.
#pragma once

#include <cstdint>

namespace lstmetrics::numeric {

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

constexpr uint128 product(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<uint128>(a) * b;
}

}  // namespace lstmetrics::numeric
