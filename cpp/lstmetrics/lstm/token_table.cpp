#include "lstmetrics/lstm/token_table.hpp"

#include <cstring>

namespace lstmetrics::lstm {

TokenTable::TokenTable(const SharedFloats& values, std::size_t tokens, std::size_t units,
                       Precision precision)
    : precision_(precision), units_(units) {
  const std::size_t size = tokens * units;
  switch (precision) {
    case Precision::float32:
      floats_ = values;
      return;
    case Precision::bfloat16:
      halves_ = AlignedBuffer<std::uint16_t>(size);
      for (std::size_t i = 0; i < size; ++i) halves_[i] = to_bfloat16(values[i]);
      return;
    case Precision::int8:
      bytes_ = AlignedBuffer<std::int8_t>(size);
      scales_ = AlignedBuffer<float>(tokens);
      for (std::size_t token = 0; token < tokens; ++token) {
        const float* row = values.data() + token * units;
        scales_[token] = int8_scale(row, units);
        for (std::size_t i = 0; i < units; ++i) {
          bytes_[token * units + i] = to_int8(row[i], scales_[token]);
        }
      }
  }
}

void TokenTable::copy_row(std::size_t token, float* features) const noexcept {
  const std::size_t first = token * units_;
  switch (precision_) {
    case Precision::float32:
      std::memcpy(features, floats_.data() + first, units_ * sizeof(float));
      return;
    case Precision::bfloat16:
      for (std::size_t i = 0; i < units_; ++i) features[i] = from_bfloat16(halves_[first + i]);
      return;
    case Precision::int8:
      for (std::size_t i = 0; i < units_; ++i) {
        features[i] = static_cast<float>(bytes_[first + i]) * scales_[token];
      }
  }
}

}  // namespace lstmetrics::lstm
