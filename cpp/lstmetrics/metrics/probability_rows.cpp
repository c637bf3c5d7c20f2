#include "lstmetrics/metrics/probability_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/row_source.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {
namespace {

// What they are clipped by: the machine epsilon of their dtype. bfloat16 goes as float.
template <class E>
constexpr Widened<E> kEpsilon = std::numeric_limits<Widened<E>>::epsilon();
template <>
constexpr float kEpsilon<Element<Half>> = 0x1p-10F;

// choice ? a : b by bits, which no compiler turns into a branch.
template <class P>
P blend(bool choice, P a, P b) noexcept {
  using Bits = std::conditional_t<sizeof(P) == 4, std::uint32_t, std::uint64_t>;
  const Bits mask = Bits{0} - static_cast<Bits>(choice);
  return std::bit_cast<P>((std::bit_cast<Bits>(a) & mask) | (std::bit_cast<Bits>(b) & ~mask));
}

constexpr std::size_t kPiece = 8192;  // probabilities that are looked at twice

bool row_sums(const kernels::Table& table, const double* x, std::size_t rows, std::size_t columns,
              std::size_t row_stride, double* sums) {
  return table.probability_rows_f64(x, rows, columns, row_stride, sums);
}
bool row_sums(const kernels::Table& table, const float* x, std::size_t rows, std::size_t columns,
              std::size_t row_stride, double* sums) {
  return table.probability_rows_f32(x, rows, columns, row_stride, sums);
}

// Whether all rows may be read as such, one after the other.
template <class T, class E>
bool rows_lie_as(const Matrix& matrix) noexcept {
  return std::is_same_v<T, typename E::type> &&
         matrix.column_stride == static_cast<std::ptrdiff_t>(sizeof(T)) && matrix.row_stride >= 0 &&
         matrix.row_stride % static_cast<std::ptrdiff_t>(sizeof(T)) == 0 &&
         reinterpret_cast<std::uintptr_t>(matrix.data) % alignof(T) == 0;
}

template <class E>
struct Rows {
  using P = Widened<E>;

  const Matrix& matrix;
  const kernels::Table& table;

  std::ptrdiff_t row_step() const noexcept {
    return matrix.row_stride / static_cast<std::ptrdiff_t>(sizeof(P));
  }

  P at(std::size_t row, std::size_t column) const noexcept {
    return static_cast<P>(E::load(matrix.data +
                                  static_cast<std::ptrdiff_t>(row) * matrix.row_stride +
                                  static_cast<std::ptrdiff_t>(column) * matrix.column_stride));
  }

  void refuse_one_of(std::size_t begin, std::size_t n) const {
    for (std::size_t row = begin; row < begin + n; ++row) {
      for (std::size_t column = 0; column < matrix.columns; ++column) {
        if (!is_probability(at(row, column))) refuse(row);
      }
    }
  }

  [[noreturn]] void refuse(std::size_t row) const {
    for (std::size_t column = 0;; ++column) {
      const P p = at(row, column);
      if (p >= 0 && p <= 1) continue;
      const std::string where =
          " (row " + std::to_string(row) + ", column " + std::to_string(column) + ")";
      if (p != p) throw InvalidValue("y_prob contains NaN" + where);
      throw InvalidValue(std::string("y_prob contains values ") +
                         (p > 1 ? "greater than 1: " : "lower than 0: ") +
                         number_text(static_cast<double>(p)) + where);
    }
  }

  static bool is_probability(P p) noexcept {
    return static_cast<bool>(static_cast<int>(p >= 0) & static_cast<int>(p <= 1));
  }

  // How many rows do not sum to one.
  std::int64_t check(std::size_t begin, std::size_t n) const {
    const double tolerance = std::sqrt(static_cast<double>(kEpsilon<E>));
    std::array<double, kBlock> sums;
    bool good = true;
    if (rows_lie_as<P, E>(matrix)) {
      const P* first =
          reinterpret_cast<const P*>(matrix.data) + static_cast<std::ptrdiff_t>(begin) * row_step();
      good = row_sums(table, first, n, matrix.columns, static_cast<std::size_t>(row_step()),
                      sums.data());
    } else {
      RowSource<P, E> source(matrix);
      for (std::size_t i = 0; i < n; ++i) {
        good &= row_sums(table, source.row(begin + i), 1, matrix.columns, 0, &sums[i]);
      }
    }
    if (!good) refuse_one_of(begin, n);
    std::int64_t off = 0;
    for (std::size_t i = 0; i < n; ++i) off += std::abs(sums[i] - 1.0) <= tolerance ? 0 : 1;
    return off;
  }

