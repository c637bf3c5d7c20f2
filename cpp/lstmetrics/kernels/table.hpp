// The table of kernels: what every instruction-set level offers, with the same bits from each.
//
// Only <cstddef> and <cstdint> here: this header is seen by the units that are compiled once per
// level, and an inline function of the standard library instantiated there could be picked by the
// linker for the whole program. Semantics of each entry: the numeric contract in ARCHITECTURE.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lstmetrics::kernels {

// A vector is 16 floats on every level, so packing and reduction order never depend on it.
inline constexpr std::size_t kLanes = 16;

// Log-sum-exp runs over tiles of this many values.
inline constexpr std::size_t kLogSumTile = 256;

// Functions of layers. alpha and beta are those of ActivationFn; where a kind takes none they are
// not looked at. softmax and log_softmax work on a row; the others on each element.
enum class Activation : std::uint8_t {
  linear,
  relu,  // x > 0 ? x : 0; NaN stays NaN
  sigmoid,
  tanh,
  exponential,
  hard_sigmoid,      // clip(x / 6 + 0.5, 0, 1), Keras 3
  hard_sigmoid_02,   // clip(0.2 x + 0.5, 0, 1), Keras before 3
  hard_sigmoid_of,   // clip(alpha x + beta, 0, 1), ONNX
  affine,            // alpha x + beta
  scaled_tanh,       // alpha tanh(beta x)
  relu6,             // clip(x, 0, 6)
  leaky_relu,        // x < 0 ? alpha x : x
  thresholded_relu,  // x > alpha ? x : 0
  elu,               // x > 0 ? x : alpha (e^x - 1)
  selu,              // s x, s a (e^x - 1): Klambauer et al. 2017
  celu,              // max(0, x) + min(0, alpha (e^(x / alpha) - 1))
  softplus,          // log(1 + e^x)
  log_sigmoid,       // -log(1 + e^-x)
  softsign,          // x / (1 + |x|)
  silu,              // x sigmoid(x)
  gelu,              // x (1 + erf(x / sqrt 2)) / 2
  gelu_tanh,         // x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
  mish,              // x tanh(softplus(x))
  hard_silu,         // x hard_sigmoid(x)
  hard_tanh,         // clip(x, -1, 1)
  softmax,
  log_softmax,
};
inline constexpr int kActivations = 27;

// An aggregate, so that this header defines no function.
struct ActivationFn {
  Activation kind = Activation::linear;
  float alpha = 0;
  float beta = 0;
};

// How weights are held: as they are, rounded to bfloat16, or as bytes with a scale for each output.
enum class Precision : std::uint8_t { float32, bfloat16, int8 };

// A line is 16 outputs' weights for one k in float, for two in bfloat16, for four in int8, those of
// an output side by side: 64 bytes always.
inline constexpr std::size_t kLineBytes = 64;

// Weights of a product, packed: lines of [panels][depth in lines][vectors]. What lies beyond the
// depth in the last line is zero. An int8 weight w stands for w * scale.
struct Weights {
  const void* lines;
  Precision precision;
  const float* scales;          // of int8 alone, as `offsets`: [panels][vectors][16]
  const std::int32_t* offsets;  // -128 times the sum of an output's weights
};

// Where an int8 product puts the rows that it takes, each as bytes and a scale: x stands for
// (byte - 128) * scale. Rows are `stride` bytes apart, a multiple of 16 that is at least the depth.
struct QuantizedRows {
  std::uint8_t* bytes;
  std::size_t stride;
  float* scales;
};
inline constexpr int kByteOfZero = 128;
// The largest magnitude of a row, or of an output's weights, becomes this whole number.
inline constexpr float kMostByte = 127;
// Adding it to a small float leaves the nearest whole number, ties to even, in the lowest bits.
inline constexpr float kToWhole = 0x1.8p23F;
// An int8 product adds up to so many k exactly in 32 bits.
inline constexpr std::size_t kMostInt8Depth = 65536;

