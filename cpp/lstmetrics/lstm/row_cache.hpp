// Rows that depend on a token alone, kept for the batches to come.
//
// The first tokens that are met stay: in text, those are the frequent ones. So a row never moves
// and is never changed, any number of threads may read while others add, and what is kept is
// bounded. A call that is large has more room: what it adds stays. That a row is kept or not
// changes no bit of any result.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/base/export.hpp"

namespace lstmetrics::lstm {

class LSTMETRICS_API RowCache {
 public:
  // Rows of `row_size` floats, of tokens below `vocabulary`.
  RowCache(std::size_t vocabulary, std::size_t row_size);

  // Null where the token's row is not kept.
  const float* find(std::size_t token) const noexcept {
    return places_[token].load(std::memory_order_acquire);
  }
  // Keeps the rows of tokens, one after the other at `rows`, until there are `capacity` of them.
  void keep(std::span<const std::int32_t> tokens, const float* rows, std::size_t capacity);

 private:
  float* next_row(std::size_t capacity);

  std::size_t row_size_;
  std::size_t vocabulary_;
  std::unique_ptr<std::atomic<const float*>[]> places_;  // by token
  std::atomic<std::size_t> kept_{0};
  std::mutex mutex_;
  std::vector<AlignedBuffer<float>> pages_;
  float* page_end_ = nullptr;  // of the last one
  std::size_t page_left_ = 0;  // rows that it has room for
};

}  // namespace lstmetrics::lstm
