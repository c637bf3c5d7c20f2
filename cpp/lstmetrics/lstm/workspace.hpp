// The memory one run works in: values at every node for a block of rows, masks, recurrent states.
// Taken from the session's free list, so that nothing is allocated once sizes have settled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/block_input.hpp"
#include "lstmetrics/lstm/packing.hpp"
#include "lstmetrics/lstm/projected_rows.hpp"
#include "lstmetrics/runtime/team.hpp"

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
  // One row of them as it was then.
  void reset_row(std::size_t row, std::size_t outputs, std::size_t units);
};

// Where a row's state lies in the course of a run: each step reads `hidden` and writes `next`.
struct RowState {
  float* hidden;
  float* next;
  float* cell;
};

// What a row shows of a step that has been planned.
struct ShownState {
  const float* hidden;  // null: zeros
  float* target;
};

// A step of all rows: those that take it, and what is written behind it.
struct PlannedStep {
  std::span<const kernels::LstmRow> active;
  std::span<const ShownState> shown;
};

// What a node keeps of its own.
struct NodeMemory {
  std::vector<AlignedBuffer<float>> values;  // per value
  std::vector<std::uint8_t> mask;
  std::vector<std::size_t> lengths;
};

// What one direction of an LSTM needs while it runs, and nobody after it.
struct Lane {
  ProjectedRows projected;
  QuantizedMemory quantized;
  std::vector<RowState> rows;       // of the block
  AlignedBuffer<float> next;        // the other place of each hidden state
  AlignedBuffer<float> projection;  // hidden states before and after it
  // The steps that are planned, and what they are made of.
  std::vector<PlannedStep> plan;
  std::vector<kernels::LstmRow> active;
  std::vector<ShownState> shown;
};

struct Workspace {
  std::vector<BlockInput> inputs;          // per input of the model
  std::vector<Block> given;                // what they have made
  std::vector<std::vector<Block>> blocks;  // the values of each node
  std::vector<NodeMemory> nodes;
  std::vector<RecurrentState> states;  // per slot
  // The threads that are there for the block.
  runtime::Team* team = &runtime::no_helpers();
  // Rows times steps of the whole call.
  std::size_t positions = 0;
  // What layers need while they run, and nobody after them.
  Lane lane;
  QuantizedMemory quantized;
  AlignedBuffer<float> scratch;
  AlignedBuffer<float> merge;
  AlignedBuffer<float> logits;
};

}  // namespace lstmetrics::lstm
