#include "lstmetrics/metrics/multilabel_counts.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/indicator_rows.hpp"
#include "lstmetrics/metrics/labels.hpp"
#include "lstmetrics/metrics/moments.hpp"
#include "lstmetrics/metrics/row_tally.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::metrics {
namespace {

using numeric::ExactSum;
using numeric::uint128;

constexpr std::uint8_t kDeclaredFlag = 1;
constexpr std::uint8_t kWeightedFlag = 2;
constexpr std::size_t kMostTallied = std::numeric_limits<std::uint32_t>::max();

LabelWeights as_weights(const LabelCounts& counts) {
  LabelWeights weights;
  weights.tp.add_multiple(1.0, static_cast<std::uint64_t>(counts.tp));
  weights.predicted.add_multiple(1.0, static_cast<std::uint64_t>(counts.predicted));
  weights.actual.add_multiple(1.0, static_cast<std::uint64_t>(counts.actual));
  return weights;
}

// The weights of samples that have each label, picked out and added up at once.
class LabelWeigher {
 public:
  void add(const IndicatorPair& pair, const double* weights, std::size_t n,
           std::vector<LabelWeights>& labels) {
    const IndicatorBlock truth = pair.truth();
    const IndicatorBlock predicted = pair.predicted();
    for (std::size_t label = 0; label < labels.size(); ++label) {
      const std::uint8_t* t = truth.data + label * truth.label_step;
      const std::uint8_t* p = predicted.data + label * predicted.label_step;
      std::size_t found[3] = {0, 0, 0};
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint8_t is_true = t[i * truth.row_step];
        const std::uint8_t is_predicted = p[i * predicted.row_step];
        tp_[found[0]] = predicted_[found[1]] = actual_[found[2]] = weights[i];
        found[0] += is_true & is_predicted;
        found[1] += is_predicted;
        found[2] += is_true;
      }
      labels[label].tp.add_all(tp_.data(), found[0]);
      labels[label].predicted.add_all(predicted_.data(), found[1]);
      labels[label].actual.add_all(actual_.data(), found[2]);
    }
  }

 private:
  std::array<double, kBlock> tp_;
  std::array<double, kBlock> predicted_;
  std::array<double, kBlock> actual_;
};

}  // namespace

MultilabelCounts::MultilabelCounts(std::size_t declared) : declared_(true), counts_(declared) {
  if (declared == 0) throw InvalidValue("an indicator has at least one label, got 0");
  if (declared > IndicatorPair::kMostLabels) {
    throw UnsupportedError(std::to_string(declared) + " labels are more than the " +
                           std::to_string(IndicatorPair::kMostLabels) + " that are counted");
  }
}

MultilabelCounts MultilabelCounts::blank() const {
  return declared_ ? MultilabelCounts(labels()) : MultilabelCounts();
}

void MultilabelCounts::update(const Matrix& y_true, const Matrix& y_pred, const Column* weights,
                              bool allow_negative_weights) {
  if (weights != nullptr) {
    check_same_size({{"y_true", y_true.rows}, {"sample_weight", weights->size}});
  }
  if (labels() != 0 && y_true.columns != labels()) {
    throw ShapeError("y_true has " + std::to_string(y_true.columns) + " labels, but " +
                     std::to_string(labels()) + (declared_ ? " are declared" : " came before"));
  }
  MultilabelCounts delta;
  delta.count(y_true, y_pred, weights, allow_negative_weights);
  if (delta.samples_ > 0) commit(delta);
}

void MultilabelCounts::count(const Matrix& y_true, const Matrix& y_pred, const Column* weights,
                             bool allow_negative_weights) {
  IndicatorPair pair(y_true, y_pred);
  counts_.resize(pair.labels());
  samples_ = static_cast<std::int64_t>(pair.rows());
  std::optional<WeightReader> reader;
  LabelWeigher weigher;
  if (weights != nullptr) {
    reader.emplace(*weights, allow_negative_weights);
    make_weighted();
  }
  for (std::size_t begin = 0; begin < pair.rows();) {
    const std::size_t end = begin + std::min(kMostTallied, pair.rows() - begin);
    RowTally tally(pair.labels(), end - begin, is_weighted());
    while (begin < end) {
      const std::size_t n = std::min(pair.block_rows(), end - begin);
      pair.read(begin, n);
      pair.add_labels(counts_);
      const double* block = reader ? reader->block(begin, n) : nullptr;
      if (reader) weigher.add(pair, block, n, weights_);
      tally.add(pair.row_counts(), n, block);
      begin += n;
    }
    rows_.add(tally.table());
  }
}

