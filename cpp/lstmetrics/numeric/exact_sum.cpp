#include "lstmetrics/numeric/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/numeric/double_parts.hpp"

namespace lstmetrics::numeric {
namespace {

constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};

// The sign extension of a two's complement number whose highest limb is given.
std::uint64_t extension(std::uint64_t highest) noexcept {
  return std::uint64_t{0} - (highest >> 63);
}

// to += term * 2^(64 at), the term sign-extended beyond its limbs.
void add_extended(std::uint64_t* to, std::size_t limbs, const std::uint64_t* term, std::size_t size,
                  std::size_t at, std::uint64_t sign) noexcept {
  std::uint64_t carry = 0;
  std::size_t i = at;
  for (; i < limbs; ++i) {
    const bool inside = i - at < size;
    if (!inside && sign == (carry != 0 ? kAllOnes : 0)) return;  // adds nothing from here on
    const uint128 sum = uint128{to[i]} + (inside ? term[i - at] : sign) + carry;
    to[i] = static_cast<std::uint64_t>(sum);
    carry = static_cast<std::uint64_t>(sum >> 64);
  }
}

void negate_limbs(std::uint64_t* limbs, std::size_t size) noexcept {
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < size; ++i) {
    limbs[i] = ~limbs[i] + carry;
    carry = carry != 0 && limbs[i] == 0 ? 1 : 0;
  }
}

// magnitude * 2^shift in three limbs.
std::array<std::uint64_t, 3> shifted(uint128 magnitude, unsigned shift) noexcept {
  const uint128 lower = magnitude << shift;
  return {static_cast<std::uint64_t>(lower), static_cast<std::uint64_t>(lower >> 64),
          shift == 0 ? 0 : static_cast<std::uint64_t>(magnitude >> (128 - shift))};
}

// The magnitude in `limbs`, the lowest being grid limb `low`, rounded to nearest-even.
double round_magnitude(const std::uint64_t* limbs, std::size_t size, std::size_t low) noexcept {
  while (size > 0 && limbs[size - 1] == 0) --size;
  if (size == 0) return 0.0;
  const std::size_t top = size - 1;
  const auto bit = static_cast<unsigned>(63 - std::countl_zero(limbs[top]));
  const std::uint64_t highest = 64 * (low + top) + bit;  // bit position on the grid
  if (highest < kMantissaBits + 1) return std::bit_cast<double>(limbs[top]);  // units of 2^-1074

  const uint128 head = (uint128{limbs[top]} << 64) | (top > 0 ? limbs[top - 1] : 0);
  const unsigned dropped = bit + 12;  // of the 128: 53 bits are kept
  const auto kept = static_cast<std::uint64_t>(head >> dropped);
  const uint128 rest = head << (128 - dropped);
  const uint128 half = uint128{1} << 127;
  const bool sticky = rest << 1 != 0 || (top > 1 && std::any_of(limbs, limbs + top - 1,
                                                                [](auto l) { return l != 0; }));
  const bool up = rest >= half && (sticky || (kept & 1) != 0);
  // `kept` has the hidden bit set, which adds the missing one to the exponent field; a carry out
  // of the mantissa does the same.
  const std::uint64_t exponent = highest - kMantissaBits;
  if (exponent + 1 >= kSpecialExponent) return std::numeric_limits<double>::infinity();
  return std::bit_cast<double>((exponent << kMantissaBits) + kept + (up ? 1 : 0));
}

}  // namespace

ExactSum::ExactSum(const ExactSum& other)
    : low_(other.low_), is_wide_(other.is_wide_), flags_(other.flags_) {
  if (is_wide_) {
    wide_ = new Limbs(*other.wide_);
  } else {
    std::copy_n(other.window_, kWindow, window_);
  }
}

ExactSum::ExactSum(ExactSum&& other) noexcept { *this = std::move(other); }

ExactSum& ExactSum::operator=(const ExactSum& other) {
  if (this != &other) *this = ExactSum(other);
  return *this;
}

ExactSum& ExactSum::operator=(ExactSum&& other) noexcept {
  if (this == &other) return *this;
  if (is_wide_) delete wide_;
  low_ = other.low_;
  is_wide_ = other.is_wide_;
  flags_ = other.flags_;
  if (is_wide_) {
    wide_ = other.wide_;
  } else {
    std::copy_n(other.window_, kWindow, window_);
  }
  std::fill_n(other.window_, kWindow, 0);
  other.low_ = 0;
  other.is_wide_ = false;
  other.flags_ = 0;
  return *this;
}

ExactSum::~ExactSum() {
  if (is_wide_) delete wide_;
}

