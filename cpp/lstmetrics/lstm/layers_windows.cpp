// Layers over windows of steps, and over all steps of a row.
#include <algorithm>
#include <cstring>
#include <limits>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/layers.hpp"
#include "lstmetrics/lstm/packing.hpp"
#include "lstmetrics/lstm/windows.hpp"

namespace lstmetrics::lstm {
namespace {

using kernels::kLanes;

// Windows that a convolution gathers before it multiplies.
constexpr std::size_t kWindowsAtOnce = 64;

// Sliding windows. Rows of their own length have windows of their own.
class WindowLayer : public Layer {
 public:
  WindowLayer(const WindowSpec& window, std::string name)
      : window_(window), name_(std::move(name)) {}

  std::size_t steps(std::span<const std::size_t> in) const final {
    const std::size_t count = windows_over(window_, in[0]);
    if (count != 0 || window_.padding != Padding::valid) return count;
    throw ShapeError("layer \"" + name_ + "\": a row has " + std::to_string(in[0]) +
                     " steps, the window needs at least " + std::to_string(extent_of(window_)) +
                     "; pad rows to that, or use padding=\"same\"");
  }
  bool passes_mask() const final { return false; }

 protected:
  // visit(k, step) for each step of window `index` that there is, in ascending order.
  template <class Visit>
  void each_step(std::size_t index, std::size_t steps, const Visit& visit) const {
    const std::size_t before = padding_before(window_, steps);
    for (std::size_t k = 0; k < window_.size; ++k) {
      const std::size_t place = index * window_.stride + k * window_.dilation;
      if (place >= before && place - before < steps) visit(k, place - before);
    }
  }

  const WindowSpec window_;

 private:
  std::string name_;
};

// Each output is a chain that starts at the bias and takes the window's steps in their order, and
// of each step the features in theirs; steps that are padding are zeros.
class ConvolutionLayer final : public WindowLayer {
 public:
  ConvolutionLayer(const Conv1dSpec& spec, std::size_t features, const std::string& name,
                   Precision precision)
      : WindowLayer(spec.window, name),
        in_group_(features / spec.groups),
        out_group_(spec.filters / spec.groups),
        activation_(spec.activation) {
    for (std::size_t group = 0; group < spec.groups; ++group) {
      kernels_.emplace_back(part_of(spec.kernel, window_.size * in_group_, group),
                            window_.size * in_group_, out_group_, 1, precision);
      biases_.push_back(pack_bias(part_of(spec.bias, 1, group), {}, out_group_, 1));
    }
  }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    const Block& out = run.out[0];
    const std::size_t depth = window_.size * in_group_;
    AlignedBuffer<float>& gathered = run.workspace.scratch;
    AlignedBuffer<float>& product = run.workspace.merge;
    gathered.resize_at_least(kWindowsAtOnce * depth);
    product.resize_at_least(kWindowsAtOnce * kernels_[0].row_size());
    for (std::size_t row = 0; row < in.rows; ++row) {
      const std::size_t windows = out.steps_of(row);
      for (std::size_t first = 0; first < windows; first += kWindowsAtOnce) {
        const std::size_t count = std::min(kWindowsAtOnce, windows - first);
        for (std::size_t group = 0; group < kernels_.size(); ++group) {
          gather(in, row, first, count, group, gathered.data());
          kernels_[group].multiply(run.table, *run.workspace.team, {gathered.data(), depth, count},
                                   biases_[group].data(), 0, product.data(),
                                   kernels_[group].row_size(), run.workspace.quantized);
          put(out, row, first, count, group, product.data());
        }
      }
      for (std::size_t t = windows; t < out.steps; ++t) {
        std::memset(out.at(row, t), 0, out.features * sizeof(float));
      }
    }
    activate(run.table, activation_, out, out);
  }

 private:
  // The columns of one group of a matrix [depth][filters].
  Weight part_of(const Weight& whole, std::size_t depth, std::size_t group) const {
    Weight part;
    if (whole.values.empty()) return part;
    const std::size_t filters = whole.values.size() / depth;
    std::vector<float> values;
    for (std::size_t k = 0; k < depth; ++k) {
      const float* first = whole.values.data() + k * filters + group * out_group_;
      values.insert(values.end(), first, first + out_group_);
    }
    part.values = std::move(values);
    return part;
  }

  // Some windows of a row side by side: [windows][size][features of the group].
  void gather(const Block& in, std::size_t row, std::size_t first, std::size_t count,
              std::size_t group, float* out) const {
    std::memset(out, 0, count * window_.size * in_group_ * sizeof(float));
    for (std::size_t index = 0; index < count; ++index) {
      float* window = out + index * window_.size * in_group_;
      each_step(first + index, in.steps_of(row), [&](std::size_t k, std::size_t step) {
        std::memcpy(window + k * in_group_, in.at(row, step) + group * in_group_,
                    in_group_ * sizeof(float));
      });
    }
  }

  void put(const Block& out, std::size_t row, std::size_t first, std::size_t count,
           std::size_t group, const float* product) const {
    for (std::size_t index = 0; index < count; ++index) {
      std::memcpy(out.at(row, first + index) + group * out_group_,
                  product + index * kernels_[0].row_size(), out_group_ * sizeof(float));
    }
  }