// c[r] = init[r] + a[r] . W; init and c are [panels][vectors][16] per row. init_row_stride 0 gives
// every row the same start (the bias). c may be init.
//
// float32 and bfloat16: each element is one chain of fused multiply-adds in ascending k that starts
// at init. int8: fma(sum, row scale * weight scale, init), where the sum of byte products is exact
// and rounded once to float.
struct MatmulArgs {
  const float* a;
  std::size_t a_row_stride;
  std::size_t rows;
  std::size_t depth;
  Weights weights;
  QuantizedRows quantized;  // of int8 alone; room for all rows
  std::size_t panels;
  std::size_t vectors;  // 1 (dense) or 4 (the gates of an LSTM)
  const float* init;
  std::size_t init_row_stride;
  float* c;
  std::size_t c_row_stride;
};

// A row of an LSTM's step. `next` must not be `hidden`, which all units are read from.
struct LstmRow {
  const float* start;   // [panels][4][16], where the gates' chains start: bias and input part
  const float* hidden;  // [depth]
  float* cell;          // [panels][16], in place
  float* next;          // [panels][16], the new hidden state
  const float* ahead;   // [panels][4][16], `start` of a step to come, or once more this one's
};

// One step of an LSTM for panels [first_panel, end_panel) of 16 units. Gates, order i, f, g, o, are
// start + hidden . W, as in a product of 4 vectors; then c = fma(f, c, i * g),
// h = o * output_activation(c).
struct LstmStepArgs {
  const LstmRow* rows;
  std::size_t count;
  std::size_t depth;
  Weights weights;
  QuantizedRows quantized;  // of int8 alone; room for all rows
  std::size_t first_panel;
  std::size_t end_panel;
  ActivationFn activation;            // of g
  ActivationFn recurrent_activation;  // of i, f, o
  ActivationFn output_activation;     // of the cell
  float clip;                         // pre-activations are clipped to [-clip, clip]; 0: not
};

// Partial log-sum-exp: log(sum exp x) = max + log(sum). The identity is (-inf, 0).
struct LogSum {
  double max;
  double sum;
};

// A sum of doubles, exactly: units[k] * 2^(exponent - k * kFixedUnitBits), for all k. `exact` is
// false, and the rest has no meaning, for values that are not finite, very large or very small, or
// too far apart: all but those within about 100 binary orders of magnitude of the largest.
inline constexpr std::size_t kFixedUnits = 3;
inline constexpr int kFixedUnitBits = 52;
inline constexpr std::size_t kFixedSumMost = 2048;  // values of one sum
struct FixedSum {
  std::int64_t units[kFixedUnits];
  int exponent;
  bool exact;
};

// Sums over samples of t = fl(w * loss), fl(t * t), w, fl(w * w) and fl(w * t). A weight of zero
// makes every term zero, even of an infinite loss.
struct LossMomentSums {
  FixedSum loss;
  FixedSum loss_squared;
  FixedSum weight;
  FixedSum weight_squared;
  FixedSum weight_loss;
};

// Pairs of labels least + i, least + j, with i and j below 2^bits, are counted in cell (i, j) of a
// table of 2^bits x 2^bits; the tables, of which some may be one, are taken in turn, so that
// neighbours need not wait for each other. `step` is 1, or -1 to take counts back.
struct PairCountArgs {
  const std::int64_t* rows;
  const std::int64_t* columns;
  std::size_t n;
  std::int64_t least;
  unsigned bits;
  std::uint32_t* tables[4];
  std::uint32_t step;
};

struct AboveCount {
  std::size_t count;
  bool finite;  // no value is NaN or infinite
};

// Samples of two classes: labels, each `negative` or `positive`, and probabilities of the positive
// one. `misses` are 1 - hits, rounded as the dtype they came in has it; null: to double. The
// logarithm is that of a probability clipped to [least, most].
struct TwoClassArgs {
  const std::int64_t* labels;
  std::int64_t negative;
  std::int64_t positive;
  const double* hits;
  const double* misses;
  std::size_t n;
  double least;
  double most;
  double* losses;
};

struct TwoClassFacts {
  std::size_t positives;
  bool known;    // every label is one of the two
  bool between;  // every probability is from 0 to 1
};

struct Table {
  const char* name;

  // Element by element; x and y may be the same.
  void (*exp_f32)(const float* x, float* y, std::size_t n) noexcept;
  void (*sigmoid_f32)(const float* x, float* y, std::size_t n) noexcept;
  void (*tanh_f32)(const float* x, float* y, std::size_t n) noexcept;
  void (*exp_f64)(const double* x, double* y, std::size_t n) noexcept;
  void (*log_f64)(const double* x, double* y, std::size_t n) noexcept;
  void (*activate_f32)(const ActivationFn& function, const float* x, float* y,
                       std::size_t n) noexcept;

