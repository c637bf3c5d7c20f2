// What a caller hands in, and the part of it that one block of rows sees, as layers take it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::lstm {

// The value at one node for a block of rows. Features are padded to whole vectors; what lies
// between `features` and `stride` is unspecified and never read.
struct Block {
  std::size_t rows = 0;
  std::size_t steps = 1;  // 1 where there is no time dimension
  std::size_t features = 0;
  std::size_t stride = 0;             // floats from one step to the next
  float* data = nullptr;              // [rows][steps][stride]
  const std::int32_t* ids = nullptr;  // [rows][ids_stride], instead of data
  std::size_t ids_stride = 0;
  const std::uint8_t* mask = nullptr;  // [rows][steps]; null: every step counts

  float* at(std::size_t row, std::size_t step) const noexcept {
    return data + (row * steps + step) * stride;
  }
};

// One batch. Either ids or features; which steps count is the conjunction of mask and lengths.
struct Inputs {
  std::size_t rows = 0;
  std::size_t steps = 1;
  const std::int64_t* ids = nullptr;  // [rows][steps]
  const float* features = nullptr;    // [rows][steps][feature_count]
  std::size_t feature_count = 0;
  bool has_time = true;                   // features are [rows][feature_count] when false
  const std::uint8_t* mask = nullptr;     // [rows][steps]
  const std::int64_t* lengths = nullptr;  // [rows]; steps from lengths[row] on do not count
};

// Rows [first, first + count) and steps [begin, end) of the inputs.
struct Window {
  std::size_t first;
  std::size_t count;
  std::size_t begin;
  std::size_t end;
};

// Owns what had to be rearranged: ids as int32, features padded to whole vectors, the mask.
class BlockInput {
 public:
  Block make(const Inputs& inputs, const Window& window);

 private:
  void copy_ids(const Inputs& inputs, const Window& window);
  void copy_features(const Inputs& inputs, const Window& window, std::size_t stride);
  void copy_mask(const Inputs& inputs, const Window& window);

  std::vector<std::int32_t> ids_;
  AlignedBuffer<float> features_;
  std::vector<std::uint8_t> mask_;
};

// Whether a step counts before any layer has masked it.
inline bool step_counts(const Inputs& inputs, std::size_t row, std::size_t step) noexcept {
  return (inputs.mask == nullptr || inputs.mask[row * inputs.steps + step] != 0) &&
         (inputs.lengths == nullptr || static_cast<std::int64_t>(step) < inputs.lengths[row]);
}

// ShapeError or InvalidValue naming the argument, the place and the range. `vocabulary` is the
// number of ids the model takes.
void check_inputs(const Inputs& inputs, const Shape& expected, std::size_t vocabulary);

}  // namespace lstmetrics::lstm