void MultilabelCounts::make_weighted() {
  if (is_weighted()) return;
  rows_.make_weighted();
  weights_.reserve(counts_.size());
  for (const LabelCounts& counts : counts_) weights_.push_back(as_weights(counts));
}

void MultilabelCounts::commit(const MultilabelCounts& delta) {
  const std::int64_t all_samples = checked_add(samples_, delta.samples_);
  counts_.resize(delta.counts_.size());
  if (delta.is_weighted()) make_weighted();
  weights_.resize(is_weighted() ? counts_.size() : 0);
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    // No label has more samples than there are.
    counts_[i].tp += delta.counts_[i].tp;
    counts_[i].predicted += delta.counts_[i].predicted;
    counts_[i].actual += delta.counts_[i].actual;
    if (!is_weighted()) continue;
    const LabelWeights added =
        delta.is_weighted() ? delta.weights_[i] : as_weights(delta.counts_[i]);
    weights_[i].tp.merge(added.tp);
    weights_[i].predicted.merge(added.predicted);
    weights_[i].actual.merge(added.actual);
  }
  rows_.add(delta.rows_);
  samples_ = all_samples;
}

void MultilabelCounts::merge(const MultilabelCounts& other) {
  const bool both_known = labels() != 0 && other.labels() != 0;
  if (declared_ != other.declared_ || (both_known && labels() != other.labels())) {
    const auto told = [](const MultilabelCounts& state) {
      return std::to_string(state.labels()) + (state.declared_ ? " declared" : " discovered") +
             " labels";
    };
    throw MergeError("MultilabelCounts of " + told(*this) + " cannot be merged with one of " +
                     told(other) + ": declare the same number in both, or none");
  }
  if (other.samples_ > 0) commit(other);
}

Marginals MultilabelCounts::result() const {
  Marginals marginals{is_weighted(), counts_, weights_, samples_, {}};
  if (!is_weighted()) marginals.weight.add_multiple(1.0, static_cast<std::uint64_t>(samples_));
  rows_.for_each([&](const RowCounts&, std::int64_t, const ExactSum* weight) {
    if (weight != nullptr) marginals.weight.merge(*weight);
  });
  return marginals;
}

bool MultilabelCounts::operator==(const MultilabelCounts& other) const {
  return declared_ == other.declared_ && samples_ == other.samples_ && counts_ == other.counts_ &&
         weights_ == other.weights_ && rows_ == other.rows_;
}

void MultilabelCounts::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>((declared_ ? kDeclaredFlag : 0) |
                                      (is_weighted() ? kWeightedFlag : 0)));
  writer.u64(labels());
  for (std::size_t i = 0; i < labels(); ++i) {
    writer.i64(counts_[i].tp);
    writer.i64(counts_[i].predicted);
    writer.i64(counts_[i].actual);
    if (!is_weighted()) continue;
    weights_[i].tp.save(writer);
    weights_[i].predicted.save(writer);
    weights_[i].actual.save(writer);
  }
  rows_.save(writer);
}

