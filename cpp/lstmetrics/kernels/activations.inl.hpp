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
    return clip_to_unit(x / splat(6.0F) + splat(0.5F));
  } else if constexpr (kActivation == Activation::hard_sigmoid_02) {
    return clip_to_unit(x * splat(0.2F) + splat(0.5F));
  } else {
    return x;
  }
}

// The activation as a value, out of line: the callers are many. softmax is no function of one
// element: it is left to its row.
[[gnu::noinline]] F16 activated(Activation activation, F16 x) noexcept {
  switch (activation) {
    case Activation::relu:
      return activated<Activation::relu>(x);
    case Activation::sigmoid:
      return activated<Activation::sigmoid>(x);
    case Activation::tanh:
      return activated<Activation::tanh>(x);
    case Activation::exponential:
      return activated<Activation::exponential>(x);
    case Activation::hard_sigmoid:
      return activated<Activation::hard_sigmoid>(x);
    case Activation::hard_sigmoid_02:
      return activated<Activation::hard_sigmoid_02>(x);
    case Activation::linear:
    case Activation::softmax:
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
