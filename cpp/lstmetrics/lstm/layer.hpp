// A layer made ready to run: immutable, weights packed, shared by all sessions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/lstm/workspace.hpp"

namespace lstmetrics::lstm {

// One call of a layer on a block of rows.
struct LayerRun {
  const kernels::Table& table;
  Workspace& workspace;
  NodeMemory& memory;  // the node's own
  std::span<const Block* const> in;
  // Rows, steps, features, stride, data and lengths are set; so is the first input's mask where
  // steps stay what they are. A layer fills the data and may set another mask.
  std::span<Block> out;
};

class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer() = default;

  virtual void run(const LayerRun& run) const = 0;

  // Steps of the first value for so many steps of each input; not asked where a value has no time.
  virtual std::size_t steps(std::span<const std::size_t> in) const { return in[0]; }
  // Told of each value that an embedding of so many tokens makes for it: whether the tokens will do
  // in place of the features (Block::table). Called before any run.
  virtual bool takes_tokens(std::size_t vocabulary) {
    static_cast<void>(vocabulary);
    return false;
  }
  // Whether masks go on behind this layer: Keras's `supports_masking`.
  virtual bool passes_mask() const { return true; }
};

// One (hidden, cell) pair that a run carries.
struct StateSlot {
  std::string layer;
  std::size_t outputs;  // of the hidden state
  std::size_t units;    // of the cell
};

// Makes the layer of a node from the shapes of its inputs; appends the slots it needs. Null where
// nothing is to be done: the first input passes through.
std::unique_ptr<Layer> make_layer(const NodeSpec& node, const std::vector<Shape>& in,
                                  Precision precision, std::vector<StateSlot>& slots);

// Applies an activation to rows of features; padding may be touched, softmax sees features only.
void activate(const kernels::Table& table, const ActivationFn& function, const Block& in,
              const Block& out);

}  // namespace lstmetrics::lstm