  void (*matmul)(const MatmulArgs& args) noexcept;
  void (*lstm_step)(const LstmStepArgs& args) noexcept;

  // Over one row: 16 partial results, element i in lane i mod 16, folded 8+8, 4+4, 2+2, 1+1.
  float (*sum_f32)(const float* x, std::size_t n) noexcept;
  double (*sum_f64)(const double* x, std::size_t n) noexcept;
  // The largest value; NaN if any is NaN; -inf when empty; +0 over -0 by first occurrence order
  // never matters: -0 and +0 give +0 when any +0 is present.
  float (*max_f32)(const float* x, std::size_t n) noexcept;
  double (*max_f64)(const double* x, std::size_t n) noexcept;
  // The lowest index of the largest value; NaN never wins; 0 when empty or all NaN.
  std::size_t (*argmax_f32)(const float* x, std::size_t n) noexcept;
  std::size_t (*argmax_f64)(const double* x, std::size_t n) noexcept;
  // How many values are greater than the bound; none where one of the two is NaN.
  AboveCount (*count_above_f32)(const float* x, std::size_t n, float bound) noexcept;
  AboveCount (*count_above_f64)(const double* x, std::size_t n, double bound) noexcept;
  // exp(x - max) / sum; y may be x.
  void (*softmax_f32)(const float* x, float* y, std::size_t n) noexcept;
  void (*softmax_f64)(const double* x, double* y, std::size_t n) noexcept;
  // Tiles of kLogSumTile, combined left to right.
  LogSum (*log_sum_exp_f32)(const float* x, std::size_t n) noexcept;
  LogSum (*log_sum_exp_f64)(const double* x, std::size_t n) noexcept;
  // Combine two neighbouring pieces: left first.
  LogSum (*combine_log_sums)(LogSum left, LogSum right) noexcept;

  // All bits of all i and j. When it is not below 2^bits, some label was out of range and some cell
  // is wrong: the same call with the opposite step takes everything back.
  std::uint64_t (*count_pairs)(const PairCountArgs& args) noexcept;
  // The same in one table of 16 bits a cell, and as many for what is carried out of them.
  std::uint64_t (*count_pairs_short)(const PairCountArgs& args, std::uint16_t* table,
                                     std::uint16_t* carries) noexcept;
  // The bits of all values in one word: an upper bound when it is not negative.
  std::uint64_t (*all_bits)(const std::int64_t* x, std::size_t n) noexcept;
  std::size_t (*count_equal)(const std::int64_t* a, const std::int64_t* b, std::size_t n) noexcept;
  // The bits of each score, upside down below zero: integers in the order of the scores, -0 being
  // +0. False, and the keys of no use, when a score is NaN or infinite.
  bool (*score_keys)(const double* x, std::size_t n, std::uint64_t* keys) noexcept;
  // Each float16 as the float that it is; NaN as some NaN.
  void (*widen_f16)(const std::uint16_t* x, std::size_t n, float* y) noexcept;

  // At most kFixedSumMost values. Without weights (null) only the first two sums are set, of the
  // losses as they are.
  FixedSum (*fixed_sum)(const double* x, std::size_t n) noexcept;
  void (*loss_moments)(const double* losses, const double* weights, std::size_t n,
                       LossMomentSums* sums) noexcept;

  // Sums of rows, 16 partial ones as above; false when some value is not from 0 to 1.
  bool (*probability_rows_f32)(const float* x, std::size_t rows, std::size_t columns,
                               std::size_t row_stride, double* sums) noexcept;
  bool (*probability_rows_f64)(const double* x, std::size_t rows, std::size_t columns,
                               std::size_t row_stride, double* sums) noexcept;
  // -log of the probability of the true class, and the squared errors of both classes. When a fact
  // does not hold the losses have no meaning.
  TwoClassFacts (*two_class_log_loss)(const TwoClassArgs& args) noexcept;
  TwoClassFacts (*two_class_brier)(const TwoClassArgs& args) noexcept;
};

}  // namespace lstmetrics::kernels
