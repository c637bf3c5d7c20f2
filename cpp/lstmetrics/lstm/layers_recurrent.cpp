// LSTM and Bidirectional.
#include "lstmetrics/lstm/layers.hpp"
#include "lstmetrics/lstm/recurrence.hpp"

namespace lstmetrics::lstm {
namespace {

class LstmLayer final : public Layer {
 public:
  LstmLayer(const LstmSpec& spec, std::size_t features, std::size_t slot, Precision precision)
      : recurrence_(spec, features, slot, precision),
        reversed_(spec.go_backwards && !spec.restore_order),
        return_state_(spec.return_state) {}

  void run(const LayerRun& run) const override {
    if (run.in.size() > 1) recurrence_.start_from(run.workspace, *run.in[1], *run.in[2]);
    recurrence_.run(run, *run.in[0], {run.out[0], 0, reversed_});
    if (return_state_) recurrence_.give_state(run.workspace, run.out[1], run.out[2]);
  }

  bool takes_tokens(std::size_t vocabulary) override {
    recurrence_.expect_tokens(vocabulary);
    return true;
  }

 private:
  Recurrence recurrence_;
  bool reversed_;
  bool return_state_;
};

class BidirectionalLayer final : public Layer {
 public:
  BidirectionalLayer(const BidirectionalSpec& spec, std::size_t features, std::size_t slot,
                     Precision precision)
      : forward_(spec.forward, features, slot, precision),
        backward_(spec.backward, features, slot + 1, precision),
        merge_mode_(spec.merge_mode),
        return_state_(spec.forward.return_state) {}

  void run(const LayerRun& run) const override {
    if (run.in.size() > 1) {
      forward_.start_from(run.workspace, *run.in[1], *run.in[2]);
      backward_.start_from(run.workspace, *run.in[3], *run.in[4]);
    }
    const Block& in = *run.in[0];
    // Keras reverses the backward layer's output: step t stands at t again, or both are reversed
    // where it is the forward layer that runs backwards.
    const bool reversed = forward_.runs_backwards();
    const Block& out = run.out[0];
    forward_.run(run, in, {out, 0, reversed});
    if (merge_mode_ == MergeMode::concat) {
      backward_.run(run, in, {out, forward_.outputs(), reversed});
    } else if (merge_mode_ == MergeMode::none) {
      backward_.run(run, in, {run.out[1], 0, reversed});
      run.out[1].mask = out.mask;
    } else {
      Block other = out;
      AlignedBuffer<float>& memory = run.workspace.merge;
      memory.resize_at_least(out.rows * out.steps * out.stride);
      other.data = memory.data();
      backward_.run(run, in, {other, 0, reversed});
      merge(out, other);
    }
    if (return_state_) give_states(run);
  }

  bool takes_tokens(std::size_t vocabulary) override {
    forward_.expect_tokens(vocabulary);
    backward_.expect_tokens(vocabulary);
    return true;
  }

 private:
  void give_states(const LayerRun& run) const {
    const std::size_t first = merge_mode_ == MergeMode::none ? 2 : 1;
    forward_.give_state(run.workspace, run.out[first], run.out[first + 1]);
    backward_.give_state(run.workspace, run.out[first + 2], run.out[first + 3]);
  }
  void merge(const Block& out, const Block& other) const {
    for (std::size_t position = 0; position < out.rows * out.steps; ++position) {
      float* a = out.data + position * out.stride;
      const float* b = other.data + position * out.stride;
      for (std::size_t i = 0; i < out.features; ++i) a[i] = merged(a[i], b[i]);
    }
  }
  float merged(float a, float b) const {
    switch (merge_mode_) {
      case MergeMode::sum:
        return a + b;
      case MergeMode::mul:
        return a * b;
      case MergeMode::ave:
        return (a + b) / 2.0F;
      case MergeMode::concat:
      case MergeMode::none:
        break;
    }
    return a;
  }

  Recurrence forward_;
  Recurrence backward_;
  MergeMode merge_mode_;
  bool return_state_;
};

}  // namespace

std::unique_ptr<Layer> make_lstm(const LstmSpec& spec, std::size_t features, std::size_t slot,
                                 Precision precision) {
  return std::make_unique<LstmLayer>(spec, features, slot, precision);
}

std::unique_ptr<Layer> make_bidirectional(const BidirectionalSpec& spec, std::size_t features,
                                          std::size_t slot, Precision precision) {
  return std::make_unique<BidirectionalLayer>(spec, features, slot, precision);
}

}  // namespace lstmetrics::lstm