  std::size_t in_group_;
  std::size_t out_group_;
  ActivationFn activation_;
  std::vector<PackedMatrix> kernels_;  // per group
  std::vector<AlignedBuffer<float>> biases_;
};

// The larger; NaN wins, and +0 over -0.
float larger_of(float a, float b) {
  if (a != a || b != b) return std::numeric_limits<float>::quiet_NaN();
  return a == b ? a + b == 0 ? a + b : a : std::max(a, b);
}

void raise_to(const float* x, std::size_t size, float* best) {
  for (std::size_t i = 0; i < size; ++i) best[i] = larger_of(best[i], x[i]);
}

void start_maximum(std::size_t size, float* best) {
  std::fill_n(best, size, -std::numeric_limits<float>::infinity());
}

class MaxPoolingLayer final : public WindowLayer {
 public:
  using WindowLayer::WindowLayer;

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    const Block& out = run.out[0];
    for (std::size_t row = 0; row < in.rows; ++row) {
      for (std::size_t index = 0; index < out.steps; ++index) {
        float* best = out.at(row, index);
        if (index >= out.steps_of(row)) {
          std::memset(best, 0, out.features * sizeof(float));
          continue;
        }
        start_maximum(in.features, best);
        each_step(index, in.steps_of(row), [&](std::size_t, std::size_t step) {
          raise_to(in.at(row, step), in.features, best);
        });
      }
    }
  }
};

class GlobalMaxLayer final : public Layer {
 public:
  std::size_t steps(std::span<const std::size_t>) const override { return 1; }
  bool passes_mask() const override { return false; }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    for (std::size_t row = 0; row < in.rows; ++row) {
      float* best = run.out[0].at(row, 0);
      start_maximum(in.features, best);
      for (std::size_t t = 0; t < in.steps_of(row); ++t) {
        raise_to(in.at(row, t), in.features, best);
      }
    }
  }
};

// The mean of the steps that count: 16 partial sums, the i-th such step in lane i mod 16, folded
// 8+8, 4+4, 2+2, 1+1, and divided once. NaN where no step counts.
class GlobalAverageLayer final : public Layer {
 public:
  std::size_t steps(std::span<const std::size_t>) const override { return 1; }
  bool passes_mask() const override { return false; }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    AlignedBuffer<float>& lanes = run.workspace.scratch;
    lanes.resize_at_least(kLanes * in.stride);
    for (std::size_t row = 0; row < in.rows; ++row) {
      std::memset(lanes.data(), 0, kLanes * in.stride * sizeof(float));
      std::size_t count = 0;
      for (std::size_t t = 0; t < in.steps_of(row); ++t) {
        if (!in.counts(row, t)) continue;
        add(in.at(row, t), in.features, lanes.data() + count % kLanes * in.stride);
        ++count;
      }
      for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
        for (std::size_t lane = 0; lane < half; ++lane) {
          add(lanes.data() + (lane + half) * in.stride, in.features,
              lanes.data() + lane * in.stride);
        }
      }
      float* mean = run.out[0].at(row, 0);
      for (std::size_t i = 0; i < in.features; ++i) mean[i] = lanes[i] / static_cast<float>(count);
    }
  }

 private:
  static void add(const float* x, std::size_t size, float* sum) {
    for (std::size_t i = 0; i < size; ++i) sum[i] += x[i];
  }
};

class TakeStepLayer final : public Layer {
 public:
  TakeStepLayer(const TakeStepSpec& spec, std::string name) : spec_(spec), name_(std::move(name)) {}

  bool passes_mask() const override { return false; }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    for (std::size_t row = 0; row < in.rows; ++row) {
      const std::optional<std::size_t> step = step_of(spec_, in.steps_of(row));
      if (!step) refuse(in.steps_of(row));
      std::memcpy(run.out[0].at(row, 0), in.at(row, *step), in.features * sizeof(float));
    }
  }

 private:
  [[noreturn]] void refuse(std::size_t steps) const {
    throw ShapeError("layer \"" + name_ + "\": a row has " + std::to_string(steps) +
                     " steps, so none has the index " + std::to_string(spec_.index) +
                     "; pad rows, or leave such rows out");
  }

  const TakeStepSpec spec_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Layer> make_convolution(const Conv1dSpec& spec, std::size_t features,
                                        const std::string& name, Precision precision) {
  return std::make_unique<ConvolutionLayer>(spec, features, name, precision);
}
std::unique_ptr<Layer> make_max_pooling(const MaxPooling1dSpec& spec, const std::string& name) {
  return std::make_unique<MaxPoolingLayer>(spec.window, name);
}
std::unique_ptr<Layer> make_global_pooling(const GlobalPoolingSpec& spec) {
  if (spec.pool == GlobalPool::max) return std::make_unique<GlobalMaxLayer>();
  return std::make_unique<GlobalAverageLayer>();
}
std::unique_ptr<Layer> make_take_step(const TakeStepSpec& spec, const std::string& name) {
  return std::make_unique<TakeStepLayer>(spec, name);
}

}  // namespace lstmetrics::lstm
