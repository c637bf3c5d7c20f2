// Layers of several values, and into another shape.
#include <cstring>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/lstm/layers.hpp"

namespace lstmetrics::lstm {
namespace {

// What all merges share: rows must be as long as each other, and masks join.
class MergeLayer : public Layer {
 public:
  MergeLayer(const MergeSpec& spec, std::string name) : spec_(spec), name_(std::move(name)) {}

  std::size_t steps(std::span<const std::size_t> in) const override {
    for (const std::size_t steps : in) {
      if (steps == in[0]) continue;
      throw ShapeError("layer \"" + name_ +
                       "\": its inputs must have as many steps as each other, "
                       "got " +
                       std::to_string(in[0]) + " and " + std::to_string(steps));
    }
    return in[0];
  }

 protected:
  const MergeSpec spec_;

  // The mask of the result from those of the inputs, as Keras joins them; null where there is none.
  const std::uint8_t* joined_mask(const LayerRun& run, bool absent_is_ones) const {
    bool present = false;
    bool absent = false;
    for (const Block* in : run.in) (in->mask == nullptr ? absent : present) = true;
    if (!present) return nullptr;
    const bool any = spec_.masks == MergeMasks::any;
    if (any && absent && !absent_is_ones) return nullptr;
    const std::size_t size = run.out[0].rows * run.out[0].steps;
    run.memory.mask.assign(size, any ? 0 : 1);
    for (const Block* in : run.in) {
      for (std::size_t i = 0; i < size; ++i) {
        const bool counts = in->mask == nullptr || in->mask[i] != 0;
        std::uint8_t& joined = run.memory.mask[i];
        joined = (any ? joined != 0 || counts : joined != 0 && counts) ? 1 : 0;
      }
    }
    return run.memory.mask.data();
  }

 private:
  std::string name_;
};

class ConcatenateFeatures final : public MergeLayer {
 public:
  using MergeLayer::MergeLayer;

  void run(const LayerRun& run) const override {
    Block& out = run.out[0];
    std::size_t offset = 0;
    for (const Block* in : run.in) {
      for (std::size_t position = 0; position < out.rows * out.steps; ++position) {
        std::memcpy(out.data + position * out.stride + offset, in->data + position * in->stride,
                    in->features * sizeof(float));
      }
      offset += in->features;
    }
    out.mask = joined_mask(run, true);
    out.given_mask = false;
  }
};

// One row's steps behind those of another input; padding goes to the end.
class ConcatenateSteps final : public MergeLayer {
 public:
  using MergeLayer::MergeLayer;

  std::size_t steps(std::span<const std::size_t> in) const override {
    std::size_t all = 0;
    for (const std::size_t steps : in) all += steps;
    return all;
  }

  void run(const LayerRun& run) const override {
    Block& out = run.out[0];
    bool masked = false;
    for (const Block* in : run.in) masked = masked || in->mask != nullptr;
    if (masked) run.memory.mask.assign(out.rows * out.steps, 0);
    for (std::size_t row = 0; row < out.rows; ++row) {
      std::size_t place = 0;
      for (const Block* in : run.in) {
        for (std::size_t t = 0; t < in->steps_of(row); ++t, ++place) {
          std::memcpy(out.at(row, place), in->at(row, t), in->features * sizeof(float));
          if (masked) run.memory.mask[row * out.steps + place] = in->counts(row, t) ? 1 : 0;
        }
      }
      for (; place < out.steps; ++place) {
        std::memset(out.at(row, place), 0, out.features * sizeof(float));
      }
    }
    out.mask = masked ? run.memory.mask.data() : nullptr;
    out.given_mask = false;
  }
};

// Element by element, from the first input to the last.
class Arithmetic final : public MergeLayer {
 public:
  using MergeLayer::MergeLayer;

  void run(const LayerRun& run) const override {
    Block& out = run.out[0];
    out.mask = joined_mask(run, false);
    out.given_mask = false;
    for (std::size_t position = 0; position < out.rows * out.steps; ++position) {
      combine(run, position, out.data + position * out.stride);
    }
  }

 private:
  void combine(const LayerRun& run, std::size_t position, float* y) const {
    const Block& first = *run.in[0];
    take(first, position, y);
    for (const Block* in : run.in.subspan(1)) {
      const float* x = in->data + position * in->stride;
      if (spec_.merge == Merge::multiply) {
        if (is_one(*in, position)) continue;
        for (std::size_t i = 0; i < first.features; ++i) y[i] *= x[i];
      } else {
        for (std::size_t i = 0; i < first.features; ++i) y[i] += x[i];
      }
    }
    if (spec_.merge == Merge::average) {
      const auto count = static_cast<float>(run.in.size());
      for (std::size_t i = 0; i < first.features; ++i) y[i] /= count;
    }
    const std::uint8_t* mask = run.out[0].mask;
    if (skips_masked() && mask != nullptr && mask[position] == 0) {
      std::memset(y, 0, first.features * sizeof(float));
    }
  }

  void take(const Block& first, std::size_t position, float* y) const {
    if (is_one(first, position)) {
      for (std::size_t i = 0; i < first.features; ++i) y[i] = 1.0F;
    } else {
      std::memcpy(y, first.data + position * first.stride, first.features * sizeof(float));
    }
  }
  // Since Keras 3.4 a masked step is no factor of a product, and a product of none is 0.
  bool skips_masked() const {
    return spec_.merge == Merge::multiply && spec_.masks == MergeMasks::any;
  }
  bool is_one(const Block& in, std::size_t position) const {
    return skips_masked() && in.mask != nullptr && in.mask[position] == 0;
  }
};

class FlattenLayer final : public Layer {
 public:
  explicit FlattenLayer(std::string name) : name_(std::move(name)) {}

  bool passes_mask() const override { return false; }

  void run(const LayerRun& run) const override {
    const Block& in = *run.in[0];
    for (std::size_t row = 0; row < in.rows; ++row) {
      if (in.steps_of(row) != in.steps) refuse_length(in.steps_of(row), in.steps);
      for (std::size_t t = 0; t < in.steps; ++t) {
        std::memcpy(run.out[0].at(row, 0) + t * in.features, in.at(row, t),
                    in.features * sizeof(float));
      }
    }
  }

 private:
  [[noreturn]] void refuse_length(std::size_t found, std::size_t expected) const {
    throw ShapeError("layer \"" + name_ + "\": Flatten takes rows of " + std::to_string(expected) +
                     " steps, got one of " + std::to_string(found) +
                     "; pad the inputs instead of giving lengths");
  }

  std::string name_;
};

}  // namespace

std::unique_ptr<Layer> make_merge(const MergeSpec& spec, const std::string& name) {
  if (spec.merge == Merge::concatenate_features) {
    return std::make_unique<ConcatenateFeatures>(spec, name);
  }
  if (spec.merge == Merge::concatenate_steps) return std::make_unique<ConcatenateSteps>(spec, name);
  return std::make_unique<Arithmetic>(spec, name);
}

std::unique_ptr<Layer> make_flatten(const std::string& name) {
  return std::make_unique<FlattenLayer>(name);
}

}  // namespace lstmetrics::lstm
