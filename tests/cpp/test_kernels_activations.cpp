// Activations beside those of LSTMs: near their definitions, and at the ends of the numbers.
#include <algorithm>
#include <functional>
#include <numbers>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::ActivationFn;

namespace {

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double softplus_of(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
double unit(double x) { return std::min(1.0, std::max(0.0, x)); }

struct Defined {
  ActivationFn function;
  std::function<double(double)> definition;
};

std::vector<Defined> smooth_activations() {
  const double a = double{0.3F};
  const double b = double{0.7F};
  return {
      {{Activation::hard_sigmoid_of, 0.3F, 0.7F}, [=](double x) { return unit(a * x + b); }},
      {{Activation::affine, 0.3F, 0.7F}, [=](double x) { return a * x + b; }},
      {{Activation::scaled_tanh, 0.3F, 0.7F}, [=](double x) { return a * std::tanh(b * x); }},
      {{Activation::relu6}, [](double x) { return std::min(6.0, std::max(0.0, x)); }},
      {{Activation::leaky_relu, 0.3F}, [=](double x) { return x < 0 ? a * x : x; }},
      {{Activation::thresholded_relu, 0.3F}, [=](double x) { return x > a ? x : 0; }},
      {{Activation::elu, 0.3F}, [=](double x) { return x > 0 ? x : a * std::expm1(x); }},
      {{Activation::selu},
       [](double x) {
         return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
       }},
      {{Activation::celu, 0.3F},
       [=](double x) { return std::max(0.0, x) + std::min(0.0, a * std::expm1(x / a)); }},
      {{Activation::softplus}, softplus_of},
      {{Activation::log_sigmoid}, [](double x) { return -softplus_of(-x); }},
      {{Activation::softsign}, [](double x) { return x / (1 + std::fabs(x)); }},
      {{Activation::silu}, [](double x) { return x * sigmoid_of(x); }},
      {{Activation::gelu}, [](double x) { return x * (1 + std::erf(x / std::sqrt(2.0))) / 2; }},
      {{Activation::gelu_tanh},
       [](double x) {
         return x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))) /
                2;
       }},
      {{Activation::mish}, [](double x) { return x * std::tanh(softplus_of(x)); }},
      {{Activation::hard_silu}, [](double x) { return x * unit(x / 6 + 0.5); }},
      {{Activation::hard_tanh}, [](double x) { return std::min(1.0, std::max(-1.0, x)); }},
  };
}

}  // namespace

CASE(
    "kernel activations: activations are within 4 units of their definitions, near 0 and far from "
    "it") {
  const Table& table = lstmetrics::kernels::table();
  for (const Defined& one : smooth_activations()) {
    for (int i = -4000; i <= 4000; ++i) {
      const float x = static_cast<float>(i) / 128.0F * std::fabs(static_cast<float>(i)) / 4000.0F;
      float y = 0;
      table.activate_f32(one.function, &x, &y, 1);
      const double expected = one.definition(double{x});
      // A unit of the result, or of the input where they cancel.
      const double unit_of = std::ldexp(std::max(std::fabs(expected), std::fabs(double{x})), -23);
      CHECK(std::fabs(y - expected) <= 4 * unit_of + 0x1p-25);
    }
  }
}

CASE("kernel activations: activations at the ends of the numbers") {
  const auto at = [](ActivationFn function, float x) {
    float y = 7;
    lstmetrics::kernels::table().activate_f32(function, &x, &y, 1);
    return y;
  };
  for (const float big : {1e4F, 3e38F}) {
    for (const Activation same : {Activation::softplus, Activation::silu, Activation::gelu,
                                  Activation::gelu_tanh, Activation::mish}) {
      CHECK_EQUAL(at({same}, big), big);
      CHECK_EQUAL(std::fabs(at({same}, -big)), 0.0F);
    }
    CHECK_EQUAL(at({Activation::elu, 2.0F}, -big), -2.0F);
    CHECK_EQUAL(at({Activation::log_sigmoid}, -big), -big);
    CHECK_EQUAL(at({Activation::softsign}, -big), -big / (1.0F + big));
  }
}

CASE("kernel activations: log_softmax is the logarithm of softmax") {
  const std::vector<float> x = {0.5F, -3.0F, 100.0F, 99.0F, -80.0F};
  double sum = 0;
  for (const float value : x) sum += std::exp(double{value} - 100);
  std::vector<float> y(x.size());
  lstmetrics::kernels::table().activate_f32({Activation::log_softmax}, x.data(), y.data(),
                                            x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = x[i] - 100.0 - std::log(sum);
    CHECK(std::fabs(y[i] - expected) <= 1e-6 * std::max(1.0, std::fabs(expected)));
  }
}
