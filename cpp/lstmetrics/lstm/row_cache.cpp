#include "lstmetrics/lstm/row_cache.hpp"

#include <algorithm>
#include <cstring>

namespace lstmetrics::lstm {
namespace {

// Memory is taken by so many rows, as they come.
constexpr std::size_t kPageRows = 64;

}  // namespace

RowCache::RowCache(std::size_t vocabulary, std::size_t row_size, std::size_t capacity)
    : row_size_(row_size),
      capacity_(std::min(capacity, vocabulary)),
      places_(std::make_unique<std::atomic<const float*>[]>(vocabulary)) {
  pages_.reserve((capacity_ + kPageRows - 1) / kPageRows);
}

void RowCache::keep(std::span<const std::int32_t> tokens, const float* rows) {
  if (kept_.load(std::memory_order_relaxed) == capacity_) return;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < tokens.size() && kept_ < capacity_; ++i) {
    std::atomic<const float*>& place = places_[static_cast<std::size_t>(tokens[i])];
    if (place.load(std::memory_order_relaxed) != nullptr) continue;
    float* row = next_row();
    std::memcpy(row, rows + i * row_size_, row_size_ * sizeof(float));
    place.store(row, std::memory_order_release);
  }
}

float* RowCache::next_row() {
  const std::size_t within = kept_ % kPageRows;
  if (within == 0) {
    pages_.emplace_back(std::min(kPageRows, capacity_ - kept_) * row_size_);
  }
  ++kept_;
  return pages_.back().data() + within * row_size_;
}

}  // namespace lstmetrics::lstm
