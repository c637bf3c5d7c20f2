// Scores as integers in the same order.
#pragma once

#include "lstmetrics/kernels/label_pairs.inl.hpp"
#include "lstmetrics/kernels/reductions.inl.hpp"

namespace lstmetrics::kernels {
namespace {

bool score_keys(const double* x, std::size_t n, std::uint64_t* keys) noexcept {
  const L8 none = splat_bits<double>(0);
  const L8 sign = splat_bits<double>(kSignBit<double>);
  D8 residue = splat(0.0);  // of x - x: 0, or NaN from where x was NaN or infinite
  const auto keys_of = [&](D8 score) LSTMETRICS_INLINE_LAMBDA {
    residue = residue + (score - score);
    const L8 all = bits(score + splat(0.0));  // -0 is +0
    return all ^ ((none - (all >> 63)) | sign);
  };
  std::size_t i = 0;
  for (; i + kEight <= n; i += kEight) store_longs(keys + i, keys_of(load(x + i)));
  if (i < n) {
    alignas(64) std::uint64_t last[kEight];
    store_longs(last, keys_of(load_first(x + i, n - i, 0.0)));
    for (std::size_t lane = 0; i < n; ++i, ++lane) keys[i] = last[lane];
  }
  return !any(unordered(residue));
}

}  // namespace
}  // namespace lstmetrics::kernels
