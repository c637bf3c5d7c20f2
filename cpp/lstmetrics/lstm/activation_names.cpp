#include "lstmetrics/lstm/activation_names.hpp"

#include <array>
#include <string>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::lstm {
namespace {

using kernels::Activation;

struct Row {
  std::string_view name;
  Activation activation;
};

constexpr std::array kNames{
    Row{"linear", Activation::linear},
    Row{"relu", Activation::relu},
    Row{"sigmoid", Activation::sigmoid},
    Row{"tanh", Activation::tanh},
    Row{"exponential", Activation::exponential},
    Row{"hard_sigmoid", Activation::hard_sigmoid},
    Row{"hard_sigmoid_02", Activation::hard_sigmoid_02},
    Row{"softmax", Activation::softmax},
};

}  // namespace

Activation activation_from_name(std::string_view layer, std::string_view name) {
  std::string known;
  for (const Row& row : kNames) {
    if (row.name == name) return row.activation;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw UnsupportedError("layer \"" + std::string(layer) + "\": activation \"" + std::string(name) +
                         "\" is not supported; supported are " + known);
}

}  // namespace lstmetrics::lstm
