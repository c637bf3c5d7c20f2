// A row of floats as bytes and one scale, before an int8 product takes it.
//
//   scale = m / 127 for the largest magnitude m; byte = 128 + rint(x * (127 / m))
//
// each operation rounded to float, ties to even. A row whose magnitudes are all below 2^-100 counts
// as zeros, with scale 0. A row with a NaN or an infinity has the scale NaN, and bytes of zero: so
// have all outputs that it goes into.
#pragma once

#include "lstmetrics/kernels/reductions.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/byte_products.inl.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr float kLeastMagnitude = 0x1p-100F;

struct Magnitude {
  float most;
  bool finite;
};

LSTMETRICS_INLINE Magnitude magnitude(const float* x, std::size_t n) {
  Block<float> most = splat_block(0.0F);
  M16 nan = unordered(splat(0.0F));
  each_block(x, n, 0.0F,
             [&](std::size_t, std::size_t, const Block<float>& block) LSTMETRICS_INLINE_LAMBDA {
               const F16 v = block.at[0];
               nan = either(nan, unordered(v));
               most.at[0] =
                   larger(value(bits(v) & splat_bits<float>(~kSignBit<float>)), most.at[0]);
             });
  const float found =
      fold(most, [](FloatPart a, FloatPart b) LSTMETRICS_INLINE_LAMBDA { return larger(a, b); });
  return {found, !any(nan) && found < kInfinity<float>};
}

LSTMETRICS_INLINE void quantize(const float* x, std::size_t n, const QuantizedRows& rows,
                                std::size_t row) {
  const Magnitude size = magnitude(x, n);
  std::uint8_t* bytes = rows.bytes + row * rows.stride;
  if (!size.finite || size.most < kLeastMagnitude) {
    rows.scales[row] = size.finite ? 0.0F : __builtin_nanf("");
    __builtin_memset(bytes, kByteOfZero, rows.stride);
    return;
  }
  rows.scales[row] = size.most / kMostByte;
  const F16 inverse = splat(kMostByte / size.most);
  each_block(x, n, 0.0F,
             [&](std::size_t offset, std::size_t, const Block<float>& block)
                 LSTMETRICS_INLINE_LAMBDA {
                   const F16 whole = block.at[0] * inverse + splat(kToWhole);
                   store_bytes(bytes + offset, bits(whole) + splat_bits<float>(kByteOfZero));
                 });
}

}  // namespace
}  // namespace lstmetrics::kernels
