// The only unit that is compiled once per instruction-set level. It exports one thing, the level's
// table; all else is in anonymous namespaces (tests/architecture/test_symbols.py).
//
// LSTMETRICS_ISA and LSTMETRICS_VEC_HEADER come from cpp/cmake/isa_levels.cmake.
#include LSTMETRICS_VEC_HEADER

#include "lstmetrics/kernels/activations.inl.hpp"
#include "lstmetrics/kernels/fixed_sums.inl.hpp"
#include "lstmetrics/kernels/half.inl.hpp"
#include "lstmetrics/kernels/label_pairs.inl.hpp"
#include "lstmetrics/kernels/lstm_step.inl.hpp"
#include "lstmetrics/kernels/math_f32.inl.hpp"
#include "lstmetrics/kernels/math_f64.inl.hpp"
#include "lstmetrics/kernels/matmul.inl.hpp"
#include "lstmetrics/kernels/probability_rows.inl.hpp"
#include "lstmetrics/kernels/rank.inl.hpp"
#include "lstmetrics/kernels/reductions.inl.hpp"
#include "lstmetrics/kernels/score_keys.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/two_classes.inl.hpp"

namespace lstmetrics::kernels {
namespace {

void exp_f32(const float* x, float* y, std::size_t n) noexcept {
  map(x, y, n, [](F16 v) LSTMETRICS_INLINE_LAMBDA { return exp(v); });
}

void sigmoid_f32(const float* x, float* y, std::size_t n) noexcept {
  map(x, y, n, [](F16 v) LSTMETRICS_INLINE_LAMBDA { return sigmoid(v); });
}

void tanh_f32(const float* x, float* y, std::size_t n) noexcept {
  map(x, y, n, [](F16 v) LSTMETRICS_INLINE_LAMBDA { return tanh(v); });
}

void exp_f64(const double* x, double* y, std::size_t n) noexcept {
  map(x, y, n, [](D8 v) LSTMETRICS_INLINE_LAMBDA { return exp(v); });
}

void log_f64(const double* x, double* y, std::size_t n) noexcept {
  map(x, y, n, [](D8 v) LSTMETRICS_INLINE_LAMBDA { return log(v); });
}

template <Activation kActivation>
void map_activated(const float* x, float* y, std::size_t n) noexcept {
  map(x, y, n, [](F16 v) LSTMETRICS_INLINE_LAMBDA { return activated<kActivation>(v); });
}

void activate_f32(const ActivationFn& function, const float* x, float* y, std::size_t n) noexcept {
  switch (function.kind) {
    case Activation::sigmoid:
      return sigmoid_f32(x, y, n);
    case Activation::tanh:
      return tanh_f32(x, y, n);
    case Activation::exponential:
      return exp_f32(x, y, n);
    case Activation::softmax:
      return softmax(x, y, n);
    case Activation::log_softmax:
      return log_softmax(x, y, n);
    case Activation::linear:
      return map_activated<Activation::linear>(x, y, n);
    case Activation::relu:
      return map_activated<Activation::relu>(x, y, n);
    default:
      return map(x, y, n, [&](F16 v) LSTMETRICS_INLINE_LAMBDA { return activated(function, v); });
  }
}

}  // namespace
}  // namespace lstmetrics::kernels

#define LSTMETRICS_JOIN_(a, b) a##b
#define LSTMETRICS_JOIN(a, b) LSTMETRICS_JOIN_(a, b)
#define LSTMETRICS_TEXT_(a) #a
#define LSTMETRICS_TEXT(a) LSTMETRICS_TEXT_(a)

extern "C" {
extern const lstmetrics::kernels::Table LSTMETRICS_JOIN(lstmetrics_kernels_table_, LSTMETRICS_ISA);

const lstmetrics::kernels::Table LSTMETRICS_JOIN(lstmetrics_kernels_table_, LSTMETRICS_ISA) = {
    .name = LSTMETRICS_TEXT(LSTMETRICS_ISA),
    .exp_f32 = lstmetrics::kernels::exp_f32,
    .sigmoid_f32 = lstmetrics::kernels::sigmoid_f32,
    .tanh_f32 = lstmetrics::kernels::tanh_f32,
    .exp_f64 = lstmetrics::kernels::exp_f64,
    .log_f64 = lstmetrics::kernels::log_f64,
    .activate_f32 = lstmetrics::kernels::activate_f32,
    .matmul = lstmetrics::kernels::matmul,
    .lstm_step = lstmetrics::kernels::lstm_step,
    .sum_f32 = lstmetrics::kernels::sum<float>,
    .sum_f64 = lstmetrics::kernels::sum<double>,
    .max_f32 = lstmetrics::kernels::max<float>,
    .max_f64 = lstmetrics::kernels::max<double>,
    .argmax_f32 = lstmetrics::kernels::argmax<float>,
    .argmax_f64 = lstmetrics::kernels::argmax<double>,
    .count_above_f32 = lstmetrics::kernels::count_above<float>,
    .count_above_f64 = lstmetrics::kernels::count_above<double>,
    .softmax_f32 = lstmetrics::kernels::softmax<float>,
    .softmax_f64 = lstmetrics::kernels::softmax<double>,
    .log_sum_exp_f32 = lstmetrics::kernels::log_sum_exp<float>,
    .log_sum_exp_f64 = lstmetrics::kernels::log_sum_exp<double>,
    .combine_log_sums = lstmetrics::kernels::combine_log_sums,
    .count_pairs = lstmetrics::kernels::count_pairs,
    .count_pairs_short = lstmetrics::kernels::count_pairs_short,
    .all_bits = lstmetrics::kernels::all_bits,
    .count_equal = lstmetrics::kernels::count_equal,
    .score_keys = lstmetrics::kernels::score_keys,
    .widen_f16 = lstmetrics::kernels::widen_f16,
    .fixed_sum = lstmetrics::kernels::fixed_sum,
    .loss_moments = lstmetrics::kernels::loss_moments,
    .probability_rows_f32 = lstmetrics::kernels::probability_rows<float>,
    .probability_rows_f64 = lstmetrics::kernels::probability_rows<double>,
    .two_class_log_loss = lstmetrics::kernels::two_class_log_loss,
    .two_class_brier = lstmetrics::kernels::two_class_brier,
};
}
