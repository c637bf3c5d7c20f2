#include "lstmetrics/metrics/top_k_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/rank.hpp"
#include "lstmetrics/metrics/strided.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kScoresPerTask = std::size_t{1} << 17;

struct Standing {
  std::size_t before;
  bool finite;  // all scores of the row are
};

template <class E>
struct Scores {
  using T = decltype(E::load(static_cast<const std::byte*>(nullptr)));

  const Matrix& matrix;

  const std::byte* place(std::size_t row, std::size_t column) const noexcept {
    return matrix.data + static_cast<std::ptrdiff_t>(row) * matrix.row_stride +
           static_cast<std::ptrdiff_t>(column) * matrix.column_stride;
  }

  static bool is_finite(T score) noexcept {
    if constexpr (std::is_floating_point_v<T>) return std::isfinite(score);
    return true;
  }

  // Wherever the scores lie, and whatever they are.
  Standing standing(std::size_t row, std::size_t target) const noexcept {
    const T own = E::load(place(row, target));
    Standing standing = {0, is_finite(own)};
    const std::byte* at = place(row, 0);
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      const T score = E::load(at);
      const bool before = column > target ? score >= own : score > own;
      standing.before += before && column != target ? 1 : 0;
      standing.finite &= is_finite(score);
      at += matrix.column_stride;
    }
    return standing;
  }

  bool is_plain(std::size_t row) const noexcept {
    return matrix.column_stride == static_cast<std::ptrdiff_t>(sizeof(T)) &&
           reinterpret_cast<std::uintptr_t>(place(row, 0)) % alignof(T) == 0;
  }

  Standing standing(const kernels::Table& table, std::size_t row, std::size_t target) const {
    if constexpr (std::is_floating_point_v<typename E::type>) {
      if (is_plain(row)) {
        const T* x = reinterpret_cast<const T*>(place(row, 0));
        const T own = x[target];
        const auto left = count_above(table, x, target, own);
        const auto right = count_at_least(table, x + target + 1, matrix.columns - target - 1, own);
        return {left.count + right.count, left.finite && right.finite && is_finite(own)};
      }
    }
    return standing(row, target);
  }

  // Finds what is wrong with a row that is not finite.
  void check(std::size_t row, bool allow_infinite) const {
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      const auto score = static_cast<double>(E::load(place(row, column)));
      if (std::isfinite(score) || (allow_infinite && !std::isnan(score))) continue;
      throw InvalidValue("y_score contains " + std::string(std::isnan(score) ? "NaN" : "infinity") +
                         " (row " + std::to_string(row) + ", column " + std::to_string(column) +
                         ")");
    }
  }
};

}  // namespace

ScoreRows::ScoreRows(const Matrix& scores, bool allow_infinite)
    : matrix_(scores), allow_infinite_(allow_infinite), table_(kernels::table()) {
  check_numbers(scores.dtype, "y_score");
}

void ScoreRows::rank(std::size_t row, std::size_t n, const std::uint32_t* columns,
                     std::size_t* ranks) const {
  with_number(matrix_.dtype, [&](auto element) {
    const Scores<decltype(element)> scores{matrix_};
    for (std::size_t i = 0; i < n; ++i) {
      const Standing standing = scores.standing(table_, row + i, columns[i]);
      if (!standing.finite) scores.check(row + i, allow_infinite_);
      ranks[i] = standing.before;
    }
  });
}

// Tasks are pieces of a fixed number of rows, each writing to places of its own.
void ScoreRows::ranks(std::size_t begin, std::size_t n, const std::uint32_t* columns,
                      std::size_t* ranks) const {
  const std::size_t rows = std::max<std::size_t>(1, kScoresPerTask / matrix_.columns);
  runtime::parallel_for((n + rows - 1) / rows, [&](std::size_t task) {
    const std::size_t first = task * rows;
    rank(begin + first, std::min(rows, n - first), columns + first, ranks + first);
  });
}

}  // namespace lstmetrics::metrics
