// The table of an embedding: a row of features for each token, in the precision of the model.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/lstm/precision.hpp"
#include "lstmetrics/lstm/shared_floats.hpp"

namespace lstmetrics::lstm {

// float32 rows are used where they lie, such as in a mapped file. In int8 each row has its scale.
class TokenTable {
 public:
  TokenTable(const SharedFloats& values, std::size_t tokens, std::size_t units,
             Precision precision);

  std::size_t units() const noexcept { return units_; }
  // The features of a token, as floats.
  void copy_row(std::size_t token, float* features) const noexcept;

 private:
  Precision precision_;
  std::size_t units_;
  SharedFloats floats_;
  AlignedBuffer<std::uint16_t> halves_;  // of bfloat16
  AlignedBuffer<std::int8_t> bytes_;     // of int8
  AlignedBuffer<float> scales_;          // of int8
};

}  // namespace lstmetrics::lstm
