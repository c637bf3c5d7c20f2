// One direction of an LSTM:
//
//   i, f, o = recurrent_activation(b + x W + h U),  g = activation(b + x W + h U)
//   c' = f c + i g,  h' = o activation(c')
//
// (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; Keras, PyTorch and
// ONNX agree on it.) Each pre-activation is one chain of fused multiply-adds that starts at the
// bias, runs over the input and then over the state, so that computing the input part for many
// steps ahead gives the same bits.
#pragma once

#include <cstddef>

#include "lstmetrics/lstm/layer.hpp"
#include "lstmetrics/lstm/packing.hpp"

namespace lstmetrics::lstm {

class Recurrence {
 public:
  Recurrence(const LstmSpec& spec, std::size_t features, std::size_t slot);

  struct Target {
    const Block& block;
    std::size_t offset;  // first feature to write
    bool time_order;     // step t is written at t, even when running backwards
  };
  void run(const RunContext& context, const Block& in, const Target& out) const;

  std::size_t units() const noexcept { return units_; }

 private:
  void project(const RunContext& context, const Block& in, std::size_t first,
               std::size_t count) const;
  void step(const RunContext& context, const Block& in, std::size_t t, const float* projection,
            std::size_t projection_stride) const;
  void write_step(const RecurrentState& state, const Block& in, std::size_t t,
                  const Target& out) const;
  void write_last(const RecurrentState& state, const Target& out) const;

  PackedMatrix kernel_;
  PackedMatrix recurrent_kernel_;
  AlignedBuffer<float> bias_;
  std::size_t units_;
  std::size_t slot_;
  Activation activation_;
  Activation recurrent_activation_;
  bool return_sequences_;
  bool go_backwards_;
  bool zero_output_for_mask_;
};

}  // namespace lstmetrics::lstm
