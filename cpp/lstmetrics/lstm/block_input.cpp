#include "lstmetrics/lstm/block_input.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

std::string place(std::size_t row, std::size_t step) {
  return "row " + std::to_string(row) + ", step " + std::to_string(step);
}

void check_ids(const Input& input, std::size_t vocabulary, const std::string& label) {
  for (std::size_t row = 0; row < input.rows; ++row) {
    for (std::size_t step = 0; step < input.steps_of(row); ++step) {
      const std::int64_t id = input.ids[input.position(row, step)];
      if (static_cast<std::uint64_t>(id) < vocabulary) continue;
      throw InvalidValue(label + ": id " + std::to_string(id) + " at " +
                         place(input.first_row + row, step) + " is outside the vocabulary of " +
                         std::to_string(vocabulary) + " (ids 0 to " +
                         std::to_string(vocabulary - 1) +
                         "); use the vocabulary the model was trained with, and its id for "
                         "unknown tokens");
    }
  }
}

void check_lengths(const Input& input) {
  for (std::size_t row = 0; row < input.rows; ++row) {
    const std::int64_t length = input.lengths[row];
    if (length >= 0 && static_cast<std::uint64_t>(length) <= input.steps) continue;
    throw InvalidValue("lengths: " + std::to_string(length) + " at row " + std::to_string(row) +
                       " is outside 0 to " + std::to_string(input.steps) +
                       ", the number of timesteps");
  }
}

void check_row_steps(const Input& input, std::size_t expected, const std::string& label) {
  for (std::size_t row = 0; row < input.rows; ++row) {
    if (input.steps_of(row) == expected) continue;
    throw ShapeError(label + ": row " + std::to_string(input.first_row + row) + " has " +
                     std::to_string(input.lengths[row]) + " timesteps, the model takes " +
                     std::to_string(expected));
  }
}

void check_layout(const Input& input, const Shape& expected, const std::string& label) {
  const bool ids = input.ids != nullptr;
  const std::string want = expected.to_string();
  if (ids != expected.ids) {
    throw ShapeError(expected.ids ? label + ": the model takes integer token ids of shape " + want +
                                        ", got floating-point features"
                                  : label + ": the model takes floating-point features of shape " +
                                        want + ", got integer ids; they need an Embedding layer");
  }
  if (input.starts != nullptr && expected.steps) check_row_steps(input, *expected.steps, label);
  const bool time_fits = input.has_time == expected.sequence &&
                         (!expected.steps || !input.has_time || *expected.steps == input.steps);
  const bool features_fit = ids || input.feature_count == expected.features;
  if (time_fits && features_fit) return;
  std::string found = "(" + std::to_string(input.rows);
  if (input.has_time) found += ", " + std::to_string(input.steps);
  if (!ids) found += ", " + std::to_string(input.feature_count);
  throw ShapeError(label + ": expected shape " + want + ", found shape " + found + ")");
}

// Steps of a window that a row has.
std::size_t steps_there(const Input& input, std::size_t row, const Window& window) {
  const std::size_t end = std::min(window.end, input.steps_of(row));
  return end - std::min(window.begin, end);
}

}  // namespace

void check_input(const Input& input, const Shape& expected, std::size_t vocabulary,
                 const std::string& label) {
  check_layout(input, expected, label);
  if (input.ids != nullptr) check_ids(input, vocabulary, label);
  if (input.lengths != nullptr) check_lengths(input);
}

Block BlockInput::make(const Input& input, const Window& window) {
  Block block;
  block.rows = window.rows.count;
  block.steps = window.end - window.begin;
  if (input.ids != nullptr) {
    copy_ids(input, window);
    block.ids = ids_.data();
    block.ids_stride = block.steps;
  } else {
    block.features = input.feature_count;
    block.stride = round_up(input.feature_count, kernels::kLanes);
    copy_features(input, window, block.stride);
    block.data = features_.data();
  }
  if (!input.has_time) return block;
  if (input.mask != nullptr || input.lengths != nullptr) {
    copy_mask(input, window);
    block.mask = mask_.data();
    block.given_mask = true;
  }
  if (input.lengths != nullptr) {
    lengths_.resize(window.rows.count);
    for (std::size_t row = 0; row < window.rows.count; ++row) {
      const auto length = static_cast<std::size_t>(input.lengths[window.rows[row]]);
      lengths_[row] = std::min(std::max(length, window.begin), window.end) - window.begin;
    }
    block.lengths = lengths_.data();
  }
  return block;
}

void BlockInput::copy_ids(const Input& input, const Window& window) {
  const std::size_t steps = window.end - window.begin;
  ids_.resize(window.rows.count * steps);
  for (std::size_t row = 0; row < window.rows.count; ++row) {
    const std::size_t from = window.rows[row];
    const std::int64_t* source = input.ids + input.position(from, window.begin);
    const std::size_t there = steps_there(input, from, window);
    std::int32_t* target = ids_.data() + row * steps;
    for (std::size_t t = 0; t < there; ++t) target[t] = static_cast<std::int32_t>(source[t]);
    std::fill(target + there, target + steps, 0);
  }
}

void BlockInput::copy_features(const Input& input, const Window& window, std::size_t stride) {
  const std::size_t steps = window.end - window.begin;
  features_.resize_at_least(window.rows.count * steps * stride);
  for (std::size_t row = 0; row < window.rows.count; ++row) {
    const std::size_t from = window.rows[row];
    const float* source = input.features + input.position(from, window.begin) * input.feature_count;
    const std::size_t there = steps_there(input, from, window);
    float* target = features_.data() + row * steps * stride;
    for (std::size_t t = 0; t < there; ++t) {
      std::memcpy(target + t * stride, source + t * input.feature_count,
                  input.feature_count * sizeof(float));
    }
    std::fill(target + there * stride, target + steps * stride, 0.0F);
  }
}

void BlockInput::copy_mask(const Input& input, const Window& window) {
  const std::size_t steps = window.end - window.begin;
  mask_.resize(window.rows.count * steps);
  for (std::size_t row = 0; row < window.rows.count; ++row) {
    for (std::size_t t = 0; t < steps; ++t) {
      mask_[row * steps + t] = step_counts(input, window.rows[row], window.begin + t) ? 1 : 0;
    }
  }
}

}  // namespace lstmetrics::lstm
