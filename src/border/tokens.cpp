#include "border/tokens.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "border/errors.hpp"
#include "border/gil.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/runtime/fp_environment.hpp"

namespace lstmetrics::border {

namespace formulas = metrics::formulas;
using metrics::TokenLoss;
using metrics::TokenOptions;

TokenArrays::TokenArrays(PyObject* logits, PyObject* targets, PyObject* mask,
                         PyObject* sample_weight)
    : logits_buffer_(logits, "logits"),
      targets_buffer_(targets, "targets"),
      matrix_(logits_buffer_.matrix()),
      targets_(targets_buffer_.column()),
      mask_(mask, "mask"),
      weights_(sample_weight, "sample_weight") {}

TokenOptions TokenArrays::options(bool log_probabilities, PyObject* ignore_index) const {
  TokenOptions options;
  options.log_probabilities = log_probabilities;
  options.mask = mask_.get();
  options.weights = weights_.get();
  if (ignore_index != Py_None) {
    options.ignore_index = PyLong_AsLongLong(ignore_index);
    if (PyErr_Occurred() != nullptr) throw PythonError();
  }
  return options;
}

namespace {

TokenLoss blank_for(const TokenQuestion& question) {
  return question.metric == TokenMetric::top_k_accuracy ? TokenLoss({question.k}) : TokenLoss();
}

void set_text(TokenMetric metric, std::int64_t text, TokenOptions& options) {
  if (metric == TokenMetric::bits_per_character) options.characters = text;
  if (metric == TokenMetric::bits_per_byte) options.bytes = text;
}

double value_of(TokenMetric metric, const metrics::TokenSums& sums) {
  switch (metric) {
    case TokenMetric::cross_entropy:
      return formulas::cross_entropy(sums);
    case TokenMetric::total:
      return formulas::total_loss(sums.nll);
    case TokenMetric::perplexity:
      return formulas::perplexity(sums);
    case TokenMetric::bits_per_token:
      return formulas::bits_per_token(sums);
    case TokenMetric::bits_per_character:
      return formulas::bits_per_character(sums);
    case TokenMetric::bits_per_byte:
      return formulas::bits_per_byte(sums);
    case TokenMetric::token_accuracy:
      return formulas::token_accuracy(sums);
    case TokenMetric::top_k_accuracy:
      return formulas::top_k_accuracy(sums, 0);
  }
  throw InvalidValue("unknown metric");
}

const Buffer& check_out(const Buffer& out, DType dtype, std::size_t items) {
  if (out.dtype() != dtype || !out.is_contiguous() || out.items() != items) {
    throw ShapeError("out: expected a contiguous array of another dtype or size");
  }
  return out;
}

// The numbers of characters or bytes of all sequences; zeros where there are none.
std::vector<std::int64_t> read_text(PyObject* text, std::size_t sequences) {
  std::vector<std::int64_t> numbers(sequences);
  if (text == Py_None) return numbers;
  const Buffer buffer(text, "lengths of text");
  const Column column = buffer.column();
  if (column.size != sequences) throw ShapeError("expected a length of text for each sequence");
  metrics::IntegerReader reader(column, "lengths of text");
  for (std::size_t begin = 0; begin < sequences; begin += metrics::kBlock) {
    const std::size_t n = std::min(metrics::kBlock, sequences - begin);
    std::copy_n(reader.block(begin, n), n, numbers.data() + begin);
  }
  return numbers;
}

}  // namespace

double token_metric(const TokenQuestion& question, PyObject* logits, PyObject* targets,
                    PyObject* mask, PyObject* sample_weight, PyObject* ignore_index,
                    std::int64_t text) {
  const TokenArrays arrays(logits, targets, mask, sample_weight);
  TokenOptions options = arrays.options(question.log_probabilities, ignore_index);
  set_text(question.metric, text, options);
  double value = 0.0;
  unlocked(arrays.items(), [&] {
    runtime::enter([&] {
      TokenLoss state = blank_for(question);
      state.update_logits(arrays.matrix(), arrays.targets(), options);
      value = value_of(question.metric, state.result());
    });
  });
  return value;
}

void token_metric_by_sequence(const TokenQuestion& question, PyObject* logits, PyObject* targets,
                              PyObject* mask, PyObject* sample_weight, PyObject* ignore_index,
                              PyObject* text, PyObject* out) {
  const TokenArrays arrays(logits, targets, mask, sample_weight);
  const TokenOptions options = arrays.options(question.log_probabilities, ignore_index);
  const Buffer values(out, "out", Access::write);
  const std::size_t sequences = check_out(values, DType::float64, values.items()).items();
  const std::vector<std::int64_t> lengths = read_text(text, sequences);
  if (sequences == 0) return;
  unlocked(arrays.items(), [&] {
    runtime::enter([&] {
      std::size_t sequence = 0;
      metrics::for_each_sequence(
          arrays.matrix(), arrays.targets(), options, sequences,
          [&](const Matrix& rows, const Column& column, TokenOptions part) {
            set_text(question.metric, lengths[sequence], part);
            try {
              TokenLoss state = blank_for(question);
              state.update_logits(rows, column, part);
              static_cast<double*>(values.data())[sequence] =
                  value_of(question.metric, state.result());
            } catch (const InvalidValue& error) {
              throw InvalidValue("sequence " + std::to_string(sequence) + ": " + error.what());
            }
            ++sequence;
          });
    });
  });
}

void token_nll(PyObject* logits, PyObject* targets, PyObject* mask, PyObject* sample_weight,
               bool log_probabilities, PyObject* ignore_index, PyObject* out) {
  const TokenArrays arrays(logits, targets, mask, sample_weight);
  const TokenOptions options = arrays.options(log_probabilities, ignore_index);
  const Buffer buffer(out, "out", Access::write);
  auto* losses =
      static_cast<double*>(check_out(buffer, DType::float64, arrays.matrix().rows).data());
  unlocked(arrays.items(), [&] {
    runtime::enter([&] { metrics::token_nll(arrays.matrix(), arrays.targets(), options, losses); });
  });
}

void token_hits(PyObject* logits, PyObject* targets, PyObject* mask, bool log_probabilities,
                PyObject* ignore_index, std::int64_t k, PyObject* out) {
  const TokenArrays arrays(logits, targets, mask, Py_None);
  const TokenOptions options = arrays.options(log_probabilities, ignore_index);
  const Buffer buffer(out, "out", Access::write);
  auto* hits =
      static_cast<std::uint8_t*>(check_out(buffer, DType::boolean, arrays.matrix().rows).data());
  unlocked(arrays.items(), [&] {
    runtime::enter(
        [&] { metrics::token_hits(arrays.matrix(), arrays.targets(), options, k, hits); });
  });
}

}  // namespace lstmetrics::border