  // Checks rows, then does each(i), a few at a time, so that they are still in cache.
  template <class Each>
  std::int64_t in_pieces(std::size_t begin, std::size_t n, Each&& each) const {
    const std::size_t few = std::max<std::size_t>(1, kPiece / matrix.columns);
    std::int64_t off = 0;
    for (std::size_t done = 0; done < n; done += few) {
      const std::size_t end = std::min(n, done + few);
      off += check(begin + done, end - done);
      for (std::size_t i = done; i < end; ++i) each(i);
    }
    return off;
  }

  static double clipped(P p) noexcept {
    return static_cast<double>(std::min(std::max(p, kEpsilon<E>), 1 - kEpsilon<E>));
  }

  // f(i, p) for the rows of one column. No branches, for labels are hard to predict.
  template <class F>
  void for_each_in(std::size_t column, std::size_t begin, std::size_t n, F&& f) const {
    const Column items{matrix.data + static_cast<std::ptrdiff_t>(column) * matrix.column_stride,
                       matrix.dtype, matrix.rows, matrix.row_stride, matrix.item_size};
    bool good = true;
    for_each_item<E>(items, begin, n, [&](std::size_t i, auto value) {
      const auto p = static_cast<P>(value);
      good &= is_probability(p);
      f(i, p);
    });
    for (std::size_t i = 0; !good && i < n; ++i) {
      if (!is_probability(at(begin + i, column))) refuse(begin + i);
    }
  }

  // The only column: f(i, P(label 1)). [1 - p, p] sums to one by itself.
  template <class F>
  void for_each_positive(std::size_t begin, std::size_t n, F&& f) const {
    for_each_in(0, begin, n, f);
  }

  std::int64_t largest(std::size_t begin, std::size_t n, double* out,
                       std::uint32_t* columns) const {
    return in_pieces(begin, n, [&](std::size_t i) {
      P best = at(begin + i, 0);
      std::uint32_t which = 0;
      for (std::size_t column = 1; column < matrix.columns; ++column) {
        const P p = at(begin + i, column);
        if (p > best) {
          best = p;
          which = static_cast<std::uint32_t>(column);
        }
      }
      out[i] = static_cast<double>(best);
      columns[i] = which;
    });
  }

  std::int64_t true_probabilities(std::size_t begin, std::size_t n, const std::uint32_t* codes,
                                  double* out) const {
    if (matrix.columns == 1) {
      for_each_positive(begin, n, [&](std::size_t i, P p) {
        out[i] = clipped(blend<P>(codes[i] != 0, p, 1 - p));
      });
      return 0;
    }
    return in_pieces(begin, n, [&](std::size_t i) { out[i] = clipped(at(begin + i, codes[i])); });
  }

  std::int64_t brier(std::size_t begin, std::size_t n, const std::uint32_t* codes,
                     double* out) const {
    if (matrix.columns == 1) {
      for_each_positive(begin, n, [&](std::size_t i, P p) {
        const auto hit = static_cast<double>(p);
        const double miss = blend(codes[i] != 0, 1 - hit, hit);
        out[i] = 2 * (miss * miss);
      });
      return 0;
    }
    return in_pieces(begin, n, [&](std::size_t i) {
      double sum = 0;
      for (std::size_t column = 0; column < matrix.columns; ++column) {
        const auto p = static_cast<double>(at(begin + i, column));
        const double miss = column == codes[i] ? 1 - p : p;
        sum += miss * miss;
      }
      out[i] = sum;
    });
  }

  std::size_t labels() const noexcept { return matrix.columns == 1 ? 2 : matrix.columns; }

  P of_label(std::size_t row, std::size_t label) const noexcept {
    if (matrix.columns > 1) return at(row, label);
    return label == 1 ? at(row, 0) : 1 - at(row, 0);
  }

  // Of all columns, or of the only one, which sums to one by itself.
  std::int64_t check_all(std::size_t begin, std::size_t n) const {
    if (matrix.columns > 1) return check(begin, n);
    for_each_positive(begin, n, [](std::size_t, P) {});
    return 0;
  }

  // Clipped probabilities of the labels that a row has, and 1, which costs nothing, of the others.
  std::int64_t indicated(std::size_t begin, std::size_t n, const std::uint8_t* truth,
                         double* out) const {
    const std::int64_t off = check_all(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t label = 0; label < labels(); ++label) {
        *out++ = *truth++ != 0 ? clipped(of_label(begin + i, label)) : 1.0;
      }
    }
    return off;
  }

  std::int64_t indicator_brier(std::size_t begin, std::size_t n, const std::uint8_t* truth,
                               double* out) const {
    const std::int64_t off = check_all(begin, n);
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::size_t label = 0; label < labels(); ++label) {
        const double miss = *truth++ - static_cast<double>(of_label(begin + i, label));
        sum += miss * miss;
      }
      out[i] = sum;
    }
    return off;
  }
};

