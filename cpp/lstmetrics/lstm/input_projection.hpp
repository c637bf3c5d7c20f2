// The input part of an LSTM's gates, ahead of the recurrence: for each step that counts, where its
// chains start, b + x W.
//
// Steps that do not count cost nothing. Where x is an embedding's, a token's row is computed once
// for all steps of a chunk, and kept for the chunks and batches to come: the chain is the same.
#pragma once

#include <cstddef>
#include <memory>

#include "lstmetrics/lstm/block_input.hpp"
#include "lstmetrics/lstm/packing.hpp"
#include "lstmetrics/lstm/projected_rows.hpp"
#include "lstmetrics/lstm/row_cache.hpp"
#include "lstmetrics/runtime/team.hpp"

namespace lstmetrics::lstm {

class InputProjection {
 public:
  InputProjection(const LstmSpec& spec, std::size_t features, Precision precision);

  // The input will be of so many tokens.
  void expect_tokens(std::size_t vocabulary);

  // A pass over the steps in their order or against it; what is projected lies in `projected`.
  struct Pass {
    const kernels::Table& table;
    runtime::Team& team;
    ProjectedRows& projected;
    QuantizedMemory& quantized;
    const Block& in;
    std::size_t positions;  // of the whole call
    bool backwards;

    std::size_t step(std::size_t number) const noexcept {
      return backwards ? in.steps - 1 - number : number;
    }
  };
  // Readies steps of a pass from number `done` on, at least one and as many as stay in the nearer
  // caches, and returns how many. `starts` then holds [steps][rows], null where a step does not
  // count.
  std::size_t ready(const Pass& pass, std::size_t done) const;

 private:
  std::size_t ready_all(const Pass& pass, std::size_t done) const;
  std::size_t ready_counting(const Pass& pass, std::size_t done) const;
  void multiply(const Pass& pass, PackedMatrix::Rows rows) const;
  std::size_t most_rows(const Block& in) const;
  std::size_t room(const Pass& pass) const;

  PackedMatrix kernel_;
  AlignedBuffer<float> bias_;
  std::size_t features_;
  std::unique_ptr<RowCache> cache_;
  std::size_t cache_floats_ = 0;  // that it may hold whatever the call
};

}  // namespace lstmetrics::lstm
