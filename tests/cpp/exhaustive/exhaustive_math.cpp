// Float exp, sigmoid and tanh over all 2^32 inputs, on every level this machine has, against the C
// library's double functions:
//
//   lstmetrics_exhaustive [--function exp|sigmoid|tanh] [--level NAME] [--stride N] [--json]
//
// For each function and level: the largest error in units in the last place and where, whether NaN
// gives the one canonical NaN and infinities their limits, and a hash of all result bits, which
// must not depend on the level. Exits with 1 where a bound is passed or bits differ.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/runtime/isa.hpp"

namespace {

using lstmetrics::kernels::Table;

constexpr std::uint64_t kInputs = std::uint64_t{1} << 32;
constexpr std::uint32_t kCanonicalNan = 0x7fc00000U;
constexpr double kBoundUlp = 2.0;
constexpr unsigned kThreads = 2;

struct Function {
  const char* name;
  void (*Table::*kernel)(const float*, float*, std::size_t) noexcept;
  double (*exact)(double);
  float at_minus_infinity;
  float at_infinity;
};

double exact_exp(double x) { return std::exp(x); }
double exact_tanh(double x) { return std::tanh(x); }
double exact_sigmoid(double x) {
  if (x >= 0) return 1.0 / (1.0 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1.0 + e);
}

constexpr Function kFunctions[] = {
    {"exp", &Table::exp_f32, exact_exp, 0.0F, std::numeric_limits<float>::infinity()},
    {"sigmoid", &Table::sigmoid_f32, exact_sigmoid, 0.0F, 1.0F},
    {"tanh", &Table::tanh_f32, exact_tanh, -1.0F, 1.0F},
};

// What one thread, or all of them, found.
struct Findings {
  double worst_ulp = 0.0;
  std::uint32_t worst_input = 0;
  std::uint64_t inputs = 0;
  std::uint64_t off_by_half = 0;  // not the nearest float
  std::uint64_t bad_nan = 0;      // NaN from a number, or a number or another NaN from NaN
  std::uint64_t hash = 0;

  void add(const Findings& other) {
    if (other.worst_ulp > worst_ulp) {
      worst_ulp = other.worst_ulp;
      worst_input = other.worst_input;
    }
    inputs += other.inputs;
    off_by_half += other.off_by_half;
    bad_nan += other.bad_nan;
    hash += other.hash;
  }
};

// Hashes add up, so that threads may share the inputs in any way: each hashes input and result.
std::uint64_t mixed(std::uint32_t input, std::uint32_t result) {
  std::uint64_t h = (std::uint64_t{input} << 32 | result) + 0x9e3779b97f4a7c15U;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9U;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebU;
  return h ^ (h >> 31);
}

// |got - exact| in units in the last place of float at `exact`; infinity counts as the float that
// would follow the largest.
double ulp_error(float got, double exact) {
  const auto exponent = static_cast<int>(std::bit_cast<std::uint64_t>(exact) >> 52 & 0x7ff) - 1023;
  const int unit = std::max(exponent, -126) - 23;
  double value = static_cast<double>(got);
  if (std::isinf(got)) value = std::copysign(0x1p128, value);
  return std::fabs(value - exact) * std::bit_cast<double>(std::uint64_t(1023 - unit) << 52);
}

void examine(std::uint32_t input, float x, float y, double exact, Findings& found) {
  const std::uint32_t result = std::bit_cast<std::uint32_t>(y);
  found.hash += mixed(input, result);
  ++found.inputs;
  if (std::isnan(x) || std::isnan(y)) {
    if (!std::isnan(x) || result != kCanonicalNan) ++found.bad_nan;
    return;
  }
  const auto nearest = static_cast<float>(exact);
  if (nearest == y && std::signbit(nearest) == std::signbit(y)) {
    if (std::isinf(nearest) || nearest == 0.0F) return;
  } else {
    ++found.off_by_half;
    if (std::isinf(exact) || std::signbit(nearest) != std::signbit(y)) {
      found.worst_ulp = std::numeric_limits<double>::infinity();
      found.worst_input = input;
      return;
    }
  }
  const double error = ulp_error(y, exact);
  if (error > found.worst_ulp) {
    found.worst_ulp = error;
    found.worst_input = input;
  }
}

// Blocks `first`, `first` + kThreads, ... of the inputs 0, stride, 2 stride, ..., on every level.
std::vector<Findings> run_share(const Function& function, const std::vector<const Table*>& levels,
                                std::uint64_t stride, unsigned first) {
  constexpr std::size_t kBlock = 4096;
  std::vector<float> x(kBlock);
  std::vector<float> y(kBlock);
  std::vector<double> exact(kBlock);
  std::vector<Findings> found(levels.size());
  const std::uint64_t span = kBlock * stride;
  for (std::uint64_t begin = first * span; begin < kInputs; begin += kThreads * span) {
    std::size_t n = 0;
    for (std::uint64_t i = begin; n < kBlock && i < kInputs; i += stride) {
      x[n] = std::bit_cast<float>(static_cast<std::uint32_t>(i));
      exact[n] = function.exact(static_cast<double>(x[n]));
      ++n;
    }
    for (std::size_t level = 0; level < levels.size(); ++level) {
      (levels[level]->*function.kernel)(x.data(), y.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        examine(static_cast<std::uint32_t>(begin + i * stride), x[i], y[i], exact[i], found[level]);
      }
    }
  }
  return found;
}

std::vector<Findings> run(const Function& function, const std::vector<const Table*>& levels,
                          std::uint64_t stride) {
  std::vector<std::vector<Findings>> shares(kThreads);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { shares[i] = run_share(function, levels, stride, i); });
  }
  std::vector<Findings> all(levels.size());
  for (unsigned i = 0; i < kThreads; ++i) {
    threads[i].join();
    for (std::size_t level = 0; level < all.size(); ++level) all[level].add(shares[i][level]);
  }
  return all;
}

