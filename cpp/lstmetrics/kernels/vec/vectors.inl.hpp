// 16 floats or 8 doubles as one value, whatever the registers: what kernel bodies are written in.
//
// F16 and D8 are the registers of a level (vec/<level>.hpp) side by side, and every operation here
// is that of the registers, part by part. M16 and M8 are what comparisons give; I16 and L8 are the
// bits, as unsigned integers.
#pragma once

#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/kernels/vec/common.hpp"

namespace lstmetrics::kernels {
namespace {

constexpr std::size_t kParts = 64 / kPartBytes;
using IntPart [[gnu::vector_size(kPartBytes)]] = std::uint32_t;
using LongPart [[gnu::vector_size(kPartBytes)]] = std::uint64_t;

template <class T>
struct Register;
template <>
struct Register<float> {
  using Part = FloatPart;
  using Mask = FloatMask;
  using Bits = IntPart;
  using Word = std::uint32_t;
};
template <>
struct Register<double> {
  using Part = DoublePart;
  using Mask = DoubleMask;
  using Bits = LongPart;
  using Word = std::uint64_t;
};

template <class T>
struct Vec {
  typename Register<T>::Part part[kParts];
};
template <class T>
struct Mask {
  typename Register<T>::Mask part[kParts];
};
template <class T>
struct Bits {
  typename Register<T>::Bits part[kParts];
};

using F16 = Vec<float>;
using D8 = Vec<double>;
using M16 = Mask<float>;
using M8 = Mask<double>;
using I16 = Bits<float>;
using L8 = Bits<double>;

// Lanes of a Vec<T>, and of one of its registers.
template <class T>
constexpr std::size_t kLanesOf = 64 / sizeof(T);
template <class T>
constexpr std::size_t kPartLanes = kPartBytes / sizeof(T);

// {body(0), body(1), ...}, unrolled here rather than left to the optimiser's liking.
template <class Result, class Body>
LSTMETRICS_INLINE Result by_part(Body body) {
  Result result;
  result.part[0] = body(0);
  if constexpr (kParts > 1) result.part[1] = body(1);
  if constexpr (kParts > 2) {
    result.part[2] = body(2);
    result.part[3] = body(3);
  }
  return result;
}
#define LSTMETRICS_PART [&](std::size_t i) LSTMETRICS_INLINE_LAMBDA

// ---- arithmetic ---------------------------------------------------------------------------------

template <class T>
LSTMETRICS_INLINE Vec<T> operator+(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return a.part[i] + b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Vec<T> operator-(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return a.part[i] - b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Vec<T> operator*(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return a.part[i] * b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Vec<T> operator/(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return a.part[i] / b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Vec<T> fma(Vec<T> a, Vec<T> b, Vec<T> c) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return fma(a.part[i], b.part[i], c.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Vec<T> scale(Vec<T> p, Vec<T> n) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return scale(p.part[i], n.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Vec<T> lesser(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return lesser(a.part[i], b.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Vec<T> larger(Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return larger(a.part[i], b.part[i]); });
}

// ---- comparisons --------------------------------------------------------------------------------

template <class T>
LSTMETRICS_INLINE Mask<T> less(Vec<T> a, Vec<T> b) {
  return by_part<Mask<T>>(LSTMETRICS_PART { return less(a.part[i], b.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Mask<T> greater(Vec<T> a, Vec<T> b) {
  return by_part<Mask<T>>(LSTMETRICS_PART { return greater(a.part[i], b.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Mask<T> equal(Vec<T> a, Vec<T> b) {
  return by_part<Mask<T>>(LSTMETRICS_PART { return equal(a.part[i], b.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Mask<T> unordered(Vec<T> a) {
  return by_part<Mask<T>>(LSTMETRICS_PART { return unordered(a.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Mask<T> either(Mask<T> a, Mask<T> b) {
  return by_part<Mask<T>>(LSTMETRICS_PART { return either(a.part[i], b.part[i]); });
}
template <class T>
LSTMETRICS_INLINE bool any(Mask<T> m) {
  typename Register<T>::Mask all = m.part[0];
  for (std::size_t i = 1; i < kParts; ++i) all = either(all, m.part[i]);
  return any(all);
}
template <class T>
LSTMETRICS_INLINE Vec<T> select(Mask<T> m, Vec<T> a, Vec<T> b) {
  return by_part<Vec<T>>(LSTMETRICS_PART { return select(m.part[i], a.part[i], b.part[i]); });
}

// ---- bits ---------------------------------------------------------------------------------------

template <class T>
LSTMETRICS_INLINE Bits<T> bits(Vec<T> a) {
  using To = typename Register<T>::Bits;
  return by_part<Bits<T>>(LSTMETRICS_PART { return reinterpret_cast<To>(a.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Vec<T> value(Bits<T> a) {
  using To = typename Register<T>::Part;
  return by_part<Vec<T>>(LSTMETRICS_PART { return reinterpret_cast<To>(a.part[i]); });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator+(Bits<T> a, Bits<T> b) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] + b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator-(Bits<T> a, Bits<T> b) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] - b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator&(Bits<T> a, Bits<T> b) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] & b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator|(Bits<T> a, Bits<T> b) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] | b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator^(Bits<T> a, Bits<T> b) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] ^ b.part[i]; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator<<(Bits<T> a, int n) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] << n; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> operator>>(Bits<T> a, int n) {
  return by_part<Bits<T>>(LSTMETRICS_PART { return a.part[i] >> n; });
}

// 1 where the bits are the same, else 0.
template <class T>
LSTMETRICS_INLINE Bits<T> same(Bits<T> a, Bits<T> b) {
  using To = typename Register<T>::Bits;
  return by_part<Bits<T>>(LSTMETRICS_PART { return To{} - (To)(a.part[i] == b.part[i]); });
}

// ---- constants ----------------------------------------------------------------------------------

// a - 0 is a, for -0 too.
template <class T>
LSTMETRICS_INLINE Vec<T> splat(T a) {
  using Part = typename Register<T>::Part;
  return by_part<Vec<T>>([&](std::size_t) LSTMETRICS_INLINE_LAMBDA { return a - Part{}; });
}
template <class T>
LSTMETRICS_INLINE Bits<T> splat_bits(typename Register<T>::Word a) {
  using Part = typename Register<T>::Bits;
  return by_part<Bits<T>>([&](std::size_t) LSTMETRICS_INLINE_LAMBDA { return a - Part{}; });
}

template <class T>
constexpr typename Register<T>::Word kSignBit =
    typename Register<T>::Word{1} << (8 * sizeof(T) - 1);

// -|a|
template <class T>
LSTMETRICS_INLINE Vec<T> minus_magnitude(Vec<T> a) {
  return value(bits(a) | splat_bits<T>(kSignBit<T>));
}
// The magnitude of `size` with the sign of `sign`.
template <class T>
LSTMETRICS_INLINE Vec<T> with_sign(Vec<T> size, Vec<T> sign) {
  const Bits<T> sign_bit = splat_bits<T>(kSignBit<T>);
  return value((bits(size) & splat_bits<T>(~kSignBit<T>)) | (bits(sign) & sign_bit));
}

// Lane i of the result is lane i + kBy of the register, round the end.
template <class T, int kBy>
LSTMETRICS_INLINE typename Register<T>::Part rotated(typename Register<T>::Part a) {
  constexpr int kEnd = static_cast<int>(kPartLanes<T>) - 1;
  constexpr auto from = [](int i) { return (i + kBy) & kEnd; };
  if constexpr (kEnd == 1) {
    return __builtin_shufflevector(a, a, from(0), from(1));
  } else if constexpr (kEnd == 3) {
    return __builtin_shufflevector(a, a, from(0), from(1), from(2), from(3));
  } else if constexpr (kEnd == 7) {
    return __builtin_shufflevector(a, a, from(0), from(1), from(2), from(3), from(4), from(5),
                                   from(6), from(7));
  } else {
    return __builtin_shufflevector(a, a, from(0), from(1), from(2), from(3), from(4), from(5),
                                   from(6), from(7), from(8), from(9), from(10), from(11), from(12),
                                   from(13), from(14), from(15));
  }
}

template <int kBy>
LSTMETRICS_INLINE LongPart turned(LongPart a) {
  return reinterpret_cast<LongPart>(rotated<double, kBy>(reinterpret_cast<DoublePart>(a)));
}

// All lanes of integers in one. (Reading them from memory would keep them there all along.)
template <class Combine>
LSTMETRICS_INLINE std::uint64_t combined(L8 all, Combine combine) {
  LongPart one = all.part[0];
  if constexpr (kParts > 1) one = combine(one, all.part[1]);
  if constexpr (kParts > 2) one = combine(one, combine(all.part[2], all.part[3]));
  if constexpr (kPartLanes<double> > 4) one = combine(one, turned<4>(one));
  if constexpr (kPartLanes<double> > 2) one = combine(one, turned<2>(one));
  return combine(one, turned<1>(one))[0];
}
LSTMETRICS_INLINE std::uint64_t folded(L8 sums) {
  return combined(sums, [](LongPart a, LongPart b) LSTMETRICS_INLINE_LAMBDA { return a + b; });
}
LSTMETRICS_INLINE std::uint64_t united(L8 all) {
  return combined(all, [](LongPart a, LongPart b) LSTMETRICS_INLINE_LAMBDA { return a | b; });
}

// NaN carries no payload out of a kernel: which operand's survives is each machine's own affair.
template <class T>
LSTMETRICS_INLINE Vec<T> canonical(Vec<T> a) {
  return select(unordered(a), splat(static_cast<T>(__builtin_nanf(""))), a);
}

// ---- memory -------------------------------------------------------------------------------------

template <class T>
LSTMETRICS_INLINE Vec<T> load(const T* x) {
  return by_part<Vec<T>>(LSTMETRICS_PART {
    typename Register<T>::Part a;
    __builtin_memcpy(&a, x + i * kPartLanes<T>, sizeof a);
    return a;
  });
}
template <class T>
LSTMETRICS_INLINE void store(T* y, Vec<T> a) {
  for (std::size_t i = 0; i < kParts; ++i) {
    __builtin_memcpy(y + i * kPartLanes<T>, &a.part[i], kPartBytes);
  }
}

// The first n of at most kLanesOf<T> lanes; the others hold `fill`. No byte beyond is read.
template <class T>
LSTMETRICS_INLINE Vec<T> load_first(const T* x, std::size_t n, T fill) {
  Vec<T> a = splat(fill);
  for (std::size_t i = 0; i < kParts; ++i) {
    const std::size_t begin = i * kPartLanes<T>;
    if (n >= begin + kPartLanes<T>) {
      __builtin_memcpy(&a.part[i], x + begin, kPartBytes);
    } else if (n > begin) {
      a.part[i] = load_first(x + begin, n - begin, a.part[i]);
    }
  }
  return a;
}
// The first n of at most kLanesOf<T> lanes; no byte beyond is written.
template <class T>
LSTMETRICS_INLINE void store_first(T* y, Vec<T> a, std::size_t n) {
  for (std::size_t i = 0; i < kParts; ++i) {
    const std::size_t begin = i * kPartLanes<T>;
    if (n >= begin + kPartLanes<T>) {
      __builtin_memcpy(y + begin, &a.part[i], kPartBytes);
    } else if (n > begin) {
      store_first(y + begin, a.part[i], n - begin);
    }
  }
}

}  // namespace
}  // namespace lstmetrics::kernels
