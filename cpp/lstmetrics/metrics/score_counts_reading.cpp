#include "lstmetrics/metrics/score_counts_reading.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr float kFloatInfinity = std::numeric_limits<float>::infinity();

[[noreturn]] void refuse_label(const LabelColumn& column, std::size_t index,
                               const std::string& label, const LabelSet& labels) {
  throw InvalidValue(std::string(column.name) + " contains values [" + label +
                     "] not belonging to the passed labels " + labels.names() + " (" +
                     place(column.name, index) + ")");
}

}  // namespace

TrueLabels::TrueLabels(const LabelColumn& column, const LabelSet& labels)
    : column_(column), labels_(labels) {
  if (holds_numbers(column)) return;
  codes_.reserve(column.size());
  for (std::size_t begin = 0; begin < column.size(); begin += kSegment) {
    const std::size_t n = std::min(kSegment, column.size() - begin);
    const std::vector<std::uint32_t> codes = encode_among(column, labels, begin, n);
    codes_.insert(codes_.end(), codes.begin(), codes.end());
  }
}

GroupReader::GroupReader(const ScoreInput& input, const TrueLabels* labels)
    : input_(input), labels_(labels) {
  if (labels != nullptr && labels->codes() == nullptr) numbers_.emplace(labels->column());
}

const std::uint32_t* GroupReader::block(std::size_t column, std::size_t begin, std::size_t n) {
  if (labels_ == nullptr) {
    indicators(column, begin, n);
    return groups_.data();
  }
  const std::uint32_t* const codes = this->codes(begin, n);
  if (input_.parameters.true_classes) return codes;
  const bool binary = input_.parameters.task == ScoreTask::binary;
  const auto positive = static_cast<std::uint32_t>(binary ? input_.parameters.positive
                                                          : static_cast<std::ptrdiff_t>(column));
  if (binary && positive == 1 && input_.parameters.labels.size() == 2) return codes;
  for (std::size_t i = 0; i < n; ++i) groups_[i] = codes[i] == positive ? 1 : 0;
  return groups_.data();
}

const std::uint32_t* GroupReader::codes(std::size_t begin, std::size_t n) {
  if (!numbers_) return labels_->codes() + begin;
  if (codes_begin_ != begin) number_codes(begin, n);
  codes_begin_ = begin;
  return codes_.data();
}

void GroupReader::number_codes(std::size_t begin, std::size_t n) {
  const std::int64_t* const values = numbers_->block(begin, n);
  const LabelSet& labels = labels_->labels();
  const std::vector<std::int64_t>& sorted = labels.integers();
  const std::uint64_t size = sorted.size();
  const auto first = static_cast<std::uint64_t>(sorted.empty() ? 0 : sorted.front());
  const bool range = size > 0 && static_cast<std::uint64_t>(sorted.back()) - first == size - 1;
  std::uint64_t bits = 0;  // of all codes: below `size` if they are
  if (range) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t code = static_cast<std::uint64_t>(values[i]) - first;
      bits |= code;
      codes_[i] = static_cast<std::uint32_t>(code);
    }
    if (bits < size) return;
  }
  bool known = true;
  for (std::size_t i = 0; i < n; ++i) {
    const std::ptrdiff_t code = labels.index_of(values[i]);
    known &= code != kAbsent;
    codes_[i] = static_cast<std::uint32_t>(code);
  }
  if (known) return;
  std::size_t i = 0;
  while (labels.index_of(values[i]) != kAbsent) ++i;
  refuse_label(labels_->column(), begin + i, std::to_string(values[i]), labels);
}

void GroupReader::indicators(std::size_t column, std::size_t begin, std::size_t n) {
  DoubleReader reader(column_of(*input_.indicators, column), "y_true");
  const double* const values = reader.block(begin, n);
  bool good = true;
  for (std::size_t i = 0; i < n; ++i) {
    good &= values[i] == 0 || values[i] == 1;
    groups_[i] = values[i] == 1 ? 1 : 0;
  }
  if (good) return;
  std::size_t i = 0;
  while (values[i] == 0 || values[i] == 1) ++i;
  throw InvalidValue("y_true[" + std::to_string(begin + i) + ", " + std::to_string(column) +
                     "] is " + number_text(values[i]) + ": expected 0 or 1");
}