void ExactSum::flag(double x) noexcept {
  flags_ = static_cast<std::uint8_t>(flags_ | (x != x  ? kNan
                                               : x > 0 ? kPlusInfinity
                                                       : kMinusInfinity));
}

void ExactSum::add(double x) {
  const DoubleParts parts = split(x);
  if (parts.is_special()) return flag(x);
  add_scaled(parts.mantissa, parts.position, parts.negative);
}

void ExactSum::add_multiple(double x, std::uint64_t n) {
  const DoubleParts parts = split(x);
  if (n == 0) return;
  if (parts.is_special()) return flag(x);
  add_scaled(product(parts.mantissa, n), parts.position, parts.negative);
}

void ExactSum::add(const kernels::FixedSum& sum) {
  constexpr int kGrid = 1074;
  for (std::size_t k = 0; k < kernels::kFixedUnits; ++k) {
    const int position = kGrid + sum.exponent - static_cast<int>(k) * kernels::kFixedUnitBits;
    const std::int64_t units = sum.units[k];
    const auto bits = static_cast<std::uint64_t>(units);
    add_scaled(units < 0 ? -bits : bits, static_cast<unsigned>(position), units < 0);
  }
}

// Window and term are signed numbers of 192 bits on the same limbs; false, and nothing changed,
// when the result does not fit.
bool ExactSum::add_to_window(const Term& term, bool negative) noexcept {
  const uint128 sum0 = uint128{window_[0]} + term[0];
  const uint128 sum1 = (sum0 >> 64) + window_[1] + term[1];
  const auto highest = static_cast<std::uint64_t>((sum1 >> 64) + window_[2] + term[2]);
  const std::uint64_t term_sign = negative ? kAllOnes : 0;
  // Overflow: both have one sign and the result the other.
  if ((((highest ^ window_[2]) & (highest ^ term_sign)) >> 63) != 0) return false;
  window_[0] = static_cast<std::uint64_t>(sum0);
  window_[1] = static_cast<std::uint64_t>(sum1);
  window_[2] = highest;
  return true;
}

void ExactSum::add_scaled(uint128 magnitude, unsigned position, bool negative) {
  if (magnitude == 0) return;
  const std::size_t limb = position / 64;
  const Term term = shifted(magnitude, position % 64);
  if (!is_wide_ && limb >= low_ && limb < low_ + kWindow) {
    Term moved = term;
    const std::size_t free = kWindow - (limb - low_);  // window limbs from `limb` on
    const std::uint64_t beyond = free == 3 ? 0 : free == 2 ? term[2] : term[1] | term[2];
    if (free == 2) moved = {0, term[0], term[1]};
    if (free == 1) moved = {0, 0, term[0]};
    if (beyond == 0 && moved[2] >> 63 == 0) {
      if (negative) negate_limbs(moved.data(), kWindow);
      if (add_to_window(moved, negative)) return;
    }
  }
  if (is_wide_) return add_scaled(*wide_, magnitude, position, negative);
  Limbs limbs = expand();
  add_scaled(limbs, magnitude, position, negative);
  store(limbs);
}

void ExactSum::add_scaled(Limbs& limbs, uint128 magnitude, unsigned position,
                          bool negative) noexcept {
  Term term = shifted(magnitude, position % 64);
  if (negative) negate_limbs(term.data(), term.size());
  const std::uint64_t sign = negative && magnitude != 0 ? kAllOnes : 0;
  add_extended(limbs.data(), kLimbs, term.data(), term.size(), position / 64, sign);
}

void ExactSum::add_limbs(const Limbs& term) {
  if (is_wide_) return add_extended(wide_->data(), kLimbs, term.data(), kLimbs, 0, 0);
  Limbs limbs = expand();
  add_extended(limbs.data(), kLimbs, term.data(), kLimbs, 0, 0);
  store(limbs);
}

void ExactSum::merge(const ExactSum& other) {
  flags_ |= other.flags_;
  if (!is_wide_ && !other.is_wide_ && low_ == other.low_) {
    const Term term = {other.window_[0], other.window_[1], other.window_[2]};
    if (add_to_window(term, term[2] >> 63 != 0)) return;
  }
  const Trimmed term = other.trimmed();
  if (term.size == 0) return;
  const std::uint64_t sign = extension(term.limbs[term.size - 1]);
  if (is_wide_) return add_extended(wide_->data(), kLimbs, term.limbs, term.size, term.low, sign);
  Limbs limbs = expand();
  add_extended(limbs.data(), kLimbs, term.limbs, term.size, term.low, sign);
  store(limbs);
}

void ExactSum::negate() {
  const bool plus = (flags_ & kPlusInfinity) != 0;
  const bool minus = (flags_ & kMinusInfinity) != 0;
  flags_ = static_cast<std::uint8_t>((flags_ & kNan) | (minus ? kPlusInfinity : 0) |
                                     (plus ? kMinusInfinity : 0));
  Limbs limbs = expand();
  negate_limbs(limbs.data(), kLimbs);
  store(limbs);
}

