// How often something was among the first k, for several k: what states of ranks share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {

struct TopKHits {
  std::int64_t k = 0;
  WeightedCount hits;
  bool operator==(const TopKHits&) const = default;
};

// By ascending k, and none yet. InvalidValue for a k below 1 or given twice.
LSTMETRICS_API std::vector<TopKHits> no_hits(std::vector<std::int64_t> ks);
LSTMETRICS_API std::vector<std::int64_t> ks_of(const std::vector<TopKHits>& top);

void merge_hits(std::vector<TopKHits>& to, const std::vector<TopKHits>& from);
void save_hits(Writer& writer, const std::vector<TopKHits>& top);
// FormatError for ks out of order, and for more hits than samples.
std::vector<TopKHits> load_hits(Reader& reader, std::int64_t samples);

// Adds the samples of which hit(i) is true; n <= kBlock, and `weights` may be null: all 1.
template <class Hit>
void add_hits(WeightedCount& to, const double* weights, std::size_t n, Hit&& hit) {
  if (weights == nullptr) {
    std::int64_t hits = 0;
    for (std::size_t i = 0; i < n; ++i) hits += hit(i) ? 1 : 0;
    to.add(hits);
    return;
  }
  std::array<double, kBlock> kept;
  std::size_t hits = 0;
  for (std::size_t i = 0; i < n; ++i) {
    kept[hits] = weights[i];
    hits += hit(i) ? 1 : 0;
  }
  to.samples = checked_add(to.samples, static_cast<std::int64_t>(hits));
  to.weight.add_all(kept.data(), hits);
}

}  // namespace lstmetrics::metrics
