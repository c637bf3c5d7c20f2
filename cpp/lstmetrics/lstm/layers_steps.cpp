// Layers that take each step by itself.
#include <cmath>
#include <cstring>

#include "lstmetrics/lstm/layers.hpp"
#include "lstmetrics/lstm/packing.hpp"

namespace lstmetrics::lstm {
namespace {

class EmbeddingLayer final : public Layer {
 public:
  EmbeddingLayer(const EmbeddingSpec& spec, Precision precision)
      : table_(spec.table.values, spec.vocabulary, spec.units, precision),
        mask_zero_(spec.mask_zero) {}

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    Block& out = run.out[0];
    out.ids = in.ids;
    out.ids_stride = in.ids_stride;
    out.table = &table_;
    if (out.data != nullptr) look_up(in, out);
    if (!mask_zero_) return;
    out.mask = mask_padding(in, run.memory.mask);
    out.given_mask = false;
  }

 private:
  void look_up(const Block& in, const Block& out) const {
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t t = 0; t < in.steps; ++t) {
        const auto id = static_cast<std::size_t>(in.ids[row * in.ids_stride + t]);
        table_.copy_row(id, out.at(row, t));
        std::memset(out.at(row, t) + out.features, 0, (out.stride - out.features) * sizeof(float));
      }
    }
  }
  static const std::uint8_t* mask_padding(const Block& in, std::vector<std::uint8_t>& mask) {
    mask.resize(in.rows * in.steps);
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t t = 0; t < in.steps; ++t) {
        const bool padding = in.ids[row * in.ids_stride + t] == 0;
        mask[row * in.steps + t] = in.counts(row, t) && !padding ? 1 : 0;
      }
    }
    return mask.data();
  }

  TokenTable table_;
  bool mask_zero_;
};

// Keras forgets the mask that another layer has made before; the caller's own is kept.
class MaskingLayer final : public Layer {
 public:
  explicit MaskingLayer(float value) : value_(value) {}

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    Block& out = run.out[0];
    std::vector<std::uint8_t>& mask = run.memory.mask;
    mask.resize(in.rows * in.steps);
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t t = 0; t < in.steps; ++t) {
        const bool kept = t < in.steps_of(row) && (!in.given_mask || in.counts(row, t));
        mask[row * in.steps + t] = take_step(in.at(row, t), out.at(row, t), in) && kept ? 1 : 0;
      }
    }
    out.mask = mask.data();
    out.given_mask = false;
  }

 private:
  bool take_step(const float* from, float* to, const Block& in) const {
    bool differs = false;
    for (std::size_t i = 0; i < in.features; ++i) differs = differs || from[i] != value_;
    if (differs) {
      std::memcpy(to, from, in.features * sizeof(float));
    } else {
      std::memset(to, 0, in.features * sizeof(float));
    }
    return differs;
  }

  float value_;
};

class DenseLayer final : public Layer {
 public:
  DenseLayer(const DenseSpec& spec, std::size_t features, Precision precision)
      : kernel_(spec.kernel, features, spec.units, 1, precision),
        bias_(pack_bias(spec.bias, {}, spec.units, 1)),
        activation_(spec.activation) {}

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    const Block& out = run.out[0];
    kernel_.multiply(run.table, *run.workspace.team, {in.data, in.stride, in.rows * in.steps},
                     bias_.data(), 0, out.data, out.stride, run.workspace.quantized);
    activate(run.table, activation_, out, out);
  }

 private:
  PackedMatrix kernel_;
  AlignedBuffer<float> bias_;
  ActivationFn activation_;
};

class ActivationLayer final : public Layer {
 public:
  explicit ActivationLayer(const ActivationFn& activation) : activation_(activation) {}

  void run(const LayerRun& run) const override {
    activate(run.table, activation_, *run.in[0], run.out[0]);
  }

 private:
  ActivationFn activation_;
};

std::vector<double> doubles(const Weight& weight, std::size_t size, double absent) {
  if (weight.values.empty()) return std::vector<double>(size, absent);
  return {weight.values.begin(), weight.values.end()};
}