KeyReader::KeyReader(const ScoreInput& input, std::size_t column)
    : input_(input),
      column_(column),
      kernels_(kernels::table()),
      reader_(column_of(input.scores, column), "y_score") {}

ScoreKey KeyReader::at(std::size_t index) {
  const double score = *reader_.block(index, 1);
  return input_.parameters.limits.map == KeyMap::any ? any_key(score) : probability_key(score);
}

const ScoreKey* KeyReader::block(std::size_t begin, std::size_t n) {
  const double* const scores = reader_.block(begin, n);
  bool good = true;
  if (input_.parameters.limits.map == KeyMap::probability) {
    for (std::size_t i = 0; i < n; ++i) {
      good &= scores[i] >= 0 && scores[i] <= 1;
      keys_[i] = probability_key(scores[i]);
    }
  } else if (!kernels_.score_keys(scores, n, keys_.data())) {
    good = !input_.options.finite_scores;
    for (std::size_t i = 0; i < n; ++i) {
      good &= scores[i] == scores[i];
      keys_[i] = any_key(scores[i]);
    }
  }
  const DType dtype = input_.scores.dtype;
  if (dtype == DType::int64 || dtype == DType::uint64) {
    for (std::size_t i = 0; i < n; ++i) good &= std::abs(scores[i]) < 0x1p53;
  }
  if (!good) refuse(scores, begin, n);
  return keys_.data();
}

NarrowKeyReader::NarrowKeyReader(const ScoreInput& input, std::size_t column)
    : scores_(column_of(input.scores, column)), wide_(input, column) {}

bool NarrowKeyReader::reads(const ScoreInput& input) noexcept {
  return input.parameters.limits.map == KeyMap::any &&
         with_narrow_float(input.scores.dtype, [](auto) {});
}

void NarrowKeyReader::read(std::size_t begin, std::size_t n) {
  constexpr NarrowKey kCarry = detail::kNarrowSignBit - std::bit_cast<NarrowKey>(kFloatInfinity);
  NarrowKey beyond = 0;  // the sign bit is that of some infinity or NaN
  with_narrow_float(scores_.dtype, [&](auto element) {
    for_each_item<decltype(element)>(scores_, begin, n, [&](std::size_t i, float score) {
      keys_[i] = narrow_key(score);
      beyond |= (std::bit_cast<NarrowKey>(score) & ~detail::kNarrowSignBit) + kCarry;
    });
  });
  finite_ = (beyond & detail::kNarrowSignBit) == 0;
}

NarrowKey NarrowKeyReader::at(std::size_t index) {
  read(index, 1);
  return keys_[0];
}

const NarrowKey* NarrowKeyReader::block(std::size_t begin, std::size_t n) {
  read(begin, n);
  if (!finite_) wide_.block(begin, n);  // refuses what is not allowed
  return keys_.data();
}

bool KeyReader::accepts(double score) const noexcept {
  const DType dtype = input_.scores.dtype;
  if ((dtype == DType::int64 || dtype == DType::uint64) && !(std::abs(score) < 0x1p53)) {
    return false;
  }
  if (input_.parameters.limits.map == KeyMap::probability) return score >= 0 && score <= 1;
  return score == score && (!input_.options.finite_scores || std::abs(score) < kInfinity);
}

void KeyReader::refuse(const double* scores, std::size_t begin, std::size_t n) const {
  const double* const score =
      std::find_if_not(scores, scores + n, [&](double x) { return accepts(x); });
  const std::size_t row = begin + static_cast<std::size_t>(score - scores);
  const std::string where =
      input_.parameters.columns == 1
          ? place("y_score", row)
          : "y_score[" + std::to_string(row) + ", " + std::to_string(column_) + "]";
  if (input_.parameters.limits.map == KeyMap::probability) {
    throw InvalidValue(where + " is " + number_text(*score) + ": probabilities lie within [0, 1]");
  }
  if (std::abs(*score) >= 0x1p53 && std::abs(*score) < kInfinity) {
    throw UnsupportedError(where + " is " + number_text(*score) +
                           ": integer scores beyond 2^53 are not told apart; convert them to "
                           "floats if that is good enough");
  }
  throw InvalidValue(where + " is " + number_text(*score) + ": scores must be " +
                     (input_.options.finite_scores ? "finite" : "numbers"));
}

}  // namespace lstmetrics::metrics
