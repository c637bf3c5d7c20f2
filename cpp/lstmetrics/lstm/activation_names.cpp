#include "lstmetrics/lstm/activation_names.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

using kernels::Activation;
using kernels::ActivationFn;

struct Row {
  std::string_view name;
  ActivationFn function;  // with its default parameters
  std::size_t parameters;
};

constexpr std::array kNames{
    Row{"linear", {Activation::linear}, 0},
    Row{"relu", {Activation::relu}, 0},
    Row{"sigmoid", {Activation::sigmoid}, 0},
    Row{"tanh", {Activation::tanh}, 0},
    Row{"exponential", {Activation::exponential}, 0},
    Row{"hard_sigmoid", {Activation::hard_sigmoid}, 0},
    Row{"hard_sigmoid_02", {Activation::hard_sigmoid_02}, 0},
    Row{"hard_sigmoid_of", {Activation::hard_sigmoid_of, 0.2F, 0.5F}, 2},
    Row{"affine", {Activation::affine, 1.0F, 0.0F}, 2},
    Row{"scaled_tanh", {Activation::scaled_tanh, 1.0F, 1.0F}, 2},
    Row{"relu6", {Activation::relu6}, 0},
    Row{"leaky_relu", {Activation::leaky_relu, 0.2F}, 1},
    Row{"thresholded_relu", {Activation::thresholded_relu, 1.0F}, 1},
    Row{"elu", {Activation::elu, 1.0F}, 1},
    Row{"selu", {Activation::selu}, 0},
    Row{"celu", {Activation::celu, 1.0F}, 1},
    Row{"softplus", {Activation::softplus}, 0},
    Row{"log_sigmoid", {Activation::log_sigmoid}, 0},
    Row{"softsign", {Activation::softsign}, 0},
    Row{"silu", {Activation::silu}, 0},
    Row{"gelu", {Activation::gelu}, 0},
    Row{"gelu_tanh", {Activation::gelu_tanh}, 0},
    Row{"mish", {Activation::mish}, 0},
    Row{"hard_silu", {Activation::hard_silu}, 0},
    Row{"hard_tanh", {Activation::hard_tanh}, 0},
    Row{"softmax", {Activation::softmax}, 0},
    Row{"log_softmax", {Activation::log_softmax}, 0},
};
static_assert(kNames.size() == kernels::kActivations);

std::optional<float> number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto rounded = static_cast<float>(value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(rounded))
    return {};
  return rounded;
}

// "a, b" as numbers; nothing where one is none.
std::optional<std::vector<float>> numbers(std::string_view text) {
  std::vector<float> found;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::optional<float> one = number(text.substr(0, comma));
    if (!one) return {};
    found.push_back(*one);
    if (comma == std::string_view::npos) return found;
    text.remove_prefix(comma + 1);
  }
}

// The row's function with the parameters in parentheses; nothing where they do not fit.
std::optional<ActivationFn> with_parameters(const Row& row, std::string_view text) {
  const auto found = numbers(text);
  if (!found || found->size() != row.parameters) return {};
  ActivationFn function = row.function;
  function.alpha = (*found)[0];
  if (row.parameters > 1) function.beta = (*found)[1];
  if (function.kind == Activation::celu && function.alpha == 0) return {};
  return function;
}

}  // namespace

ActivationFn activation_from_name(std::string_view layer, std::string_view name) {
  const std::size_t open = name.find('(');
  const bool has_parameters = open != std::string_view::npos && name.ends_with(')');
  std::string known;
  for (const Row& row : kNames) {
    known += (known.empty() ? "" : ", ") + std::string(row.name);
    if (row.name == name) return row.function;
    if (!has_parameters || row.name != name.substr(0, open)) continue;
    if (const auto function = with_parameters(row, name.substr(open + 1, name.size() - open - 2))) {
      return *function;
    }
    throw UnsupportedError("layer \"" + std::string(layer) + "\": activation \"" +
                           std::string(name) + "\": " + std::string(row.name) + " takes " +
                           std::to_string(row.parameters) + " parameters, finite numbers");
  }
  throw UnsupportedError("layer \"" + std::string(layer) + "\": activation \"" + std::string(name) +
                         "\" is not supported; supported are " + known);
}

}  // namespace lstmetrics::lstm
