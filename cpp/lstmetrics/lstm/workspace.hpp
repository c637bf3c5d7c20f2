// The memory one run works in: values at every node for a block of rows, masks, recurrent states.
// Taken from the session's free list, so that nothing is allocated once sizes have settled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/lstm/block_input.hpp"

namespace lstmetrics::lstm {

// The recurrent state of one LSTM direction for the rows of a block.
struct RecurrentState {
  AlignedBuffer<float> hidden;  // [rows][padded units]
  AlignedBuffer<float> cell;
  // Whether a row has met a step that counts: until then Keras's "previous output" is zeros,
  // whatever the initial state.
  std::vector<std::uint8_t> started;
};

struct Workspace {
  BlockInput input;
  std::vector<AlignedBuffer<float>> values;      // per node
  std::vector<std::vector<std::uint8_t>> masks;  // per node that makes one
  std::vector<RecurrentState> states;            // per slot
  AlignedBuffer<float> projections;
  AlignedBuffer<float> gates;
  AlignedBuffer<float> merge;
  AlignedBuffer<float> logits;
};

}  // namespace lstmetrics::lstm