MultilabelCounts MultilabelCounts::load(Reader& reader, std::uint16_t) {
  const std::uint8_t flags = reader.u8();
  if (flags > (kDeclaredFlag | kWeightedFlag)) throw FormatError("MultilabelCounts: unknown flags");
  const bool weighted = (flags & kWeightedFlag) != 0;
  MultilabelCounts state;
  state.declared_ = (flags & kDeclaredFlag) != 0;
  const std::size_t labels = reader.count(24 + (weighted ? 3 * ExactSum::kMinBytes : 0));
  if (labels > IndicatorPair::kMostLabels) throw FormatError("MultilabelCounts: too many labels");
  for (std::size_t i = 0; i < labels; ++i) {
    LabelCounts& counts = state.counts_.emplace_back();
    counts.tp = reader.i64();
    counts.predicted = reader.i64();
    counts.actual = reader.i64();
    if (!weighted) continue;
    LabelWeights& weights = state.weights_.emplace_back();
    weights.tp = ExactSum::load(reader);
    weights.predicted = ExactSum::load(reader);
    weights.actual = ExactSum::load(reader);
  }
  state.rows_ = RowTable::load(reader, labels, weighted);
  state.rows_.for_each([&](const RowCounts&, std::int64_t count, const ExactSum*) {
    if (__builtin_add_overflow(state.samples_, count, &state.samples_)) {
      throw FormatError("MultilabelCounts: the counts do not fit 64 bits");
    }
  });
  const bool empty = state.samples_ == 0;
  if ((empty && weighted) || (state.declared_ ? labels == 0 : (labels == 0) != empty)) {
    throw FormatError("MultilabelCounts: labels or weights do not fit the number of samples");
  }
  state.check_sums();
  return state;
}

namespace {

struct CountSums {
  uint128 tp = 0;
  uint128 predicted = 0;
  uint128 actual = 0;
  bool operator==(const CountSums&) const = default;
};

// Adds `times` times an amount, however large that is.
void add_multiple(ExactSum& to, ExactSum amount, std::uint64_t times) {
  for (; times != 0; times >>= 1) {
    if ((times & 1) != 0) to.merge(amount);
    amount.merge(amount);
  }
}

}  // namespace

// What labels and rows both tell must agree: the labels right, predicted and true over all samples.
void MultilabelCounts::check_sums() const {
  CountSums by_label;
  LabelWeights weight_by_label;
  for (std::size_t i = 0; i < labels(); ++i) {
    const auto& [tp, predicted, actual] = counts_[i];
    const std::int64_t least = std::max(predicted, actual);
    if (tp < 0 || tp > std::min(predicted, actual) || least > samples_ ||
        predicted - tp > samples_ - actual) {
      throw FormatError("MultilabelCounts: the counts of label " + std::to_string(i) +
                        " are out of range");
    }
    by_label.tp += static_cast<uint128>(tp);
    by_label.predicted += static_cast<uint128>(predicted);
    by_label.actual += static_cast<uint128>(actual);
    if (!is_weighted()) continue;
    weight_by_label.tp.merge(weights_[i].tp);
    weight_by_label.predicted.merge(weights_[i].predicted);
    weight_by_label.actual.merge(weights_[i].actual);
  }
  CountSums by_row;
  LabelWeights weight_by_row;
  rows_.for_each([&](const RowCounts& row, std::int64_t count, const ExactSum* weight) {
    by_row.tp += uint128{row.tp} * static_cast<uint128>(count);
    by_row.predicted += uint128{row.predicted} * static_cast<uint128>(count);
    by_row.actual += uint128{row.actual} * static_cast<uint128>(count);
    if (weight == nullptr) return;
    add_multiple(weight_by_row.tp, *weight, row.tp);
    add_multiple(weight_by_row.predicted, *weight, row.predicted);
    add_multiple(weight_by_row.actual, *weight, row.actual);
  });
  if (!(by_label == by_row && weight_by_label == weight_by_row)) {
    throw FormatError("MultilabelCounts: what labels and rows add up to differs");
  }
}

void for_each_row_counts(const Matrix& y_true, const Matrix& y_pred,
                         const std::function<void(std::size_t, std::size_t, const RowCounts*)>& f) {
  IndicatorPair pair(y_true, y_pred);
  for (std::size_t begin = 0; begin < pair.rows(); begin += pair.block_rows()) {
    const std::size_t n = std::min(pair.block_rows(), pair.rows() - begin);
    pair.read(begin, n);
    f(begin, n, pair.row_counts());
  }
}

}  // namespace lstmetrics::metrics
