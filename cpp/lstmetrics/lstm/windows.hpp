// Windows that slide over steps, for convolutions and pooling; single steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lstmetrics/lstm/spec.hpp"

namespace lstmetrics::lstm {

// Steps from the first to the last of a window, both included.
constexpr std::size_t extent_of(const WindowSpec& window) noexcept {
  return (window.size - 1) * window.dilation + 1;
}

// How many windows there are over so many steps; as TensorFlow counts them.
constexpr std::size_t windows_over(const WindowSpec& window, std::size_t steps) noexcept {
  const std::size_t extent = extent_of(window);
  if (window.padding == Padding::valid) {
    return steps < extent ? 0 : (steps - extent) / window.stride + 1;
  }
  return (steps + window.stride - 1) / window.stride;
}

// Padding before the first step.
constexpr std::size_t padding_before(const WindowSpec& window, std::size_t steps) noexcept {
  const std::size_t extent = extent_of(window);
  if (window.padding == Padding::valid || steps == 0) return 0;
  if (window.padding == Padding::causal) return extent - 1;
  const std::size_t covered = (windows_over(window, steps) - 1) * window.stride + extent;
  return covered > steps ? (covered - steps) / 2 : 0;
}

// The step that is taken of a row of so many; nothing where it has none.
constexpr std::optional<std::size_t> step_of(const TakeStepSpec& spec, std::size_t steps) noexcept {
  const auto count = static_cast<std::int64_t>(steps);
  const std::int64_t step = spec.index < 0 ? spec.index + count : spec.index;
  if (step < 0 || step >= count) return {};
  return static_cast<std::size_t>(step);
}

}  // namespace lstmetrics::lstm
