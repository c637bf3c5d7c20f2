// Random bits as a pure function of what they are for: a hash of a seed and of names gives the
// start, so neither order nor threads can show.
//
// The finaliser and the stream are those of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast
// splittable pseudorandom number generators", OOPSLA 2014).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lstmetrics::numeric {

inline constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio

// A bijection of 64 bits in which every bit depends on every other.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// `hash` with one more word; the order counts, and so does which of the two is which.
constexpr std::uint64_t hash_with(std::uint64_t hash, std::uint64_t word) noexcept {
  return mix64(mix64(hash + kGolden) ^ word);
}

// With bytes, by eights in little-endian order, and their number.
constexpr std::uint64_t hash_with(std::uint64_t hash, std::string_view bytes) noexcept {
  for (std::size_t begin = 0; begin < bytes.size(); begin += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = begin; i < bytes.size() && i < begin + 8; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * (i - begin);
    }
    hash = hash_with(hash, word);
  }
  return hash_with(hash, bytes.size());
}

class RandomStream {
 public:
  explicit constexpr RandomStream(std::uint64_t start) noexcept : state_(start) {}

  constexpr std::uint64_t bits() noexcept { return mix64(state_ += kGolden); }
  // In (0, 1), never the ends: 2^53 values, symmetric about 1/2.
  constexpr double uniform() noexcept {
    return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

}  // namespace lstmetrics::numeric
