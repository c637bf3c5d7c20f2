// The names of activations, in one place.
#pragma once

#include <string_view>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::lstm {

// A name, or a name with its parameters: "tanh", "leaky_relu(0.3)", "hard_sigmoid_of(0.2, 0.5)".
// Parameters that are left out are Keras's (0.2 for leaky_relu, 1 for elu). UnsupportedError naming
// the layer, the activation asked for, and those there are.
LSTMETRICS_API kernels::ActivationFn activation_from_name(std::string_view layer,
                                                          std::string_view name);

// Works on a row at once, so not inside an LSTM.
constexpr bool is_of_a_row(const kernels::ActivationFn& function) noexcept {
  return function.kind == kernels::Activation::softmax ||
         function.kind == kernels::Activation::log_softmax;
}

}  // namespace lstmetrics::lstm
