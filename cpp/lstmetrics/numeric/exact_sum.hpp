// The exact sum of any doubles: order-free, mergeable, rounded once.
//
// A finite double is an integer multiple of 2^-1074, so a sum of doubles is one big integer. It is
// kept in two's complement, in units of 2^-1074, on a grid of 34 limbs of 64 bits: room for 2^77
// terms of any size. Most sums need only three neighbouring limbs, and those live in the object;
// the others own all 34 on the heap. What is stored never shows: equality and bytes depend on the
// value alone. Adding is integer arithmetic, hence associative and commutative to the last bit.
//
// NaN and infinities set flags that stay. value() is NaN once a NaN or both infinities were seen,
// else the infinity seen, else the sum rounded to nearest, ties to even (beyond the range of
// double: an infinity). The empty sum and an exact zero give +0.0.
//
// add_all lets a kernel add up blocks in fixed units, which takes nearly all values there are in
// practice. Blocks that spread too far go into one bucket per sign and exponent, after the "large
// superaccumulator" of R. M. Neal, "Fast exact summation using small and large superaccumulators"
// (arXiv:1505.05571).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::numeric {

class LSTMETRICS_API ExactSum {
 public:
  static constexpr std::size_t kLimbs = 34;
  static constexpr std::size_t kWindow = 3;
  static constexpr std::size_t kMinBytes = 3;  // the least that save() writes

  ExactSum() noexcept = default;
  ExactSum(const ExactSum& other);
  ExactSum(ExactSum&& other) noexcept;
  ExactSum& operator=(const ExactSum& other);
  ExactSum& operator=(ExactSum&& other) noexcept;
  ~ExactSum();

  void add(double x);
  void add_all(const double* x, std::size_t n);
  void add(const kernels::FixedSum& sum);        // one that is exact
  void add_multiple(double x, std::uint64_t n);  // n times x
  void merge(const ExactSum& other);             // other may be *this
  void negate();

  double value() const noexcept;
  bool is_finite() const noexcept { return flags_ == 0; }  // no NaN and no infinity was added
  bool is_zero() const noexcept;                           // finite, and exactly zero
  bool is_negative() const noexcept;                       // the finite part is below zero
  bool operator==(const ExactSum& other) const noexcept;

  // Canonical: flags, lowest limb, number of limbs, limbs with no redundant one at either end.
  // load refuses every other spelling of a value (FormatError).
  void save(Writer& writer) const;
  static ExactSum load(Reader& reader);

 private:
  using Limbs = std::array<std::uint64_t, kLimbs>;
  using Term = std::array<std::uint64_t, 3>;
  enum Flag : std::uint8_t { kNan = 1, kPlusInfinity = 2, kMinusInfinity = 4 };
  // The stored limbs without redundant ones: grid limbs [low, low + size).
  struct Trimmed {
    const std::uint64_t* limbs;
    std::size_t low;
    std::size_t size;
  };
  struct Buckets;

  static Trimmed trim(const std::uint64_t* limbs, std::size_t size, std::size_t low) noexcept;
  Trimmed trimmed() const noexcept;
  const std::uint64_t* limbs() const noexcept { return is_wide_ ? wide_->data() : window_; }
  std::size_t size() const noexcept { return is_wide_ ? kLimbs : kWindow; }

  void add_scattered(const double* x, std::size_t n);
  void flag(double x) noexcept;
  // Adds (or subtracts) magnitude * 2^(position - 1074).
  void add_scaled(uint128 magnitude, unsigned position, bool negative);
  static void add_scaled(Limbs& limbs, uint128 magnitude, unsigned position,
                         bool negative) noexcept;
  void add_limbs(const Limbs& term);
  bool add_to_window(const Term& term, bool negative) noexcept;
  Limbs expand() const noexcept;
  void store(const Limbs& limbs);

  union {
    std::uint64_t window_[kWindow] = {0, 0, 0};
    Limbs* wide_;
  };
  std::uint8_t low_ = 0;  // the grid limb of window_[0]; 0 when wide
  bool is_wide_ = false;
  std::uint8_t flags_ = 0;
};

}  // namespace lstmetrics::numeric
