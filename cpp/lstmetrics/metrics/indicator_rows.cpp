#include "lstmetrics/metrics/indicator_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/strided.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kRowBlockBytes = std::size_t{1} << 14;    // a block by rows: in the L1 cache
constexpr std::size_t kLabelBlockBytes = std::size_t{1} << 16;  // long pieces of columns
constexpr std::size_t kWord = 8;                                // bytes that are added at once
// Sums of bytes stay below 256 over so many of them.
constexpr std::size_t kMostInByte = 255;
constexpr std::size_t kWordsPerSum = kMostInByte / kWord;
// Items that are added side by side, and the rows they belong to.
constexpr std::size_t kSideBySide = 256;

// ---- reading --------------------------------------------------------------------------------

// Whole rows or columns as bytes; false when some item is neither 0 nor 1.
template <class E, bool kDense>
bool narrow(const Column& items, std::uint8_t* out, std::size_t step) {
  using T = decltype(E::load(items.data));
  if constexpr (std::is_floating_point_v<T>) {
    bool good = true;
    for_each_item<E>(items, 0, items.size, [&](std::size_t i, T value) {
      good &= value == 0 || value == 1;
      out[kDense ? i : i * step] = value == 1 ? 1 : 0;
    });
    return good;
  } else {
    T bits = 0;
    for_each_item<E>(items, 0, items.size, [&](std::size_t i, T value) {
      bits = static_cast<T>(bits | value);
      out[kDense ? i : i * step] = static_cast<std::uint8_t>(value);
    });
    return (bits & static_cast<T>(~T{1})) == 0;
  }
}

bool narrow(const Column& items, std::uint8_t* out, std::size_t step) {
  bool good = true;
  with_number(items.dtype, [&](auto element) {
    using E = decltype(element);
    good = step == 1 ? narrow<E, true>(items, out, 1) : narrow<E, false>(items, out, step);
  });
  return good;
}

Column row_of(const Matrix& matrix, std::size_t row) {
  return {matrix.data + static_cast<std::ptrdiff_t>(row) * matrix.row_stride, matrix.dtype,
          matrix.columns, matrix.column_stride, matrix.item_size};
}

Column column_of(const Matrix& matrix, std::size_t column, std::size_t begin, std::size_t n) {
  return {matrix.data + static_cast<std::ptrdiff_t>(begin) * matrix.row_stride +
              static_cast<std::ptrdiff_t>(column) * matrix.column_stride,
          matrix.dtype, n, matrix.row_stride, matrix.item_size};
}

// Whether whole rows lie one behind the other without gaps.
bool is_packed(const Matrix& matrix) {
  const auto size = static_cast<std::ptrdiff_t>(matrix.item_size);
  return matrix.column_stride == size &&
         matrix.row_stride == static_cast<std::ptrdiff_t>(matrix.columns) * size;
}

bool lies_by_label(const Matrix& matrix) {
  return std::abs(matrix.row_stride) < std::abs(matrix.column_stride);
}

[[noreturn]] void refuse(const Matrix& matrix, std::string_view name, std::size_t begin,
                         std::size_t n) {
  for (std::size_t row = begin; row < begin + n; ++row) {
    const Column items = row_of(matrix, row);
    with_number(matrix.dtype, [&](auto element) {
      for_each_item<decltype(element)>(items, 0, items.size, [&](std::size_t label, auto value) {
        if (value == 0 || value == 1) return;
        throw InvalidValue(std::string(name) + "[" + std::to_string(row) + ", " +
                           std::to_string(label) + "] is " +
                           number_text(static_cast<double>(value)) +
                           ": an indicator is 1 where a sample has a label, else 0");
      });
    });
  }
  throw InvalidValue(std::string(name) + " holds other values than 0 and 1");
}

// ---- counting rows --------------------------------------------------------------------------

std::uint64_t word_at(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWord);
  return word;
}

// A word of which the first n bytes are all ones.
std::uint64_t first_bytes(std::size_t n) {
  std::uint8_t bytes[kWord] = {};
  std::fill_n(bytes, n, std::uint8_t{0xFF});
  return word_at(bytes);
}

// The sum of eight bytes, below 256.
std::uint32_t sum_of(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes * 0x0101010101010101u) >> 56);
}

