// The activations of layers, on 16 lanes. NaN stays NaN, canonical only after canonical().
#pragma once

#include "lstmetrics/kernels/math_f32.inl.hpp"

namespace lstmetrics::kernels {
namespace {

// x between 0 and 1; NaN passes, -0 becomes +0.
LSTMETRICS_INLINE F16 clip_to_unit(F16 x) {
  return lesser(splat(1.0F), larger(splat(0.0F), x) + splat(0.0F));
}

LSTMETRICS_INLINE F16 relu(F16 x) { return larger(splat(0.0F), x) + splat(0.0F); }

// x between low and high; NaN passes.
LSTMETRICS_INLINE F16 clip(F16 x, float low, float high) {
  return lesser(splat(high), larger(splat(low), x));
}

LSTMETRICS_INLINE F16 hard_sigmoid(F16 x) { return clip_to_unit(x / splat(6.0F) + splat(0.5F)); }

LSTMETRICS_INLINE F16 softplus(F16 x) {
  return relu(x) + log1p_of_unit(exp_bounded(minus_magnitude(x)));
}

// scale x where positive, alpha (e^(x inner) - 1) elsewhere.
LSTMETRICS_INLINE F16 exponential_linear(F16 x, float scale, float alpha, float inner) {
  const F16 below = splat(alpha) * exp_minus_1_below_0(lesser(splat(0.0F), x) * splat(inner));
  return select(greater(x, splat(0.0F)), splat(scale) * x, below);
}

LSTMETRICS_INLINE F16 gelu(F16 x) {
  return splat(0.5F) * x * (splat(1.0F) + erf(x * splat(0x1.6a09e6p-1F)));
}

LSTMETRICS_INLINE F16 gelu_tanh(F16 x) {
  const F16 inner = x * fma(x * x, splat(0.044715F), splat(1.0F)) * splat(0x1.988454p-1F);
  return splat(0.5F) * x * (splat(1.0F) + tanh(inner));
}

// Scale and scale * alpha of selu, to more digits than float has.
constexpr float kSeluScale = 1.0507009873554804934F;
constexpr float kSeluAlpha = 1.7580993408473768599F;

// The activation as a type, so that a kernel's inner loop is compiled for it.
template <Activation kActivation>
LSTMETRICS_INLINE F16 activated(F16 x) {
  if constexpr (kActivation == Activation::relu) {
    return relu(x);
  } else if constexpr (kActivation == Activation::sigmoid) {
    return sigmoid(x);
  } else if constexpr (kActivation == Activation::tanh) {
    return tanh(x);
  } else if constexpr (kActivation == Activation::exponential) {
    return exp(x);
  } else if constexpr (kActivation == Activation::hard_sigmoid) {
    return hard_sigmoid(x);
  } else if constexpr (kActivation == Activation::hard_sigmoid_02) {
    return clip_to_unit(x * splat(0.2F) + splat(0.5F));
  } else {
    return x;
  }
}

// The activation as a value, out of line: the callers are many. Functions of a row are left to it.
[[gnu::noinline]] F16 activated(const ActivationFn& function, F16 x) noexcept {
  const float alpha = function.alpha;
  const float beta = function.beta;
  switch (function.kind) {
    case Activation::relu:
      return relu(x);
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::tanh:
      return tanh(x);
    case Activation::exponential:
      return exp(x);
    case Activation::hard_sigmoid:
      return hard_sigmoid(x);
    case Activation::hard_sigmoid_02:
      return activated<Activation::hard_sigmoid_02>(x);
    case Activation::hard_sigmoid_of:
      return clip_to_unit(x * splat(alpha) + splat(beta));
    case Activation::affine:
      return x * splat(alpha) + splat(beta);
    case Activation::scaled_tanh:
      return splat(alpha) * tanh(splat(beta) * x);
    case Activation::relu6:
      return lesser(splat(6.0F), relu(x));
    case Activation::leaky_relu:
      return select(less(x, splat(0.0F)), splat(alpha) * x, x);
    case Activation::thresholded_relu:
      return select(either(greater(x, splat(alpha)), unordered(x)), x, splat(0.0F));
    case Activation::elu:
      return exponential_linear(x, 1.0F, alpha, 1.0F);
    case Activation::selu:
      return exponential_linear(x, kSeluScale, kSeluAlpha, 1.0F);
    case Activation::celu:
      return exponential_linear(x, 1.0F, alpha, 1.0F / alpha);
    case Activation::softplus:
      return softplus(x);
    case Activation::log_sigmoid:
      return splat(0.0F) - softplus(splat(0.0F) - x);
    case Activation::softsign:
      return x / (splat(1.0F) - minus_magnitude(x));
    case Activation::silu:
      return x * sigmoid(x);
    case Activation::gelu:
      return gelu(x);
    case Activation::gelu_tanh:
      return gelu_tanh(x);
    case Activation::mish:
      return x * tanh(softplus(x));
    case Activation::hard_silu:
      return x * hard_sigmoid(x);
    case Activation::hard_tanh:
      return clip(x, -1.0F, 1.0F);
    case Activation::linear:
    case Activation::softmax:
    case Activation::log_softmax:
      break;
  }
  return x;
}

// y[i] = function(x[i]); y may be x.
template <class T, class Function>
LSTMETRICS_INLINE void map(const T* x, T* y, std::size_t n, Function function) {
  std::size_t i = 0;
  for (; i + kLanesOf<T> <= n; i += kLanesOf<T>) {
    store(y + i, canonical(function(load(x + i))));
  }
  if (i < n) {
    const Vec<T> rest = load_first(x + i, n - i, T{0});
    store_first(y + i, canonical(function(rest)), n - i);
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
