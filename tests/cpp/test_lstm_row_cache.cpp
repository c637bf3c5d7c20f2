// Rows kept by token: which, how many, and while many threads add and read.
#include <atomic>
#include <numeric>
#include <thread>

#include "check.hpp"
#include "lstmetrics/lstm/projected_rows.hpp"
#include "lstmetrics/lstm/row_cache.hpp"

using lstmetrics::lstm::RowCache;
using lstmetrics::lstm::TokenNumbers;

namespace {

constexpr std::size_t kRowSize = 16;

std::vector<float> rows_of(const std::vector<std::int32_t>& tokens) {
  std::vector<float> rows;
  for (const std::int32_t token : tokens) rows.insert(rows.end(), kRowSize, float(token));
  return rows;
}

void keep(RowCache& cache, const std::vector<std::int32_t>& tokens, std::size_t capacity) {
  cache.keep(tokens, rows_of(tokens).data(), capacity);
}

bool is_row_of(const float* row, std::int32_t token) {
  for (std::size_t i = 0; i < kRowSize; ++i) {
    if (row[i] != float(token)) return false;
  }
  return true;
}

}  // namespace

CASE("row cache: the first tokens stay where they are, and no more than fit") {
  RowCache cache(1000, kRowSize);
  keep(cache, {7, 3}, 100);
  const float* seven = cache.find(7);
  CHECK(is_row_of(seven, 7) && is_row_of(cache.find(3), 3));
  CHECK(cache.find(0) == nullptr);
  for (std::int32_t token = 0; token < 1000; ++token) keep(cache, {token}, 100);
  CHECK(cache.find(7) == seven && is_row_of(seven, 7));
  std::size_t kept = 0;
  for (std::int32_t token = 0; token < 1000; ++token) {
    const float* row = cache.find(static_cast<std::size_t>(token));
    if (row == nullptr) continue;
    CHECK(is_row_of(row, token));
    ++kept;
  }
  CHECK_EQUAL(kept, std::size_t{100});
}

CASE("row cache: a call with more room adds, one with less takes nothing away") {
  RowCache cache(1000, kRowSize);
  std::vector<std::int32_t> tokens(1000);
  std::iota(tokens.begin(), tokens.end(), 0);
  for (const std::size_t capacity : {std::size_t{10}, std::size_t{333}, std::size_t{20}}) {
    keep(cache, tokens, capacity);
  }
  for (std::size_t token = 0; token < 1000; ++token) {
    const float* row = cache.find(token);
    CHECK_EQUAL(row != nullptr, token < 333);
    CHECK(row == nullptr || is_row_of(row, std::int32_t(token)));
  }
}

CASE("row cache: room for nothing, or for more than there are tokens") {
  RowCache none(5, kRowSize);
  keep(none, {1}, 0);
  CHECK(none.find(1) == nullptr);
  RowCache all(5, kRowSize);
  keep(all, {4, 3, 2, 1, 0}, 50);
  for (std::int32_t token = 0; token < 5; ++token) {
    CHECK(is_row_of(all.find(static_cast<std::size_t>(token)), token));
  }
}

CASE("row cache: threads that add and read see whole rows") {
  RowCache cache(500, kRowSize);
  std::atomic<bool> right{true};
  std::vector<std::thread> threads;
  for (std::int32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int32_t turn = 0; turn < 500; ++turn) {
        const std::int32_t token = (turn * 37 + thread * 11) % 500;
        keep(cache, {token, (token + 1) % 500}, 100 + 100 * std::size_t(thread));
        const float* row = cache.find(static_cast<std::size_t>((turn * 53) % 500));
        if (row != nullptr && !is_row_of(row, (turn * 53) % 500)) right = false;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right);
}

CASE("token numbers: in the order they come, each once, and anew after begin") {
  TokenNumbers numbers;
  for (const std::size_t most : {40, 3, 4000}) {
    numbers.begin(most);
    for (std::size_t turn = 0; turn < 2; ++turn) {
      for (std::size_t i = 0; i < most; ++i) {
        CHECK_EQUAL(numbers.number(static_cast<std::int32_t>(i * 977 % 1000003)), i);
      }
    }
    CHECK_EQUAL(numbers.tokens().size(), most);
  }
}