// A row of bytes that fit into `kWords` words, whose last one is masked.
template <std::size_t kWords>
void count_short_rows(const std::uint8_t* truth, const std::uint8_t* predicted, std::size_t labels,
                      std::uint64_t mask, std::size_t n, RowCounts* out) {
  for (std::size_t i = 0; i < n; ++i, truth += labels, predicted += labels) {
    std::uint64_t t = word_at(truth + kWord * (kWords - 1)) & mask;
    std::uint64_t p = word_at(predicted + kWord * (kWords - 1)) & mask;
    std::uint64_t tp = t & p;
    for (std::size_t word = 0; word + 1 < kWords; ++word) {
      const std::uint64_t a = word_at(truth + kWord * word);
      const std::uint64_t b = word_at(predicted + kWord * word);
      t += a;
      p += b;
      tp += a & b;
    }
    out[i] = {sum_of(tp), sum_of(p), sum_of(t)};
  }
}

void count_long_row(const std::uint8_t* truth, const std::uint8_t* predicted, std::size_t labels,
                    std::uint64_t mask, RowCounts& out) {
  out = {};
  const std::size_t words = (labels + kWord - 1) / kWord;
  for (std::size_t word = 0; word < words;) {
    std::uint64_t t = 0;
    std::uint64_t p = 0;
    std::uint64_t tp = 0;
    for (const std::size_t end = std::min(words, word + kWordsPerSum); word < end; ++word) {
      const std::uint64_t used = word + 1 == words ? mask : ~std::uint64_t{0};
      const std::uint64_t a = word_at(truth + kWord * word) & used;
      const std::uint64_t b = word_at(predicted + kWord * word) & used;
      t += a;
      p += b;
      tp += a & b;
    }
    out.tp += sum_of(tp);
    out.predicted += sum_of(p);
    out.actual += sum_of(t);
  }
}

// ---- counting labels ------------------------------------------------------------------------

struct ByteSums {
  std::uint8_t* tp;
  std::uint8_t* predicted;
  std::uint8_t* actual;
};

// sums[i] += bytes i, i + n, i + 2n, ...
void add_bytes(const std::uint8_t* truth, const std::uint8_t* predicted, std::size_t n,
               std::size_t rounds, const ByteSums& sums) {
  std::uint8_t* __restrict tp = sums.tp;
  std::uint8_t* __restrict p = sums.predicted;
  std::uint8_t* __restrict t = sums.actual;
  for (std::size_t round = 0; round < rounds; ++round, truth += n, predicted += n) {
    for (std::size_t i = 0; i < n; ++i) {
      tp[i] = static_cast<std::uint8_t>(tp[i] + (truth[i] & predicted[i]));
      p[i] = static_cast<std::uint8_t>(p[i] + predicted[i]);
      t[i] = static_cast<std::uint8_t>(t[i] + truth[i]);
    }
  }
}

LabelCounts count_label(const std::uint8_t* truth, const std::uint8_t* predicted, std::size_t n) {
  std::uint32_t tp = 0;
  std::uint32_t p = 0;
  std::uint32_t t = 0;
  for (std::size_t i = 0; i < n; ++i) {
    tp += truth[i] & predicted[i];
    p += predicted[i];
    t += truth[i];
  }
  return {tp, p, t};
}

}  // namespace

void read_indicator(const Matrix& matrix, std::string_view name, std::size_t begin, std::size_t n,
                    std::uint8_t* out) {
  bool good = true;
  for (std::size_t i = 0; i < n; ++i) {
    good &= narrow(row_of(matrix, begin + i), out + i * matrix.columns, 1);
  }
  if (!good) refuse(matrix, name, begin, n);
}

IndicatorPair::IndicatorPair(const Matrix& y_true, const Matrix& y_pred)
    : truth_{y_true, "y_true", {}},
      predicted_{y_pred, "y_pred", {}},
      labels_(y_true.columns),
      by_label_(lies_by_label(y_true) && lies_by_label(y_pred)) {
  check_same_size({{"y_true", y_true.rows}, {"y_pred", y_pred.rows}});
  for (const Side* side : {&truth_, &predicted_}) {
    check_numbers(side->matrix.dtype, side->name);
  }
  if (y_true.columns != y_pred.columns) {
    throw ShapeError("Multi-label binary indicator input with different numbers of labels");
  }
  if (labels_ == 0) throw ShapeError("y_true has no labels: an indicator has one column for each");
  if (labels_ > kMostLabels) {
    throw UnsupportedError("y_true has " + std::to_string(labels_) + " labels, more than the " +
                           std::to_string(kMostLabels) + " that are counted");
  }
  const std::size_t bytes = by_label_ ? kLabelBlockBytes : kRowBlockBytes;
  block_rows_ = std::clamp(bytes / labels_, std::size_t{1}, kBlock);
  const std::size_t block = std::min(block_rows_, rows());
  truth_.bytes.resize(block * labels_ + kWord);
  predicted_.bytes.resize(block * labels_ + kWord);
  row_counts_.resize(block);
}

