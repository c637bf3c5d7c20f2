// Metrics of language models: the arguments of one call, and the one-shot calls.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>

#include "border/buffer.hpp"
#include "border/losses.hpp"
#include "lstmetrics/metrics/token_loss.hpp"

namespace lstmetrics::border {

// Logits (tokens x vocabulary), targets, a mask and weights.
class TokenArrays {
 public:
  TokenArrays(PyObject* logits, PyObject* targets, PyObject* mask, PyObject* sample_weight);
  std::size_t items() const noexcept { return matrix_.rows * matrix_.columns; }
  const Matrix& matrix() const noexcept { return matrix_; }
  const Column& targets() const noexcept { return targets_; }
  // `ignore_index` is an int or None.
  metrics::TokenOptions options(bool log_probabilities, PyObject* ignore_index) const;

 private:
  Buffer logits_buffer_;
  Buffer targets_buffer_;
  Matrix matrix_;
  Column targets_;
  OptionalColumn mask_;
  OptionalColumn weights_;
};

enum class TokenMetric : std::uint8_t {
  cross_entropy,
  total,
  perplexity,
  bits_per_token,
  bits_per_character,
  bits_per_byte,
  token_accuracy,
  top_k_accuracy,
};

struct TokenQuestion {
  TokenMetric metric = TokenMetric::cross_entropy;
  std::int64_t k = 1;  // of top-k accuracy
  bool log_probabilities = false;
};

// `text` is the number of characters or bytes, where the metric is of them.
double token_metric(const TokenQuestion& question, PyObject* logits, PyObject* targets,
                    PyObject* mask, PyObject* sample_weight, PyObject* ignore_index,
                    std::int64_t text);
// For each of as many sequences of equal length as `out`, contiguous float64, has items. `text` has
// a number for each, or is None.
void token_metric_by_sequence(const TokenQuestion& question, PyObject* logits, PyObject* targets,
                              PyObject* mask, PyObject* sample_weight, PyObject* ignore_index,
                              PyObject* text, PyObject* out);

// The loss of each token, times its weight, into `out`, a contiguous array of float64.
void token_nll(PyObject* logits, PyObject* targets, PyObject* mask, PyObject* sample_weight,
               bool log_probabilities, PyObject* ignore_index, PyObject* out);
// Whether each token was among the k likeliest, into `out`, a contiguous array of booleans.
void token_hits(PyObject* logits, PyObject* targets, PyObject* mask, bool log_probabilities,
                PyObject* ignore_index, std::int64_t k, PyObject* out);

}  // namespace lstmetrics::border
