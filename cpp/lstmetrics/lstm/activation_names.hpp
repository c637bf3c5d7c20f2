// The names of activations, in one place.
#pragma once

#include <string_view>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::lstm {

// UnsupportedError naming the layer, the activation asked for, and those there are.
LSTMETRICS_API kernels::Activation activation_from_name(std::string_view layer,
                                                        std::string_view name);

}  // namespace lstmetrics::lstm
