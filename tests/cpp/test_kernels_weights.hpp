// Weights of products in each precision, for the cases: random ones, packed, and what they stand
// for; and what a row times a column of them is, from the definition.
#pragma once

#include <algorithm>
#include <cstring>

#include "test_kernels_inputs.hpp"

namespace kernel_cases {

using lstmetrics::kernels::kLineBytes;
using lstmetrics::kernels::Precision;
using lstmetrics::kernels::QuantizedRows;
using lstmetrics::kernels::Weights;

inline constexpr Precision kPrecisions[] = {Precision::float32, Precision::bfloat16,
                                            Precision::int8};

inline float canonical(float value) { return std::isnan(value) ? std::nanf("") : value; }

// A matrix [depth][panels * vectors * 16] and its lines.
class CaseWeights {
 public:
  CaseWeights(Precision precision, std::size_t depth, std::size_t panels, std::size_t vectors,
              Kind kind)
      : precision_(precision),
        depth_(depth),
        vectors_(vectors),
        width_(panels * vectors * kLanes),
        values_(numbers<float>(depth * width_, kind)),
        lines_(panels * vectors * lines_of_stream() * kLineBytes) {
    for (std::size_t k = 0; k < depth; ++k) {
      for (std::size_t column = 0; column < width_; ++column) hold(k, column);
    }
    if (precision != Precision::int8) return;
    scales_ = numbers<float>(width_, kind);
    offsets_.assign(width_, 0);
    for (std::size_t column = 0; column < width_; ++column) {
      for (std::size_t k = 0; k < depth; ++k) offsets_[column] -= 128 * byte(k, column);
    }
  }

  Precision precision() const { return precision_; }
  const std::vector<unsigned char>& lines() const { return lines_; }
  const std::vector<float>& scales() const { return scales_; }
  const std::vector<std::int32_t>& offsets() const { return offsets_; }

  // start + row . column, before NaN loses its payload.
  float product(const float* row, std::size_t column, float start) const {
    if (precision_ == Precision::int8) return byte_product(row, column, start);
    float sum = start;
    for (std::size_t k = 0; k < depth_; ++k) {
      sum = std::fmaf(row[k], values_[k * width_ + column], sum);
    }
    return sum;
  }

 private:
  std::size_t line_depth() const {
    return precision_ == Precision::float32 ? 1 : precision_ == Precision::bfloat16 ? 2 : 4;
  }
  std::size_t lines_of_stream() const { return (depth_ + line_depth() - 1) / line_depth(); }

  std::size_t place(std::size_t k, std::size_t column) const {
    const std::size_t stream = column / kLanes;
    const std::size_t panel = stream / vectors_;
    const std::size_t line =
        (panel * lines_of_stream() + k / line_depth()) * vectors_ + stream % vectors_;
    const std::size_t size = 4 / line_depth();
    return line * kLineBytes + (column % kLanes * line_depth() + k % line_depth()) * size;
  }
  std::int8_t byte(std::size_t k, std::size_t column) const {
    return static_cast<std::int8_t>(lines_[place(k, column)]);
  }
  // Into the lines; bfloat16 is the upper half, and `values_` becomes what is held.
  void hold(std::size_t k, std::size_t column) {
    float& value = values_[k * width_ + column];
    unsigned char* to = lines_.data() + place(k, column);
    if (precision_ == Precision::float32) {
      std::memcpy(to, &value, sizeof value);
    } else if (precision_ == Precision::bfloat16) {
      const auto half = static_cast<std::uint16_t>(bits(value) >> 16);
      std::memcpy(to, &half, sizeof half);
      value = std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
    } else {
      *to = static_cast<unsigned char>(static_cast<int>(bits(value) % 255) - 127);
    }
  }

  float byte_product(const float* row, std::size_t column, float start) const {
    float most = 0;
    bool finite = true;
    for (std::size_t k = 0; k < depth_; ++k) {
      finite = finite && std::isfinite(row[k]);
      most = std::max(most, std::fabs(row[k]));
    }
    const bool zero = !finite || most < 0x1p-100F;
    const float scale = finite ? (zero ? 0.0F : most / 127.0F) : std::nanf("");
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < depth_ && !zero; ++k) {
      const float scaled = row[k] * (127.0F / most);
      sum += static_cast<std::int64_t>(std::nearbyint(scaled)) * byte(k, column);
    }
    return std::fmaf(static_cast<float>(sum), scale * scales_[column], start);
  }

  Precision precision_;
  std::size_t depth_;
  std::size_t vectors_;
  std::size_t width_;
  std::vector<float> values_;
  std::vector<unsigned char> lines_;
  std::vector<float> scales_;
  std::vector<std::int32_t> offsets_;
};

// The same weights where every array ends at a wall, and memory for rows.
class WalledWeights {
 public:
  WalledWeights(const CaseWeights& weights, std::size_t rows, std::size_t depth)
      : precision_(weights.precision()),
        lines_(weights.lines()),
        scales_(weights.scales()),
        offsets_(weights.offsets()),
        stride_((depth + kLanes - 1) / kLanes * kLanes),
        bytes_(std::vector<std::uint8_t>(rows * stride_)),
        row_scales_(std::vector<float>(rows)) {}

  Weights weights() { return {lines_.data(), precision_, scales_.data(), offsets_.data()}; }
  QuantizedRows quantized() { return {bytes_.data(), stride_, row_scales_.data()}; }

 private:
  Precision precision_;
  Walled<unsigned char> lines_;
  Walled<float> scales_;
  Walled<std::int32_t> offsets_;
  std::size_t stride_;
  Walled<std::uint8_t> bytes_;
  Walled<float> row_scales_;
};

}  // namespace kernel_cases
