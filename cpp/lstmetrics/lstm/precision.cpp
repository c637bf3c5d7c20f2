#include "lstmetrics/lstm/precision.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace lstmetrics::lstm {
namespace {

using kernels::kMostByte;
using kernels::kToWhole;

// A float has 24 significant bits, a byte 7.
constexpr std::uint32_t kSpareBits = 0x7f;
// Below it, scales would be subnormal and have fewer bits.
constexpr float kLeastScale = std::numeric_limits<float>::min();

// NaN wins: std::max may pass it over.
float larger(float most, float value) {
  const float size = std::fabs(value);
  return std::isnan(size) || size > most ? size : most;
}

float scale_of(float largest) {
  if (!std::isfinite(largest)) return std::numeric_limits<float>::quiet_NaN();
  if (largest == 0) return 0;
  const float scale = largest / kMostByte;
  if (scale < kLeastScale) return kLeastScale;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(scale) + kSpareBits) & ~kSpareBits);
}

}  // namespace

std::uint16_t to_bfloat16(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float from_bfloat16(std::uint16_t half) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}

float int8_scale(const float* values, std::size_t count) noexcept {
  float most = 0;
  for (std::size_t i = 0; i < count; ++i) most = larger(most, values[i]);
  return scale_of(most);
}

std::vector<float> int8_scales(const float* values, std::size_t rows, std::size_t columns) {
  std::vector<float> scales(columns);
  for (std::size_t row = 0; row < rows; ++row, values += columns) {
    for (std::size_t i = 0; i < columns; ++i) scales[i] = larger(scales[i], values[i]);
  }
  for (float& scale : scales) scale = scale_of(scale);
  return scales;
}

std::int8_t to_int8(float value, float scale) noexcept {
  if (!(scale > 0)) return 0;
  return static_cast<std::int8_t>(value / scale + kToWhole - kToWhole);
}

}  // namespace lstmetrics::lstm