bool infinities_are_right(const Function& function, const Table& table) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float x[] = {-infinity, infinity};
  float y[2];
  (table.*function.kernel)(x, y, 2);
  return std::bit_cast<std::uint32_t>(y[0]) ==
             std::bit_cast<std::uint32_t>(function.at_minus_infinity) &&
         std::bit_cast<std::uint32_t>(y[1]) == std::bit_cast<std::uint32_t>(function.at_infinity);
}

struct Options {
  std::string function;
  std::string level;
  std::uint64_t stride = 1;
  bool json = false;
};

[[noreturn]] void usage() {
  std::fputs(
      "usage: lstmetrics_exhaustive [--function exp|sigmoid|tanh] [--level NAME] [--stride N] "
      "[--json]\n",
      stderr);
  std::exit(2);
}

Options parsed(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      options.json = true;
      continue;
    }
    if (++i == argc) usage();
    if (word == "--function") {
      options.function = argv[i];
    } else if (word == "--level") {
      options.level = argv[i];
    } else if (word == "--stride") {
      options.stride = std::strtoull(argv[i], nullptr, 10);
    } else {
      usage();
    }
  }
  const bool known = options.function.empty() ||
                     std::any_of(std::begin(kFunctions), std::end(kFunctions),
                                 [&](const Function& f) { return options.function == f.name; });
  if (!known || options.stride == 0) usage();
  return options;
}

void print(const Options& options, const Function& function, const char* level,
           const Findings& found, bool infinities) {
  const auto worst = static_cast<double>(std::bit_cast<float>(found.worst_input));
  std::printf(options.json
                  ? "{\"function\": \"%s\", \"level\": \"%s\", \"inputs\": %llu, "
                    "\"max_ulp\": %.6f, \"worst_input\": \"%a\", \"not_nearest\": %llu, "
                    "\"bad_nan\": %llu, \"infinities\": %s, \"hash\": \"%016llx\"}\n"
                  : "%-8s %-8s inputs %llu  max ulp %.6f at %a  not nearest %llu  bad NaN %llu  "
                    "infinities right: %s  hash %016llx\n",
              function.name, level, static_cast<unsigned long long>(found.inputs), found.worst_ulp,
              worst, static_cast<unsigned long long>(found.off_by_half),
              static_cast<unsigned long long>(found.bad_nan), infinities ? "true" : "false",
              static_cast<unsigned long long>(found.hash));
  std::fflush(stdout);
}

// The tables of the levels asked for that this machine has.
std::vector<const Table*> tables(const std::string& only) {
  std::vector<const Table*> found;
  for (const auto& level : lstmetrics::runtime::isa_levels()) {
    if (!level.available || (!only.empty() && only != level.name)) continue;
    lstmetrics::runtime::set_isa(level.name);
    found.push_back(&lstmetrics::kernels::table());
  }
  return found;
}

// Every level: bounds, NaN, infinities, and the first level's bits.
bool passes(const Options& options, const Function& function,
            const std::vector<const Table*>& levels) {
  const std::vector<Findings> findings = run(function, levels, options.stride);
  bool good = true;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Findings& found = findings[i];
    const bool infinities = infinities_are_right(function, *levels[i]);
    const bool same_bits = found.hash == findings[0].hash;
    print(options, function, levels[i]->name, found, infinities);
    if (!same_bits) {
      std::fprintf(stderr, "%s: other bits on %s\n", function.name, levels[i]->name);
    }
    good = good && same_bits && found.worst_ulp <= kBoundUlp && found.bad_nan == 0 && infinities;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parsed(argc, argv);
  const std::vector<const Table*> levels = tables(options.level);
  if (levels.empty()) usage();
  bool good = true;
  for (const Function& function : kFunctions) {
    if (options.function.empty() || options.function == function.name) {
      good = passes(options, function, levels) && good;
    }
  }
  return good ? 0 : 1;
}
