// Scores that are floats of at most 32 bits: the same states as from doubles of the same value.
#include <bit>
#include <limits>
#include <string>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/score_counts.hpp"
#include "lstmetrics/metrics/strided.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Every so many-th float there is, but NaN, and both ends of what is normal.
std::vector<float> floats(std::uint32_t step) {
  std::vector<float> all{-kInfinity, -0x1p-126F,       -0x1.fffffcp-127F, -0.0F,    0.0F,
                         0x1p-149F,  0x1.fffffcp-127F, 0x1p-126F,         kInfinity};
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += step) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (value == value) all.push_back(value);
  }
  return all;
}

template <class T>
ScoreCounts counted(const std::vector<T>& scores, DType dtype, const ScoreOptions& options = {}) {
  std::vector<std::int64_t> truth;
  for (std::size_t i = 0; i < scores.size(); ++i) truth.push_back(i % 3 == 0 ? 1 : 0);
  Matrix matrix{reinterpret_cast<const std::byte*>(scores.data()),
                dtype,
                scores.size(),
                1,
                sizeof(T),
                sizeof(T),
                sizeof(T)};
  ScoreCounts state;
  state.update(inputs::labels(truth, "y_true"), matrix, nullptr, options);
  return state;
}

// All 16-bit floats of a kind that are numbers, and the same as doubles.
template <class T>
void check_sixteen_bits(DType dtype) {
  std::vector<std::uint16_t> scores;
  std::vector<double> doubles;
  for (std::uint32_t bits = 0; bits < 1U << 16; ++bits) {
    const double value = widened(T{static_cast<std::uint16_t>(bits)});
    if (!(value == value)) continue;
    scores.push_back(static_cast<std::uint16_t>(bits));
    doubles.push_back(value);
  }
  CHECK(counted(scores, dtype) == counted(doubles, DType::float64));
}

}  // namespace

CASE("narrow scores: a key is that of the same double, in fewer bits") {
  for (const float value : floats(65521)) {
    const NarrowKey key = narrow_key(value);
    CHECK_EQUAL(widened(key), any_key(value));
    CHECK(float_of(key) == value);
  }
}

CASE("narrow scores: the state is that of doubles") {
  const std::vector<float> scores = floats(32749);
  const std::vector<double> doubles(scores.begin(), scores.end());
  CHECK(counted(scores, DType::float32) == counted(doubles, DType::float64));
  check_sixteen_bits<Half>(DType::float16);
  check_sixteen_bits<BFloat16>(DType::bfloat16);
}

CASE("narrow scores: NaN and infinities are refused where they stand") {
  std::vector<float> scores(40000, 0.5F);
  const ScoreOptions finite{.finite_scores = true};
  scores[35001] = -kInfinity;
  CHECK_EQUAL(counted(scores, DType::float32).samples(), 40000);
  CHECK_THROWS_SAYING(counted(scores, DType::float32, finite), InvalidValue, "y_score[35001]");
  scores[35000] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_SAYING(counted(scores, DType::float32), InvalidValue, "y_score[35000]");
}
