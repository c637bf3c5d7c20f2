#include "lstmetrics/metrics/top_k_hits.hpp"

#include <algorithm>
#include <string>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {

std::vector<TopKHits> no_hits(std::vector<std::int64_t> ks) {
  std::ranges::sort(ks);
  std::vector<TopKHits> top;
  for (const std::int64_t k : ks) {
    if (k < 1 || (!top.empty() && k == top.back().k)) {
      throw InvalidValue("each k of top-k accuracy must be at least 1 and given once, got " +
                         std::to_string(k));
    }
    top.push_back({k, {}});
  }
  return top;
}

std::vector<std::int64_t> ks_of(const std::vector<TopKHits>& top) {
  std::vector<std::int64_t> ks;
  for (const TopKHits& one : top) ks.push_back(one.k);
  return ks;
}

void merge_hits(std::vector<TopKHits>& to, const std::vector<TopKHits>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i].hits.merge(from[i].hits);
}

void save_hits(Writer& writer, const std::vector<TopKHits>& top) {
  writer.u64(top.size());
  for (const TopKHits& one : top) {
    writer.i64(one.k);
    one.hits.save(writer);
  }
}

std::vector<TopKHits> load_hits(Reader& reader, std::int64_t samples) {
  constexpr std::size_t kLeast = 2 * sizeof(std::int64_t) + numeric::ExactSum::kMinBytes;
  const std::size_t count = reader.count(kLeast);
  std::vector<TopKHits> top;
  std::int64_t previous = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t k = reader.i64();
    top.push_back({k, WeightedCount::load(reader)});
    if (k <= previous || top.back().hits.samples > samples) {
      throw FormatError("hits among the first k that are out of order, or more than samples");
    }
    previous = k;
  }
  return top;
}

}  // namespace lstmetrics::metrics
