// What the cases of the kernels share: forced levels, nasty numbers, memory that ends at a wall.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "check.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/runtime/isa.hpp"

namespace kernel_cases {

using lstmetrics::kernels::Activation;
using lstmetrics::kernels::kLanes;
using lstmetrics::kernels::Table;

// Calls visit(table) for every level this machine has, the level in force.
template <class Visit>
void on_every_level(Visit visit) {
  struct Restore {
    ~Restore() { lstmetrics::runtime::set_isa("auto"); }
  } restore;
  for (const auto& level : lstmetrics::runtime::isa_levels()) {
    if (!level.available) continue;
    lstmetrics::runtime::set_isa(level.name);
    visit(lstmetrics::kernels::table());
  }
}

template <class T>
using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
Word<T> bits(T value) {
  return std::bit_cast<Word<T>>(value);
}

// All results in one row of bits, so that two levels can be compared at once.
class Bits {
 public:
  template <class T>
  void add(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      words_.push_back(bits(value));
    } else {
      words_.push_back(value);
    }
  }
  template <class T>
  void add_all(const std::vector<T>& values) {
    for (T value : values) add(value);
  }
  friend bool operator==(const Bits&, const Bits&) = default;

 private:
  std::vector<std::uint64_t> words_;
};

// What run(table, bits) writes down is the same on every level.
template <class Run>
void check_equal_bits(Run run) {
  std::vector<Bits> results;
  on_every_level([&](const Table& table) { run(table, results.emplace_back()); });
  for (const Bits& result : results) CHECK(result == results.back());
}

inline std::mt19937_64& generator() {
  static std::mt19937_64 engine(20240817);
  return engine;
}

// Zeros, subnormals, limits, NaN of several kinds, thresholds of the functions, and neighbours.
template <class T>
std::vector<T> nasty_values() {
  using Limits = std::numeric_limits<T>;
  const T infinity = Limits::infinity();
  std::vector<T> values = {0,
                           Limits::denorm_min(),
                           Limits::min() / 2,
                           Limits::min(),
                           Limits::max(),
                           infinity,
                           Limits::quiet_NaN(),
                           Limits::epsilon(),
                           T(0.5),
                           1,
                           T(1.5),
                           2,
                           3,
                           10,
                           17,
                           87,
                           T(88.72284),
                           89,
                           T(103.97),
                           104,
                           709,
                           T(709.7827),
                           710,
                           T(744.44),
                           746,
                           T(0.34657359),
                           T(0.70710678),
                           T(1.41421356),
                           T(1e-8),
                           T(1e-5),
                           T(1e5),
                           T(1e30)};
  values.push_back(std::bit_cast<T>(static_cast<Word<T>>(bits(infinity) + 1)));  // signalling
  values.push_back(std::bit_cast<T>(static_cast<Word<T>>(~Word<T>{} >> 1)));     // full payload
  const std::size_t count = values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const T value = values[i];
    values.push_back(std::nextafter(value, infinity));
    values.push_back(std::nextafter(value, -infinity));
  }
  const std::size_t positive = values.size();
  for (std::size_t i = 0; i < positive; ++i) values.push_back(std::copysign(values[i], T(-1)));
  return values;
}

enum class Kind { nasty, any_bits, ordinary, no_nan };

template <class T>
std::vector<T> numbers(std::size_t n, Kind kind) {
  static const std::vector<T> nasty = nasty_values<T>();
  std::normal_distribution<T> normal(0, 4);
  std::vector<T> values(n);
  for (T& value : values) {
    switch (kind) {
      case Kind::nasty:
        value = nasty[generator()() % nasty.size()];
        break;
      case Kind::any_bits:
        value = std::bit_cast<T>(static_cast<Word<T>>(generator()()));
        break;
      case Kind::ordinary:
        value = normal(generator());
        break;
      case Kind::no_nan:
        do {
          value = nasty[generator()() % nasty.size()];
        } while (std::isnan(value));
        break;
    }
  }
  return values;
}

inline const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds = {Kind::nasty, Kind::any_bits, Kind::ordinary,
                                          Kind::no_nan};
  return kinds;
}

// Every length up to four vectors and a bit, and those around a tile of log-sum-exp and two.
inline const std::vector<std::size_t>& lengths() {
  static const std::vector<std::size_t> all = [] {
    std::vector<std::size_t> n;
    for (std::size_t i = 0; i <= 67; ++i) n.push_back(i);
    for (std::size_t near : {256, 512}) {
      for (std::size_t i = near - 2; i <= near + 2; ++i) n.push_back(i);
    }
    n.push_back(1000);
    return n;
  }();
  return all;
}

// n values whose last byte is the last before a page that may not be touched, and whose first lies
// behind such a page where n fills pages: reads and writes past the end are crashes.
template <class T>
class Walled {
 public:
  explicit Walled(const std::vector<T>& values) : size_(values.size()) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    pages_ = (size_ * sizeof(T) + page - 1) / page * page + page;
    void* base =
        mmap(nullptr, pages_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<unsigned char*>(base);
    mprotect(base_ + pages_, page, PROT_NONE);
    whole_ = pages_ + page;
    data_ = reinterpret_cast<T*>(base_ + pages_) - size_;
    for (std::size_t i = 0; i < size_; ++i) data_[i] = values[i];
    for (unsigned char* byte = base_; byte < bytes(); ++byte) *byte = kGuard;
  }
  ~Walled() { munmap(base_, whole_); }
  Walled(const Walled&) = delete;
  Walled& operator=(const Walled&) = delete;

  T* data() { return data_; }
  std::vector<T> values() const { return {data_, data_ + size_}; }
  // Whether the bytes before the first value are as they were.
  bool front_is_whole() const {
    for (const unsigned char* byte = base_; byte < bytes(); ++byte) {
      if (*byte != kGuard) return false;
    }
    return true;
  }

 private:
  static constexpr unsigned char kGuard = 0xa5;
  unsigned char* bytes() const { return reinterpret_cast<unsigned char*>(data_); }

  std::size_t size_;
  std::size_t pages_ = 0;
  std::size_t whole_ = 0;
  unsigned char* base_ = nullptr;
  T* data_ = nullptr;
};

}  // namespace kernel_cases
