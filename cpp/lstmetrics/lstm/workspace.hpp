// The memory one run works in: values at every node for a block of rows, masks, recurrent states.
// Taken from the session's free list, so that nothing is allocated once sizes have settled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/block_input.hpp"
#include "lstmetrics/lstm/projected_rows.hpp"

namespace lstmetrics::lstm {

// The recurrent state of one LSTM direction for the rows of a block.
struct RecurrentState {
  AlignedBuffer<float> hidden;  // [rows][padded outputs]
  AlignedBuffer<float> cell;    // [rows][padded units]
  // Whether a row has met a step that counts: until then Keras's "previous output" is zeros,
  // whatever the initial state.
  std::vector<std::uint8_t> started;

  // Room for so many rows, all zeros.
  void reset(std::size_t rows, std::size_t outputs, std::size_t units);
};

// Where a row's state lies in the course of a run: each step reads `hidden` and writes `next`.
struct RowState {
  float* hidden;
  float* next;
  float* cell;
};

// What a node keeps of its own.
struct NodeMemory {
  std::vector<AlignedBuffer<float>> values;  // per value
  std::vector<std::uint8_t> mask;
  std::vector<std::size_t> lengths;
};

struct Workspace {
  std::vector<BlockInput> inputs;          // per input of the model
  std::vector<Block> given;                // what they have made
  std::vector<std::vector<Block>> blocks;  // the values of each node
  std::vector<NodeMemory> nodes;
  std::vector<RecurrentState> states;  // per slot
  // What layers need while they run, and nobody after them.
  ProjectedRows projected;
  std::vector<RowState> rows;            // of the block
  std::vector<kernels::LstmRow> active;  // those of a step
  AlignedBuffer<float> next;             // the other place of each hidden state
  AlignedBuffer<float> scratch;
  AlignedBuffer<float> merge;
  AlignedBuffer<float> logits;
};

}  // namespace lstmetrics::lstm