// P(positive) and, rounded as the dtype has it, P(negative) as doubles. In place where they lie so;
// then the second is left to the kernel.
template <class E>
void read_two_classes(const Matrix& matrix, std::size_t begin, std::size_t n, double* scratch,
                      kernels::TwoClassArgs& args) {
  using P = Widened<E>;
  const Column column{matrix.data, matrix.dtype, matrix.rows, matrix.row_stride, matrix.item_size};
  if (matrix.dtype == DType::float64 && lies_as<double>(column)) {
    args.hits = reinterpret_cast<const double*>(column.data) + begin;
    args.misses = nullptr;
    return;
  }
  double* const misses = scratch + kBlock;
  for_each_item<E>(column, begin, n, [&](std::size_t i, auto value) {
    const auto p = static_cast<P>(value);
    scratch[i] = static_cast<double>(p);
    misses[i] = static_cast<double>(1 - p);
  });
  args.hits = scratch;
  args.misses = misses;
}

}  // namespace

ProbabilityRows::ProbabilityRows(const Matrix& probabilities)
    : matrix_(probabilities), table_(kernels::table()) {
  if (probabilities.columns == 0 && probabilities.rows > 0) {
    throw ShapeError("y_prob must have at least one column, got shape (" +
                     std::to_string(probabilities.rows) + ", 0)");
  }
  check_numbers(probabilities.dtype, "y_prob");
}

std::int64_t ProbabilityRows::log_losses(std::size_t begin, std::size_t n,
                                         const std::uint32_t* codes, double* losses) const {
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.true_probabilities(begin, n, codes, losses);
  });
  table_.log_f64(losses, losses, n);
  for (std::size_t i = 0; i < n; ++i) losses[i] = -losses[i];
  return off;
}

std::int64_t ProbabilityRows::brier_losses(std::size_t begin, std::size_t n,
                                           const std::uint32_t* codes, double* losses) const {
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.brier(begin, n, codes, losses);
  });
  return off;
}

std::int64_t ProbabilityRows::indicator_log_losses(std::size_t begin, std::size_t n,
                                                   const std::uint8_t* truth,
                                                   double* losses) const {
  const std::size_t labels = classes();
  std::vector<double> logs(n * labels);
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.indicated(begin, n, truth, logs.data());
  });
  table_.log_f64(logs.data(), logs.data(), logs.size());
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t label = 0; label < labels; ++label) sum += logs[i * labels + label];
    losses[i] = 0 - sum;
  }
  return off;
}

std::int64_t ProbabilityRows::indicator_brier_losses(std::size_t begin, std::size_t n,
                                                     const std::uint8_t* truth,
                                                     double* losses) const {
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.indicator_brier(begin, n, truth, losses);
  });
  return off;
}

std::optional<std::size_t> ProbabilityRows::two_class_losses(
    std::size_t begin, std::size_t n, TwoClassLoss loss, const std::int64_t* labels,
    std::int64_t negative, std::int64_t positive, double* losses) const {
  std::array<double, 2 * kBlock> scratch;
  kernels::TwoClassArgs args{.labels = labels,
                             .negative = negative,
                             .positive = positive,
                             .hits = nullptr,
                             .misses = nullptr,
                             .n = n,
                             .least = 0,
                             .most = 1,
                             .losses = losses};
  kernels::TwoClassFacts facts{};
  with_number(matrix_.dtype, [&](auto element) {
    using E = decltype(element);
    read_two_classes<E>(matrix_, begin, n, scratch.data(), args);
    args.least = static_cast<double>(kEpsilon<E>);
    args.most = static_cast<double>(1 - kEpsilon<E>);
    if (loss == TwoClassLoss::brier) args.misses = nullptr;  // errors are those of doubles
    facts = loss == TwoClassLoss::log_loss ? table_.two_class_log_loss(args)
                                           : table_.two_class_brier(args);
    for (std::size_t i = 0; facts.known && !facts.between && i < n; ++i) {
      const Rows<E> rows{matrix_, table_};
      if (!rows.is_probability(rows.at(begin + i, 0))) rows.refuse(begin + i);
    }
  });
  if (!facts.known) return std::nullopt;
  return facts.positives;
}

std::int64_t ProbabilityRows::largest(std::size_t begin, std::size_t n, double* probabilities,
                                      std::uint32_t* columns) const {
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.largest(begin, n, probabilities, columns);
  });
  return off;
}

void ProbabilityRows::column(std::size_t begin, std::size_t n, std::size_t column,
                             double* probabilities) const {
  with_number(matrix_.dtype, [&](auto element) {
    Rows<decltype(element)>{matrix_, table_}.for_each_in(
        column, begin, n,
        [&](std::size_t i, auto p) { probabilities[i] = static_cast<double>(p); });
  });
}

std::int64_t ProbabilityRows::check(std::size_t begin, std::size_t n) const {
  std::int64_t off = 0;
  with_number(matrix_.dtype, [&](auto element) {
    off = Rows<decltype(element)>{matrix_, table_}.check(begin, n);
  });
  return off;
}

}  // namespace lstmetrics::metrics
