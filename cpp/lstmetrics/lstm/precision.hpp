// How weights are rounded where a model holds them in fewer bits.
//
// bfloat16: to the nearest, ties to even; NaN stays NaN.
//
// int8: an output's weights are bytes from -127 to 127 times a scale. The scale is the largest
// magnitude over 127, rounded up to 17 significant bits: so a byte times its scale is exact in
// float, and weights that were rounded once give the same bytes and scale again. Weights that are
// not finite give the scale NaN, and with it the outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::lstm {

using kernels::Precision;

LSTMETRICS_API std::uint16_t to_bfloat16(float value) noexcept;
LSTMETRICS_API float from_bfloat16(std::uint16_t half) noexcept;

// The scale of so many weights.
LSTMETRICS_API float int8_scale(const float* values, std::size_t count) noexcept;
// The scales of the columns of a matrix [rows][columns].
LSTMETRICS_API std::vector<float> int8_scales(const float* values, std::size_t rows,
                                              std::size_t columns);
// rint(value / scale), ties to even; 0 where the scale is 0 or NaN.
LSTMETRICS_API std::int8_t to_int8(float value, float scale) noexcept;

}  // namespace lstmetrics::lstm
