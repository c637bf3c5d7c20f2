// The loss of one token, the one definition of it: -log softmax(logits)[target] in nats.
#pragma once

#include <cstddef>

#include "lstmetrics/kernels/table.hpp"

namespace lstmetrics::kernels {

// (max - target) + log(sum) in double, by the tiles of log_sum_exp. The canonical NaN when a logit
// is NaN or +inf, or all are -inf; +inf when the target's logit is -inf and another is finite.
inline double finish_token_nll(const Table& table, LogSum sum, double target) noexcept {
  double log_sum = 0.0;
  table.log_f64(&sum.sum, &log_sum, 1);
  const double loss = (sum.max - target) + log_sum;
  return loss == loss ? loss : __builtin_nan("");
}

inline double token_nll(const Table& table, const float* logits, std::size_t n,
                        std::size_t target) noexcept {
  return finish_token_nll(table, table.log_sum_exp_f32(logits, n),
                          static_cast<double>(logits[target]));
}

}  // namespace lstmetrics::kernels