ExactSum::Limbs ExactSum::expand() const noexcept {
  if (is_wide_) return *wide_;
  Limbs limbs{};
  std::copy_n(window_, kWindow, limbs.begin() + low_);
  std::fill(limbs.begin() + low_ + kWindow, limbs.end(), extension(window_[kWindow - 1]));
  return limbs;
}

// Into the window when three limbs hold the value, with one below a lone limb: fractions come.
void ExactSum::store(const Limbs& limbs) {
  const Trimmed value = trim(limbs.data(), kLimbs, 0);
  if (value.size > kWindow) {
    if (!is_wide_)
      wide_ = new Limbs(limbs);
    else
      *wide_ = limbs;
    is_wide_ = true;
    low_ = 0;
    return;
  }
  if (is_wide_) delete wide_;
  is_wide_ = false;
  std::size_t low = value.low;
  if (value.size == 1 && low > 0) --low;
  low_ = static_cast<std::uint8_t>(std::min(low, kLimbs - kWindow));
  std::copy_n(limbs.begin() + low_, kWindow, window_);
}

ExactSum::Trimmed ExactSum::trim(const std::uint64_t* limbs, std::size_t size,
                                 std::size_t low) noexcept {
  const std::uint64_t sign = extension(limbs[size - 1]);
  std::size_t first = 0;
  while (first < size && limbs[first] == 0) ++first;
  if (first == size) return {limbs, 0, 0};
  std::size_t last = size - 1;  // the highest that is needed
  while (last > first && limbs[last] == sign && extension(limbs[last - 1]) == sign) --last;
  return {limbs + first, low + first, last - first + 1};
}

ExactSum::Trimmed ExactSum::trimmed() const noexcept { return trim(limbs(), size(), low_); }

bool ExactSum::is_zero() const noexcept { return flags_ == 0 && trimmed().size == 0; }

bool ExactSum::is_negative() const noexcept { return limbs()[size() - 1] >> 63 != 0; }

double ExactSum::value() const noexcept {
  if (flags_ != 0) {
    if (flags_ == kPlusInfinity) return std::numeric_limits<double>::infinity();
    if (flags_ == kMinusInfinity) return -std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
  }
  const Trimmed value = trimmed();
  if (value.size == 0) return 0.0;
  if (!is_negative()) return round_magnitude(value.limbs, value.size, value.low);
  Limbs magnitude;
  std::copy_n(value.limbs, value.size, magnitude.begin());
  negate_limbs(magnitude.data(), value.size);
  return -round_magnitude(magnitude.data(), value.size, value.low);
}

bool ExactSum::operator==(const ExactSum& other) const noexcept {
  const Trimmed a = trimmed();
  const Trimmed b = other.trimmed();
  return flags_ == other.flags_ && a.low == b.low && a.size == b.size &&
         std::equal(a.limbs, a.limbs + a.size, b.limbs);
}

void ExactSum::save(Writer& writer) const {
  const Trimmed value = trimmed();
  writer.u8(flags_);
  writer.u8(static_cast<std::uint8_t>(value.low));
  writer.u8(static_cast<std::uint8_t>(value.size));
  for (std::size_t i = 0; i < value.size; ++i) writer.u64(value.limbs[i]);
}

ExactSum ExactSum::load(Reader& reader) {
  ExactSum sum;
  sum.flags_ = reader.u8();
  const std::size_t low = reader.u8();
  const std::size_t size = reader.u8();
  if (sum.flags_ > (kNan | kPlusInfinity | kMinusInfinity) || low + size > kLimbs) {
    throw FormatError("an exact sum has unknown flags or lies outside the range of doubles");
  }
  Limbs limbs{};
  for (std::size_t i = low; i < low + size; ++i) limbs[i] = reader.u64();
  if (size > 0)
    std::fill(limbs.begin() + low + size, limbs.end(), extension(limbs[low + size - 1]));
  // Far beyond what 2^63 doubles can sum to, yet with room to go on adding.
  constexpr std::uint64_t kRoom = std::uint64_t{1} << 50;
  if (limbs[kLimbs - 1] + kRoom >= 2 * kRoom) {
    throw FormatError("an exact sum is larger than any sum of doubles");
  }
  const Trimmed canonical = trim(limbs.data(), kLimbs, 0);
  if (canonical.low != low || canonical.size != size) {
    throw FormatError("an exact sum is not in its canonical form");
  }
  sum.store(limbs);
  return sum;
}

}  // namespace lstmetrics::numeric