IndicatorBlock IndicatorPair::block_of(const Side& side) const noexcept {
  return by_label_ ? IndicatorBlock{side.bytes.data(), 1, read_rows_}
                   : IndicatorBlock{side.bytes.data(), labels_, 1};
}

void IndicatorPair::read(Side& side, std::size_t begin) const {
  const Matrix& matrix = side.matrix;
  const IndicatorBlock block = block_of(side);
  bool good = true;
  if (!by_label_ && is_packed(matrix)) {
    Column items = row_of(matrix, begin);
    items.size = read_rows_ * labels_;
    good = narrow(items, side.bytes.data(), 1);
  } else if (!by_label_ && !lies_by_label(matrix)) {
    for (std::size_t i = 0; i < read_rows_; ++i) {
      good &= narrow(row_of(matrix, begin + i), side.bytes.data() + i * block.row_step, 1);
    }
  } else {
    for (std::size_t label = 0; label < labels_; ++label) {
      good &= narrow(column_of(matrix, label, begin, read_rows_),
                     side.bytes.data() + label * block.label_step, block.row_step);
    }
  }
  if (!good) refuse(matrix, side.name, begin, read_rows_);
}

void IndicatorPair::read(std::size_t begin, std::size_t n) {
  read_rows_ = n;
  read(truth_, begin);
  read(predicted_, begin);
  if (by_label_)
    count_rows_by_label();
  else
    count_rows();
}

void IndicatorPair::count_rows() {
  const std::uint8_t* truth = truth_.bytes.data();
  const std::uint8_t* predicted = predicted_.bytes.data();
  const std::uint64_t mask = first_bytes((labels_ - 1) % kWord + 1);
  const auto short_rows = [&](auto words) {
    count_short_rows<words.value>(truth, predicted, labels_, mask, read_rows_, row_counts_.data());
  };
  switch ((labels_ + kWord - 1) / kWord) {
    case 1:
      return short_rows(std::integral_constant<std::size_t, 1>{});
    case 2:
      return short_rows(std::integral_constant<std::size_t, 2>{});
    case 3:
      return short_rows(std::integral_constant<std::size_t, 3>{});
    case 4:
      return short_rows(std::integral_constant<std::size_t, 4>{});
    default:
      for (std::size_t i = 0; i < read_rows_; ++i) {
        count_long_row(truth + i * labels_, predicted + i * labels_, labels_, mask, row_counts_[i]);
      }
  }
}

void IndicatorPair::count_rows_by_label() {
  const std::size_t n = read_rows_;
  std::fill_n(row_counts_.begin(), n, RowCounts{});
  sums_.resize(3 * n);
  const ByteSums sums{sums_.data(), sums_.data() + n, sums_.data() + 2 * n};
  for (std::size_t label = 0; label < labels_; label += kMostInByte) {
    std::fill(sums_.begin(), sums_.end(), std::uint8_t{0});
    add_bytes(truth_.bytes.data() + label * n, predicted_.bytes.data() + label * n, n,
              std::min(kMostInByte, labels_ - label), sums);
    for (std::size_t i = 0; i < n; ++i) {
      row_counts_[i].tp += sums.tp[i];
      row_counts_[i].predicted += sums.predicted[i];
      row_counts_[i].actual += sums.actual[i];
    }
  }
}

void IndicatorPair::add_labels(std::vector<LabelCounts>& labels) {
  const auto add = [&](std::size_t label, const LabelCounts& counts) {
    labels[label].tp += counts.tp;
    labels[label].predicted += counts.predicted;
    labels[label].actual += counts.actual;
  };
  const std::uint8_t* truth = truth_.bytes.data();
  const std::uint8_t* predicted = predicted_.bytes.data();
  const std::size_t n = read_rows_;
  if (by_label_) {
    for (std::size_t label = 0; label < labels_; ++label) {
      add(label, count_label(truth + label * n, predicted + label * n, n));
    }
    return;
  }
  // Several rows side by side, so that short ones fill the registers too.
  const std::size_t together = std::max<std::size_t>(1, kSideBySide / labels_);
  const std::size_t width = together * labels_;
  sums_.assign(3 * width, 0);
  const ByteSums sums{sums_.data(), sums_.data() + width, sums_.data() + 2 * width};
  const std::size_t rounds = n / together;
  const std::size_t done = rounds * width;
  add_bytes(truth, predicted, width, rounds, sums);
  add_bytes(truth + done, predicted + done, n * labels_ - done, 1, sums);
  for (std::size_t i = 0; i < width; ++i) {
    add(i % labels_, {sums.tp[i], sums.predicted[i], sums.actual[i]});
  }
}

}  // namespace lstmetrics::metrics
