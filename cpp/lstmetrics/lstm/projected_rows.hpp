// The memory of one chunk of projected inputs, and which of its rows is whose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/aligned.hpp"

namespace lstmetrics::lstm {

// The tokens of a chunk, numbered as they come: open addressing over a power of two of slots.
class TokenNumbers {
 public:
  // Forgets all; there will be at most so many.
  void begin(std::size_t most) {
    for (const std::size_t slot : used_) slots_[slot] = 0;
    used_.clear();
    tokens_.clear();
    std::size_t slots = 16;
    while (slots < 2 * most) slots *= 2;
    if (slots > slots_.size()) slots_.assign(slots, 0);
  }
  // The token's number: that it has, or the next.
  std::size_t number(std::int32_t token) {
    const std::size_t last = slots_.size() - 1;
    std::size_t slot = static_cast<std::uint32_t>(token) * std::size_t{0x9e3779b1} & last;
    for (; slots_[slot] != 0; slot = (slot + 1) & last) {
      if (tokens_[slots_[slot] - 1] == token) return slots_[slot] - 1;
    }
    tokens_.push_back(token);
    used_.push_back(slot);
    slots_[slot] = static_cast<std::uint32_t>(tokens_.size());
    return tokens_.size() - 1;
  }
  const std::vector<std::int32_t>& tokens() const noexcept { return tokens_; }

 private:
  std::vector<std::uint32_t> slots_;  // number + 1; 0: empty
  std::vector<std::size_t> used_;
  std::vector<std::int32_t> tokens_;
};

struct ProjectedRows {
  AlignedBuffer<float> inputs;       // gathered, where they do not lie side by side
  AlignedBuffer<float> rows;         // projected
  std::vector<const float*> starts;  // [steps][rows of the block]
  TokenNumbers numbers;
};

}  // namespace lstmetrics::lstm
