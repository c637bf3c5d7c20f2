// One direction of an LSTM:
//
//   i, f, o = recurrent_activation(b + x W + h U),  g = activation(b + x W + h U)
//   c' = f c + i g,  h' = o output_activation(c')
//
// (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; Keras, PyTorch and
// ONNX agree on it.) Each pre-activation is one chain of fused multiply-adds that starts at the
// bias, runs over the input and then over the state, so that computing the input part for many
// steps ahead gives the same bits. With a projection, h' is multiplied by it (Sak et al. 2014), a
// chain that starts at 0.
#pragma once

#include <cstddef>

#include "lstmetrics/lstm/input_projection.hpp"
#include "lstmetrics/lstm/layer.hpp"
#include "lstmetrics/lstm/packing.hpp"
#include "lstmetrics/runtime/team.hpp"

namespace lstmetrics::lstm {

class Recurrence {
 public:
  Recurrence(const LstmSpec& spec, std::size_t features, std::size_t slot, Precision precision);

  // The input will be of so many tokens.
  void expect_tokens(std::size_t vocabulary) { input_.expect_tokens(vocabulary); }

  struct Target {
    const Block& block;
    std::size_t offset;  // first feature to write
    bool reversed;       // the last step is written first
  };
  // The state is the slot's as it is; it is left as it is after the last step.
  void run(const LayerRun& run, const Block& in, const Target& out) const;
  // Sets the state to given vectors, as before a run.
  void start_from(Workspace& workspace, const Block& hidden, const Block& cell) const;
  // Copies the state out.
  void give_state(const Workspace& workspace, const Block& hidden, const Block& cell) const;

  std::size_t outputs() const noexcept { return outputs_; }
  bool runs_backwards() const noexcept { return go_backwards_; }

 private:
  // A run of this direction over a block.
  struct Course {
    const kernels::Table& table;
    runtime::Team& team;
    RecurrentState& state;
    Lane& lane;
    const Block& in;
    const Target& out;
  };
  void point_to_state(const Course& course) const;
  void bring_state_home(const Course& course) const;
  void plan(const Course& course, std::size_t t, const float* const* starts,
            const float* const* ahead) const;
  void plan_output(const Course& course, std::size_t t) const;
  void take_planned(const Course& course) const;
  void take_step(const Course& course, const PlannedStep& step, runtime::Member& member) const;
  void project_hidden(const Course& course, const PlannedStep& step, runtime::Member& member) const;
  void write(const float* hidden, runtime::Member::Share panels, float* target) const;
  runtime::Member::Share all_panels() const noexcept { return {0, panels_of(outputs_)}; }
  void write_last(const Course& course) const;
  void clear_empty_rows(const Course& course) const;
  bool projects() const noexcept { return no_bias_.size() != 0; }

  InputProjection input_;
  PackedMatrix recurrent_kernel_;
  PackedMatrix projection_;
  AlignedBuffer<float> no_bias_;  // zeros, where the projection's chains start
  std::size_t units_;
  std::size_t outputs_;
  std::size_t slot_;
  ActivationFn activation_;
  ActivationFn recurrent_activation_;
  ActivationFn output_activation_;
  float clip_;
  MaskedOutput masked_output_;
  bool return_sequences_;
  bool go_backwards_;
  bool clear_empty_rows_;
};

}  // namespace lstmetrics::lstm
