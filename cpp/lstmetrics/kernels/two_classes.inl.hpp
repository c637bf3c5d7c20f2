// Losses of samples of two classes, from labels to losses in one pass.
//
// The labels of a sample are hard to predict, so nothing branches on them: both probabilities are
// there, and the bits of one are kept.
#pragma once

#include "lstmetrics/kernels/label_pairs.inl.hpp"
#include "lstmetrics/kernels/math_f64.inl.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kTwoClassFetched = 2048;  // samples ahead that memory is asked for

// of(hit, miss, is_positive) for the probabilities of both classes, is_positive all bits or none.
template <class LossOf>
LSTMETRICS_INLINE TwoClassFacts two_class_losses(const TwoClassArgs& args, LossOf of) {
  const L8 negative = splat_bits<double>(static_cast<std::uint64_t>(args.negative));
  const L8 positive = splat_bits<double>(static_cast<std::uint64_t>(args.positive));
  const D8 zero = splat(0.0);
  const D8 one = splat(1.0);
  L8 positives = splat_bits<double>(0);
  L8 known = splat_bits<double>(0);
  L8 outside = splat_bits<double>(0);
  const auto eight = [&](L8 labels, D8 hit, D8 miss) LSTMETRICS_INLINE_LAMBDA {
    const L8 is_positive = same(labels, positive);
    positives = positives + is_positive;
    known = known + is_positive + same(labels, negative);
    const M8 bad = either(either(less(hit, zero), greater(hit, one)), unordered(hit));
    outside = outside | bits(select(bad, one, zero));
    return of(hit, miss, splat_bits<double>(0) - is_positive);
  };
  std::size_t i = 0;
  for (; i + kEight <= args.n; i += kEight) {
    prefetch(args.labels + i + kTwoClassFetched);
    prefetch(args.hits + i + kTwoClassFetched);
    const D8 hit = load(args.hits + i);
    const D8 miss = args.misses == nullptr ? one - hit : load(args.misses + i);
    store(args.losses + i, eight(load_longs(args.labels + i), hit, miss));
  }
  std::size_t lanes = i;
  if (i < args.n) {
    const std::size_t left = args.n - i;
    std::int64_t labels[kEight];
    for (std::int64_t& label : labels) label = args.negative;
    for (std::size_t k = 0; k < left; ++k) labels[k] = args.labels[i + k];
    const D8 hit = load_first(args.hits + i, left, 0.5);
    const D8 miss = args.misses == nullptr ? one - hit : load_first(args.misses + i, left, 0.5);
    store_first(args.losses + i, eight(load_longs(labels), hit, miss), left);
    lanes += kEight;
  }
  return {folded(positives), folded(known) == lanes, united(outside) == 0};
}

LSTMETRICS_INLINE D8 chosen(L8 mask, D8 yes, D8 no) {
  return value((bits(yes) & mask) | (bits(no) & (splat_bits<double>(~std::uint64_t{0}) - mask)));
}

// -log of the clipped probability of the true class. What is clipped is a normal number.
TwoClassFacts two_class_log_loss(const TwoClassArgs& args) noexcept {
  const D8 least = splat(args.least);
  const D8 most = splat(args.most);
  const D8 offset = splat(0x1p52 + 1023.0);
  return two_class_losses(args, [&](D8 hit, D8 miss, L8 is_positive) LSTMETRICS_INLINE_LAMBDA {
    const D8 p = lesser(larger(chosen(is_positive, hit, miss), least), most);
    return splat(0.0) - log_of_normal(p, offset);
  });
}

// The squared errors of both classes.
TwoClassFacts two_class_brier(const TwoClassArgs& args) noexcept {
  return two_class_losses(args, [&](D8 hit, D8 miss, L8 is_positive) LSTMETRICS_INLINE_LAMBDA {
    const D8 error = chosen(is_positive, miss, hit);
    return splat(2.0) * (error * error);
  });
}

}  // namespace
}  // namespace lstmetrics::kernels
