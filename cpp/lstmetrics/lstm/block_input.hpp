// What a caller hands in, and the part of it that one block of rows sees, as layers take it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/lstm/token_table.hpp"

namespace lstmetrics::lstm {

// A value for a block of rows. Features are padded to whole vectors; what lies between `features`
// and `stride` is unspecified and never read.
//
// A mask says which steps count for the layers that look at masks, as Keras has it. Lengths say
// where rows end: to every layer a row is what it would be alone, and what lies behind is padding.
struct Block {
  std::size_t rows = 0;
  std::size_t steps = 1;  // 1 where there is no time dimension
  std::size_t features = 0;
  std::size_t stride = 0;             // floats from one step to the next
  float* data = nullptr;              // [rows][steps][stride]; null: by ids and table alone
  const std::int32_t* ids = nullptr;  // [rows][ids_stride]: the tokens it is of
  std::size_t ids_stride = 0;
  const TokenTable* table = nullptr;     // of an embedding: a step's features are row `id`
  const std::uint8_t* mask = nullptr;    // [rows][steps]; null: every step counts
  const std::size_t* lengths = nullptr;  // [rows]; null: all rows have all steps
  bool given_mask = false;               // the mask is the caller's own, not a layer's

  float* at(std::size_t row, std::size_t step) const noexcept {
    return data + (row * steps + step) * stride;
  }
  std::size_t steps_of(std::size_t row) const noexcept {
    return lengths == nullptr ? steps : lengths[row];
  }
  bool counts(std::size_t row, std::size_t step) const noexcept {
    return mask == nullptr || mask[row * steps + step] != 0;
  }
};

// One input of a batch: either ids or features. Steps behind `lengths` are padding; those that the
// mask leaves out do not count either. With `starts` there is no padding: rows lie where they
// start, each as long as `lengths` says, and `steps` is the longest.
struct Input {
  std::size_t rows = 0;
  std::size_t steps = 1;
  const std::int64_t* ids = nullptr;  // [rows][steps]
  const float* features = nullptr;    // [rows][steps][feature_count]
  std::size_t feature_count = 0;
  bool has_time = true;                   // features are [rows][feature_count] when false
  const std::uint8_t* mask = nullptr;     // [rows][steps]
  const std::int64_t* lengths = nullptr;  // [rows]
  const std::size_t* starts = nullptr;    // [rows]
  std::size_t first_row = 0;              // the number of row 0 in messages

  std::size_t position(std::size_t row, std::size_t step) const noexcept {
    return (starts == nullptr ? row * steps : starts[row]) + step;
  }
  // Steps of a row that are there to be read.
  std::size_t steps_of(std::size_t row) const noexcept {
    return starts == nullptr ? steps : static_cast<std::size_t>(lengths[row]);
  }
};

// The rows of a batch that a block takes: [first, first + count) of an order; null: as they come.
struct BlockRows {
  std::size_t first;
  std::size_t count;
  const std::size_t* order = nullptr;

  std::size_t operator[](std::size_t row) const noexcept {
    return order == nullptr ? first + row : order[first + row];
  }
};

// Some rows, and steps [begin, end), of an input.
struct Window {
  BlockRows rows;
  std::size_t begin;
  std::size_t end;
};
inline constexpr std::size_t kAllSteps =
    static_cast<std::size_t>(-1);  // an end that is each input's

// Owns what had to be rearranged: ids as int32, features padded to whole vectors, mask, lengths.
class BlockInput {
 public:
  Block make(const Input& input, const Window& window);

 private:
  void copy_ids(const Input& input, const Window& window);
  void copy_features(const Input& input, const Window& window, std::size_t stride);
  void copy_mask(const Input& input, const Window& window);

  std::vector<std::int32_t> ids_;
  AlignedBuffer<float> features_;
  std::vector<std::uint8_t> mask_;
  std::vector<std::size_t> lengths_;
};

// Whether a step counts before any layer has masked it.
inline bool step_counts(const Input& input, std::size_t row, std::size_t step) noexcept {
  return (input.lengths == nullptr || static_cast<std::int64_t>(step) < input.lengths[row]) &&
         (input.mask == nullptr || input.mask[input.position(row, step)] != 0);
}

// ShapeError or InvalidValue naming the argument, the place and the range. `vocabulary` is the
// number of ids the model takes, `label` how messages name the input.
void check_input(const Input& input, const Shape& expected, std::size_t vocabulary,
                 const std::string& label);

}  // namespace lstmetrics::lstm
