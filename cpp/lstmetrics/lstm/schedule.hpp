// In which order the rows of a batch run: their results do not depend on it, only the time does.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lstmetrics/lstm/block_input.hpp"

namespace lstmetrics::lstm {

// Rows by the number of steps that count, the most first and equals as they come: neighbours then
// end about together. Empty where nothing sets rows apart.
std::vector<std::size_t> by_length(std::span<const Input> inputs);

}  // namespace lstmetrics::lstm
