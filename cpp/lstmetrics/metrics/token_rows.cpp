#include "lstmetrics/metrics/token_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/kernels/token_nll.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/rank.hpp"
#include "lstmetrics/metrics/row_source.hpp"
#include "lstmetrics/metrics/strided.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kLogitsPerTask = 1 << 16;

float largest(const kernels::Table& table, const float* x, std::size_t n) {
  return table.max_f32(x, n);
}
double largest(const kernels::Table& table, const double* x, std::size_t n) {
  return table.max_f64(x, n);
}
kernels::LogSum log_sum_exp(const kernels::Table& table, const float* x, std::size_t n) {
  return table.log_sum_exp_f32(x, n);
}
kernels::LogSum log_sum_exp(const kernels::Table& table, const double* x, std::size_t n) {
  return table.log_sum_exp_f64(x, n);
}

struct TokenScore {
  double nll;  // NaN when the row holds NaN, +inf, or only -inf
  std::int64_t rank;
};

// `top` is the largest logit. Of equal logits the one at the lowest index comes first.
template <class T>
std::int64_t rank_of(const kernels::Table& table, const T* x, std::size_t n, std::size_t target,
                     double top, Ranking ranking) {
  if (ranking == Ranking::none) return 0;
  const T own = x[target];
  if (ranking == Ranking::first && static_cast<double>(own) < top) return 1;
  std::size_t before = count_at_least(table, x, target, own).count;
  if (ranking != Ranking::first) {
    before += count_above(table, x + target + 1, n - target - 1, own).count;
  }
  return static_cast<std::int64_t>(before);
}

template <class T>
TokenScore score(const kernels::Table& table, const T* x, std::size_t n, std::size_t target,
                 bool log_probabilities, Ranking ranking) {
  const auto own = static_cast<double>(x[target]);
  if (log_probabilities) {
    const auto top = static_cast<double>(largest(table, x, n));
    if (!std::isfinite(top)) return {std::numeric_limits<double>::quiet_NaN(), 0};
    return {-own, rank_of(table, x, n, target, top, ranking)};
  }
  const kernels::LogSum sum = log_sum_exp(table, x, n);
  return {kernels::finish_token_nll(table, sum, own),
          rank_of(table, x, n, target, sum.max, ranking)};
}

}  // namespace

TokenRows::TokenRows(const Matrix& logits, const Column& targets, const TokenOptions& options,
                     Ranking ranking)
    : table_(kernels::table()),
      logits_(logits),
      log_probabilities_(options.log_probabilities),
      ignore_index_(options.ignore_index),
      ranking_(ranking),
      targets_(targets, "targets") {
  check_numbers(logits.dtype, "logits");
  check_same_size({{"logits", logits.rows}, {"targets", targets.size}});
  if (options.mask != nullptr) {
    check_same_size({{"logits", logits.rows}, {"mask", options.mask->size}});
    mask_.emplace(*options.mask, "mask");
  }
}

void TokenRows::keep(std::size_t begin, std::size_t n, TokenBlock& block) {
  const std::int64_t* targets = targets_.block(begin, n);
  const std::int64_t* mask = mask_ ? mask_->block(begin, n) : nullptr;
  block.size = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if ((mask != nullptr && mask[i] == 0) || targets[i] == ignore_index_) continue;
    const auto target = static_cast<std::uint64_t>(targets[i]);
    if (target >= logits_.columns) {
      throw InvalidValue(place("targets", begin + i) + " is " + std::to_string(targets[i]) +
                         ", outside the vocabulary [0, " + std::to_string(logits_.columns) + ")");
    }
    block.row[block.size] = begin + i;
    block.target[block.size] = static_cast<std::size_t>(target);
    ++block.size;
  }
}

void TokenRows::measure(TokenBlock& block, std::size_t first, std::size_t last) const {
  with_number(logits_.dtype, [&](auto element) {
    using E = decltype(element);
    using T = Widened<E>;
    RowSource<T, E> rows(logits_);
    for (std::size_t i = first; i < last; ++i) {
      const TokenScore token = score(table_, rows.row(block.row[i]), logits_.columns,
                                     block.target[i], log_probabilities_, ranking_);
      block.nll[i] = token.nll;
      block.rank[i] = token.rank;
    }
  });
}

// Tasks are pieces of a fixed number of rows, each writing to places of its own.
void TokenRows::read(std::size_t begin, std::size_t n, TokenBlock& block) {
  keep(begin, n, block);
  if (block.size == 0) return;
  const std::size_t rows = std::max<std::size_t>(1, kLogitsPerTask / logits_.columns);
  const std::size_t tasks = (block.size + rows - 1) / rows;
  runtime::parallel_for(tasks, [&](std::size_t task) {
    measure(block, task * rows, std::min(block.size, (task + 1) * rows));
  });
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.nll[i] != block.nll[i]) {
      throw InvalidValue("row " + std::to_string(block.row[i]) + " of " +
                         (log_probabilities_ ? "log-probabilities" : "logits") +
                         " holds NaN or +inf, or nothing above -inf: it has no loss");
    }
  }
}

}  // namespace lstmetrics::metrics
