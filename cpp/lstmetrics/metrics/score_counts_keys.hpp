// Scores as 64-bit integers in the same order, and back. Internal to metrics/.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace lstmetrics::metrics {

using ScoreKey = std::uint64_t;

// How a score becomes a key. -0 is +0 in both.
enum class KeyMap : std::uint8_t {
  // Any double but NaN: its bits, upside down below zero.
  any = 0,
  // From 0 to 1: the bits of x up to 1/2, and mirrored those of 1 - x (which is exact) above. Keys
  // that share their upper bits are then as close to each other near 1 as they are near 0.
  probability = 1,
};

// The key of a float in 32 bits, for any float but NaN: in the same order, too.
using NarrowKey = std::uint32_t;

namespace detail {
inline constexpr ScoreKey kSignBit = ScoreKey{1} << 63;
inline constexpr NarrowKey kNarrowSignBit = NarrowKey{1} << 31;
inline constexpr ScoreKey kMirror = 2 * std::bit_cast<ScoreKey>(0.5);
}  // namespace detail

inline ScoreKey any_key(double score) noexcept {
  const auto bits = std::bit_cast<ScoreKey>(score + 0.0);
  return bits ^ (static_cast<ScoreKey>(static_cast<std::int64_t>(bits) >> 63) | detail::kSignBit);
}

inline ScoreKey probability_key(double score) noexcept {
  return score > 0.5 ? detail::kMirror - std::bit_cast<ScoreKey>(1.0 - score)
                     : std::bit_cast<ScoreKey>(score + 0.0);
}

inline NarrowKey narrow_key(float score) noexcept {
  const auto bits = std::bit_cast<NarrowKey>(score + 0.0F);
  return bits ^
         (static_cast<NarrowKey>(static_cast<std::int32_t>(bits) >> 31) | detail::kNarrowSignBit);
}

inline float float_of(NarrowKey key) noexcept {
  const bool positive = key >> 31 != 0;
  return std::bit_cast<float>(positive ? key ^ detail::kNarrowSignBit : ~key);
}

// The key of the same score as a double.
inline ScoreKey widened(NarrowKey key) noexcept { return any_key(double{float_of(key)}); }
inline ScoreKey widened(ScoreKey key) noexcept { return key; }

// The bounds of all keys of scores that a map takes.
inline constexpr ScoreKey least_key(KeyMap map) noexcept {
  return map == KeyMap::any ? ~std::bit_cast<ScoreKey>(-std::numeric_limits<double>::infinity())
                            : 0;
}
inline constexpr ScoreKey greatest_key(KeyMap map) noexcept {
  return map == KeyMap::any
             ? std::bit_cast<ScoreKey>(std::numeric_limits<double>::infinity()) | detail::kSignBit
             : detail::kMirror;
}

// The score of a key; of a key that is no score's, the least score above it.
inline double score_of(ScoreKey key, KeyMap map) noexcept {
  key = std::clamp(key, least_key(map), greatest_key(map));
  if (map == KeyMap::any) {
    const bool positive = key >> 63 != 0;
    return std::bit_cast<double>(positive ? key ^ detail::kSignBit : ~key) + 0.0;
  }
  if (key <= detail::kMirror / 2) return std::bit_cast<double>(key);
  const double below_one = std::bit_cast<double>(detail::kMirror - key);
  const double score = 1.0 - below_one;
  return 1.0 - score > below_one ? score + 0x1p-53 : score;
}

// Whether some score has this key: that of -0 is nobody's, and not all close to 1 exist.
inline bool is_key(ScoreKey key, KeyMap map) noexcept {
  const double score = score_of(key, map);
  return (map == KeyMap::any ? any_key(score) : probability_key(score)) == key;
}

// Whether some score has a key that is this one without its lowest `shift` bits.
inline bool is_coarse_key(ScoreKey key, unsigned shift, KeyMap map) noexcept {
  if (shift == 0) return is_key(key, map);
  if (key << shift >> shift != key || key > greatest_key(map) >> shift) return false;
  const double score = score_of(key << shift, map);
  return (map == KeyMap::any ? any_key(score) : probability_key(score)) >> shift == key;
}

}  // namespace lstmetrics::metrics
