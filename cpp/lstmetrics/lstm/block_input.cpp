#include "lstmetrics/lstm/block_input.hpp"

#include <cstring>
#include <string>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

std::string place(std::size_t row, std::size_t step) {
  return "row " + std::to_string(row) + ", step " + std::to_string(step);
}

void check_ids(const Inputs& inputs, std::size_t vocabulary) {
  for (std::size_t row = 0; row < inputs.rows; ++row) {
    for (std::size_t step = 0; step < inputs.steps; ++step) {
      const std::int64_t id = inputs.ids[row * inputs.steps + step];
      if (static_cast<std::uint64_t>(id) < vocabulary) continue;
      throw InvalidValue("inputs: id " + std::to_string(id) + " at " + place(row, step) +
                         " is outside the vocabulary of " + std::to_string(vocabulary) +
                         " (ids 0 to " + std::to_string(vocabulary - 1) +
                         "); use the vocabulary the model was trained with, and its id for "
                         "unknown tokens");
    }
  }
}

void check_lengths(const Inputs& inputs) {
  for (std::size_t row = 0; row < inputs.rows; ++row) {
    const std::int64_t length = inputs.lengths[row];
    if (length >= 0 && static_cast<std::uint64_t>(length) <= inputs.steps) continue;
    throw InvalidValue("lengths: " + std::to_string(length) + " at row " + std::to_string(row) +
                       " is outside 0 to " + std::to_string(inputs.steps) +
                       ", the number of timesteps");
  }
}

void check_layout(const Inputs& inputs, const Shape& expected) {
  const bool ids = inputs.ids != nullptr;
  const std::string want = expected.to_string();
  if (ids != expected.ids) {
    throw ShapeError(expected.ids ? "inputs: the model takes integer token ids of shape " + want +
                                        ", got floating-point features"
                                  : "inputs: the model takes floating-point features of shape " +
                                        want + ", got integer ids; they need an Embedding layer");
  }
  const bool time_fits = inputs.has_time == expected.sequence &&
                         (!expected.steps || !inputs.has_time || *expected.steps == inputs.steps);
  const bool features_fit = ids || inputs.feature_count == expected.features;
  if (time_fits && features_fit) return;
  std::string found = "(" + std::to_string(inputs.rows);
  if (inputs.has_time) found += ", " + std::to_string(inputs.steps);
  if (!ids) found += ", " + std::to_string(inputs.feature_count);
  throw ShapeError("inputs: expected shape " + want + ", found shape " + found + ")");
}

}  // namespace

void check_inputs(const Inputs& inputs, const Shape& expected, std::size_t vocabulary) {
  check_layout(inputs, expected);
  if (inputs.ids != nullptr) check_ids(inputs, vocabulary);
  if (inputs.lengths != nullptr) check_lengths(inputs);
}

Block BlockInput::make(const Inputs& inputs, const Window& window) {
  Block block;
  block.rows = window.count;
  block.steps = window.end - window.begin;
  if (inputs.ids != nullptr) {
    copy_ids(inputs, window);
    block.ids = ids_.data();
    block.ids_stride = block.steps;
  } else {
    block.features = inputs.feature_count;
    block.stride = round_up(inputs.feature_count, kernels::kLanes);
    copy_features(inputs, window, block.stride);
    block.data = features_.data();
  }
  if (inputs.mask != nullptr || inputs.lengths != nullptr) {
    copy_mask(inputs, window);
    block.mask = mask_.data();
  }
  return block;
}

void BlockInput::copy_ids(const Inputs& inputs, const Window& window) {
  const std::size_t steps = window.end - window.begin;
  ids_.resize(window.count * steps);
  for (std::size_t row = 0; row < window.count; ++row) {
    const std::int64_t* source = inputs.ids + (window.first + row) * inputs.steps + window.begin;
    for (std::size_t t = 0; t < steps; ++t) {
      ids_[row * steps + t] = static_cast<std::int32_t>(source[t]);
    }
  }
}

void BlockInput::copy_features(const Inputs& inputs, const Window& window, std::size_t stride) {
  const std::size_t steps = window.end - window.begin;
  features_.resize_at_least(window.count * steps * stride);
  for (std::size_t row = 0; row < window.count; ++row) {
    for (std::size_t t = 0; t < steps; ++t) {
      const std::size_t from = (window.first + row) * inputs.steps + window.begin + t;
      std::memcpy(features_.data() + (row * steps + t) * stride,
                  inputs.features + from * inputs.feature_count,
                  inputs.feature_count * sizeof(float));
    }
  }
}

void BlockInput::copy_mask(const Inputs& inputs, const Window& window) {
  const std::size_t steps = window.end - window.begin;
  mask_.resize(window.count * steps);
  for (std::size_t row = 0; row < window.count; ++row) {
    for (std::size_t t = 0; t < steps; ++t) {
      mask_[row * steps + t] = step_counts(inputs, window.first + row, window.begin + t) ? 1 : 0;
    }
  }
}

}  // namespace lstmetrics::lstm
