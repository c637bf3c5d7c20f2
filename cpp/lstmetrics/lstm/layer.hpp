// A layer made ready to run: immutable, weights packed, shared by all sessions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/lstm/workspace.hpp"

namespace lstmetrics::lstm {

// Where a layer finds itself in a run.
struct RunContext {
  const kernels::Table& table;
  Workspace& workspace;
  std::size_t node;
};

class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer() = default;

  // Fills `out`, whose rows, steps, features, stride and data are set; may set its mask.
  virtual void run(const RunContext& context, const Block& in, Block& out) const = 0;
};

// One (hidden, cell) pair that a run carries.
struct StateSlot {
  std::string layer;
  std::size_t units;
};

// Makes the layer of a node; appends the slots it needs.
std::unique_ptr<Layer> make_layer(const NodeSpec& node, const Shape& in,
                                  std::vector<StateSlot>& slots);

}  // namespace lstmetrics::lstm
