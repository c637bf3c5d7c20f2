#include "lstmetrics/lstm/row_cache.hpp"

#include <algorithm>
#include <cstring>

namespace lstmetrics::lstm {
namespace {

// Memory is taken by so many rows, as they come.
constexpr std::size_t kPageRows = 64;

}  // namespace

RowCache::RowCache(std::size_t vocabulary, std::size_t row_size)
    : row_size_(row_size),
      vocabulary_(vocabulary),
      places_(std::make_unique<std::atomic<const float*>[]>(vocabulary)) {}

void RowCache::keep(std::span<const std::int32_t> tokens, const float* rows, std::size_t capacity) {
  capacity = std::min(capacity, vocabulary_);
  if (kept_.load(std::memory_order_relaxed) >= capacity) return;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < tokens.size() && kept_ < capacity; ++i) {
    std::atomic<const float*>& place = places_[static_cast<std::size_t>(tokens[i])];
    if (place.load(std::memory_order_relaxed) != nullptr) continue;
    float* row = next_row(capacity);
    std::memcpy(row, rows + i * row_size_, row_size_ * sizeof(float));
    place.store(row, std::memory_order_release);
  }
}

float* RowCache::next_row(std::size_t capacity) {
  if (page_left_ == 0) {
    page_left_ = std::min(kPageRows, capacity - kept_);
    page_end_ = pages_.emplace_back(page_left_ * row_size_).data() + page_left_ * row_size_;
  }
  ++kept_;
  return page_end_ - page_left_-- * row_size_;
}

}  // namespace lstmetrics::lstm
