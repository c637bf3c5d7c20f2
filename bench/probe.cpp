// The limits of a machine: how fast one thread can multiply and add, and how fast it can read.
// Compiled when the benchmarks start, for the machine they run on; see machine.py.
#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__)
#define LSTMETRICS_WIDTH 64
#elif defined(__AVX__)
#define LSTMETRICS_WIDTH 32
#else
#define LSTMETRICS_WIDTH 16
#endif

namespace {

using Floats = float __attribute__((vector_size(LSTMETRICS_WIDTH)));
using Words = std::uint64_t __attribute__((vector_size(LSTMETRICS_WIDTH)));
constexpr std::size_t kFloats = LSTMETRICS_WIDTH / sizeof(float);

}  // namespace

// Twelve chains of fused multiply-adds: enough to hide the latency of any one of them, few enough
// to stay in registers. Returns how many floating-point operations that were; `sink` gets a number
// that depends on all of them.
extern "C" double multiply_and_add(std::int64_t rounds, float* sink) {
  const Floats factor = Floats{} + 0.999999F;
  const Floats term = Floats{} + 1e-7F;
  Floats a = Floats{} + 1.0F, b = a + 1.0F, c = b + 1.0F, d = c + 1.0F;
  Floats e = d + 1.0F, f = e + 1.0F, g = f + 1.0F, h = g + 1.0F;
  Floats i = h + 1.0F, j = i + 1.0F, k = j + 1.0F, l = k + 1.0F;
  for (std::int64_t round = 0; round < rounds; ++round) {
    a = a * factor + term, b = b * factor + term, c = c * factor + term, d = d * factor + term;
    e = e * factor + term, f = f * factor + term, g = g * factor + term, h = h * factor + term;
    i = i * factor + term, j = j * factor + term, k = k * factor + term, l = l * factor + term;
  }
  const Floats all = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l));
  *sink = all[0] + all[kFloats - 1];
  return static_cast<double>(rounds) * 12 * 2 * kFloats;
}

// Reads `bytes` (a multiple of 512, from an address that is a multiple of 64) once, in order.
extern "C" std::uint64_t read_once(const void* data, std::size_t bytes) {
  const auto* words = static_cast<const Words*>(data);
  Words a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  for (const Words* end = words + bytes / sizeof(Words); words != end; words += 8) {
    a ^= words[0], b ^= words[1], c ^= words[2], d ^= words[3];
    e ^= words[4], f ^= words[5], g ^= words[6], h ^= words[7];
  }
  const Words all = ((a ^ b) ^ (c ^ d)) ^ ((e ^ f) ^ (g ^ h));
  return all[0] ^ all[LSTMETRICS_WIDTH / sizeof(std::uint64_t) - 1];
}
