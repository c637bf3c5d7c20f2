// Every layer the engine runs, each a few lines over the kernels.
#include <cstring>

#include "lstmetrics/lstm/layer.hpp"
#include "lstmetrics/lstm/packing.hpp"
#include "lstmetrics/lstm/recurrence.hpp"

namespace lstmetrics::lstm {
namespace {

// Applies an activation to rows of features; padding may be touched, softmax sees features only.
void activate(const kernels::Table& table, Activation activation, const Block& in,
              const Block& out) {
  const std::size_t positions = out.rows * out.steps;
  if (activation == Activation::softmax) {
    for (std::size_t i = 0; i < positions; ++i) {
      table.softmax_f32(in.data + i * in.stride, out.data + i * out.stride, out.features);
    }
  } else if (activation != Activation::linear || in.data != out.data) {
    table.activate_f32(activation, in.data, out.data, positions * out.stride);
  }
}

class EmbeddingLayer final : public Layer {
 public:
  explicit EmbeddingLayer(const EmbeddingSpec& spec)
      : table_(spec.vocabulary * round_up(spec.units, kernels::kLanes)),
        stride_(round_up(spec.units, kernels::kLanes)),
        mask_zero_(spec.mask_zero) {
    for (std::size_t id = 0; id < spec.vocabulary; ++id) {
      std::memcpy(table_.data() + id * stride_, spec.table.values.data() + id * spec.units,
                  spec.units * sizeof(float));
    }
  }

  void run(const RunContext& context, const Block& in, Block& out) const override {
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t t = 0; t < in.steps; ++t) {
        const auto id = static_cast<std::size_t>(in.ids[row * in.ids_stride + t]);
        std::memcpy(out.at(row, t), table_.data() + id * stride_, stride_ * sizeof(float));
      }
    }
    if (mask_zero_) out.mask = mask_padding(in, context.workspace.masks[context.node]);
  }

 private:
  static const std::uint8_t* mask_padding(const Block& in, std::vector<std::uint8_t>& mask) {
    mask.resize(in.rows * in.steps);
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t t = 0; t < in.steps; ++t) {
        const std::size_t i = row * in.steps + t;
        const bool counts = in.mask == nullptr || in.mask[i] != 0;
        mask[i] = counts && in.ids[row * in.ids_stride + t] != 0 ? 1 : 0;
      }
    }
    return mask.data();
  }

  AlignedBuffer<float> table_;
  std::size_t stride_;
  bool mask_zero_;
};

class LstmLayer final : public Layer {
 public:
  LstmLayer(const LstmSpec& spec, std::size_t features, std::size_t slot)
      : recurrence_(spec, features, slot), return_sequences_(spec.return_sequences) {}

  void run(const RunContext& context, const Block& in, Block& out) const override {
    recurrence_.run(context, in, {out, 0, false});
    if (!return_sequences_) out.mask = nullptr;
  }

 private:
  Recurrence recurrence_;
  bool return_sequences_;
};

class BidirectionalLayer final : public Layer {
 public:
  BidirectionalLayer(const BidirectionalSpec& spec, std::size_t features, std::size_t slot)
      : forward_(spec.forward, features, slot),
        backward_(spec.backward, features, slot + 1),
        merge_mode_(spec.merge_mode),
        return_sequences_(spec.forward.return_sequences) {}

  void run(const RunContext& context, const Block& in, Block& out) const override {
    forward_.run(context, in, {out, 0, true});
    if (merge_mode_ == MergeMode::concat) {
      backward_.run(context, in, {out, forward_.units(), true});
    } else {
      Block other = out;
      AlignedBuffer<float>& memory = context.workspace.merge;
      memory.resize_at_least(out.rows * out.steps * out.stride);
      other.data = memory.data();
      backward_.run(context, in, {other, 0, true});
      merge(out, other);
    }
    if (!return_sequences_) out.mask = nullptr;
  }

 private:
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
        break;
    }
    return a;
  }

  Recurrence forward_;
  Recurrence backward_;
  MergeMode merge_mode_;
  bool return_sequences_;
};

class DenseLayer final : public Layer {
 public:
  DenseLayer(const DenseSpec& spec, std::size_t features)
      : kernel_(spec.kernel, features, spec.units, 1),
        bias_(pack_bias(spec.bias, {}, spec.units, 1)),
        activation_(spec.activation) {}

  void run(const RunContext& context, const Block& in, Block& out) const override {
    kernel_.multiply(context.table, {in.data, in.stride, in.rows * in.steps}, bias_.data(), 0,
                     out.data, out.stride);
    activate(context.table, activation_, out, out);
  }

 private:
  PackedMatrix kernel_;
  AlignedBuffer<float> bias_;
  Activation activation_;
};

class ActivationLayer final : public Layer {
 public:
  explicit ActivationLayer(Activation activation) : activation_(activation) {}

  void run(const RunContext& context, const Block& in, Block& out) const override {
    activate(context.table, activation_, in, out);
  }

 private:
  Activation activation_;
};

struct Maker {
  const NodeSpec& node;
  const Shape& in;
  std::vector<StateSlot>& slots;

  std::size_t add_slot(const LstmSpec& spec, const char* suffix = "") const {
    slots.push_back({node.name + suffix, spec.units});
    return slots.size() - 1;
  }

  std::unique_ptr<Layer> operator()(const EmbeddingSpec& spec) const {
    return std::make_unique<EmbeddingLayer>(spec);
  }
  std::unique_ptr<Layer> operator()(const LstmSpec& spec) const {
    return std::make_unique<LstmLayer>(spec, in.features, add_slot(spec));
  }
  std::unique_ptr<Layer> operator()(const BidirectionalSpec& spec) const {
    const std::size_t slot = add_slot(spec.forward, "/forward");
    add_slot(spec.backward, "/backward");
    return std::make_unique<BidirectionalLayer>(spec, in.features, slot);
  }
  std::unique_ptr<Layer> operator()(const DenseSpec& spec) const {
    return std::make_unique<DenseLayer>(spec, in.features);
  }
  std::unique_ptr<Layer> operator()(const ActivationSpec& spec) const {
    return std::make_unique<ActivationLayer>(spec.activation);
  }
  // The input and the identity do no work: the graph passes the value on.
  std::unique_ptr<Layer> operator()(const InputSpec&) const { return nullptr; }
  std::unique_ptr<Layer> operator()(const DropoutSpec&) const { return nullptr; }
};

}  // namespace

std::unique_ptr<Layer> make_layer(const NodeSpec& node, const Shape& in,
                                  std::vector<StateSlot>& slots) {
  return std::visit(Maker{node, in, slots}, node.layer);
}

}  // namespace lstmetrics::lstm