// 16 partial sums, element i in lane i mod 16, folded 8+8, 4+4, 2+2, 1+1.
template <class Term>
double sum_of(std::size_t size, const Term& term) {
  double lanes[kernels::kLanes] = {};
  for (std::size_t i = 0; i < size; ++i) lanes[i % kernels::kLanes] += term(i);
  for (std::size_t half = kernels::kLanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

// In double, rounded once: (x - mean) / sqrt(variance + epsilon) gamma + beta over a step's
// features.
class LayerNormalizationLayer final : public Layer {
 public:
  LayerNormalizationLayer(const LayerNormalizationSpec& spec, std::size_t features)
      : epsilon_(spec.epsilon),
        gamma_(doubles(spec.gamma, features, 1.0)),
        beta_(doubles(spec.beta, features, 0.0)) {}

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    for (std::size_t position = 0; position < in.rows * in.steps; ++position) {
      normalize(in.data + position * in.stride, run.out[0].data + position * run.out[0].stride);
    }
  }

 private:
  void normalize(const float* x, float* y) const {
    const std::size_t size = gamma_.size();
    const auto count = static_cast<double>(size);
    const double mean = sum_of(size, [&](std::size_t i) { return double{x[i]}; }) / count;
    const auto squared = [&](std::size_t i) { return (x[i] - mean) * (x[i] - mean); };
    const double inverse = 1.0 / std::sqrt(sum_of(size, squared) / count + epsilon_);
    for (std::size_t i = 0; i < size; ++i) {
      y[i] = static_cast<float>((x[i] - mean) * inverse * gamma_[i] + beta_[i]);
    }
  }

  double epsilon_;
  std::vector<double> gamma_;
  std::vector<double> beta_;
};

// In double, rounded once: (x - mean) scale + beta, where scale is gamma / sqrt(variance +
// epsilon).
class BatchNormalizationLayer final : public Layer {
 public:
  BatchNormalizationLayer(const BatchNormalizationSpec& spec, std::size_t features)
      : mean_(doubles(spec.mean, features, 0.0)),
        scale_(doubles(spec.gamma, features, 1.0)),
        beta_(doubles(spec.beta, features, 0.0)) {
    for (std::size_t i = 0; i < features; ++i) {
      scale_[i] /= std::sqrt(double{spec.variance.values[i]} + spec.epsilon);
    }
  }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    for (std::size_t position = 0; position < in.rows * in.steps; ++position) {
      const float* x = in.data + position * in.stride;
      float* y = run.out[0].data + position * run.out[0].stride;
      for (std::size_t i = 0; i < mean_.size(); ++i) {
        y[i] = static_cast<float>((x[i] - mean_[i]) * scale_[i] + beta_[i]);
      }
    }
  }

 private:
  std::vector<double> mean_;
  std::vector<double> scale_;
  std::vector<double> beta_;
};

}  // namespace

void activate(const kernels::Table& table, const ActivationFn& function, const Block& in,
              const Block& out) {
  const std::size_t positions = out.rows * out.steps;
  if (function.kind == Activation::softmax || function.kind == Activation::log_softmax) {
    for (std::size_t i = 0; i < positions; ++i) {
      table.activate_f32(function, in.data + i * in.stride, out.data + i * out.stride,
                         out.features);
    }
  } else if (function.kind != Activation::linear || in.data != out.data) {
    table.activate_f32(function, in.data, out.data, positions * out.stride);
  }
}

std::unique_ptr<Layer> make_embedding(const EmbeddingSpec& spec, Precision precision) {
  return std::make_unique<EmbeddingLayer>(spec, precision);
}
std::unique_ptr<Layer> make_masking(const MaskingSpec& spec) {
  return std::make_unique<MaskingLayer>(spec.value);
}
std::unique_ptr<Layer> make_dense(const DenseSpec& spec, std::size_t features,
                                  Precision precision) {
  return std::make_unique<DenseLayer>(spec, features, precision);
}
std::unique_ptr<Layer> make_activation(const ActivationSpec& spec) {
  return std::make_unique<ActivationLayer>(spec.activation);
}
std::unique_ptr<Layer> make_normalization(const LayerNormalizationSpec& spec,
                                          std::size_t features) {
  return std::make_unique<LayerNormalizationLayer>(spec, features);
}
std::unique_ptr<Layer> make_normalization(const BatchNormalizationSpec& spec,
                                          std::size_t features) {
  return std::make_unique<BatchNormalizationLayer>(spec, features);
}

}  // namespace lstmetrics::lstm
