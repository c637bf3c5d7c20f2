// ExactSum::add_all: blocks in fixed units, or through one bucket per sign and exponent.
#include <algorithm>
#include <bit>
#include <memory>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/numeric/double_parts.hpp"
#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::numeric {
namespace {

constexpr std::size_t kSmallBatch = 8;  // below it, one addition after the other is faster

// Copies break the chain of read-modify-writes on a bucket that many neighbours fall into.
constexpr std::size_t kCopies = 4;
// A bucket takes this many mantissas of 53 bits without overflow.
constexpr std::size_t kBlockValues = 2048 * kCopies;
constexpr std::size_t kBucketCount = 4096;  // 12 bits: sign and exponent
// Buckets are emptied by groups that hold neighbouring exponents; only touched ones are visited.
constexpr std::size_t kGroup = 32;
constexpr std::size_t kGroups = kBucketCount / kGroup;
constexpr std::size_t kGroupsOfSign = kGroups / 2;
constexpr std::size_t kPadding = 40;  // keeps the copies of a bucket apart in the cache's sets

}  // namespace

// All zero between calls.
struct ExactSum::Buckets {
  std::uint64_t sums[kCopies][kBucketCount + kPadding] = {};
  std::uint32_t touched[kGroups] = {};

  void take(const double* x, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kCopies <= n; i += kCopies) {
      for (std::size_t copy = 0; copy < kCopies; ++copy) put(copy, x[i + copy]);
    }
    for (; i < n; ++i) put(0, x[i]);
  }

  void put(std::size_t copy, double x) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t bucket = bits >> kMantissaBits;
    const std::uint64_t hidden = (bucket & kSpecialExponent) != 0 ? kHiddenBit : 0;
    sums[copy][bucket] += (bits & (kHiddenBit - 1)) | hidden;
    touched[bucket / kGroup] = 1;
  }

  uint128 drain(std::size_t bucket) noexcept {
    uint128 sum = 0;
    for (auto& copy : sums) {
      sum += copy[bucket];
      copy[bucket] = 0;
    }
    return sum;
  }

  // Adds the buckets to `to` and empties them. True when an infinity or a NaN was among them.
  bool flush(Limbs& to) noexcept {
    bool special = false;
    for (std::size_t group = 0; group < kGroups; ++group) {
      if (touched[group] == 0) continue;
      touched[group] = 0;
      const std::size_t exponent_group = group % kGroupsOfSign;
      const std::size_t first = group * kGroup;
      if (exponent_group == kGroupsOfSign - 1 && drain(first + kGroup - 1) != 0) special = true;
      // Exponent e stands for 2^(e - 1) units, but the subnormals' 0 for one unit, as 1 does.
      const bool subnormal = exponent_group == 0;
      uint128 sum = 0;
      for (std::size_t i = kGroup; i-- > (subnormal ? 1 : 0);) sum = 2 * sum + drain(first + i);
      if (subnormal) sum += drain(first);
      const auto position = static_cast<unsigned>(subnormal ? 0 : exponent_group * kGroup - 1);
      add_scaled(to, sum, position, group >= kGroupsOfSign);
    }
    return special;
  }
};

void ExactSum::add_all(const double* x, std::size_t n) {
  if (n < kSmallBatch) {
    for (std::size_t i = 0; i < n; ++i) add(x[i]);
    return;
  }
  const kernels::Table& table = kernels::table();
  for (std::size_t begin = 0; begin < n; begin += kernels::kFixedSumMost) {
    const std::size_t size = std::min(n - begin, kernels::kFixedSumMost);
    const kernels::FixedSum sum = table.fixed_sum(x + begin, size);
    if (sum.exact)
      add(sum);
    else
      add_scattered(x + begin, size);
  }
}

void ExactSum::add_scattered(const double* x, std::size_t n) {
  thread_local const auto buckets = std::make_unique<Buckets>();
  Limbs total{};
  bool special = false;
  for (std::size_t begin = 0; begin < n; begin += kBlockValues) {
    buckets->take(x + begin, std::min(n - begin, kBlockValues));
    special |= buckets->flush(total);
  }
  add_limbs(total);
  if (!special) return;
  for (std::size_t i = 0; i < n; ++i) {
    if (split(x[i]).is_special()) flag(x[i]);
  }
}

}  // namespace lstmetrics::numeric
