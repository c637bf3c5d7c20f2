#include "lstmetrics/metrics/loss_sum.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/kernels/dispatch.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/probability_rows.hpp"

namespace lstmetrics::metrics {
namespace {

// Labels are encoded this many at a time: their codes stay in cache, beside the probabilities.
constexpr std::size_t kLossSegment = std::size_t{1} << 14;

void check_sizes(std::string_view name, std::size_t size, std::string_view other,
                 std::size_t other_size, const Column* weights) {
  check_same_size({{name, size}, {other, other_size}});
  if (weights != nullptr) check_same_size({{name, size}, {"sample_weight", weights->size}});
}

// The words are scikit-learn's.
void check_labels(const LabelSet& labels, bool declared, std::size_t columns) {
  if (labels.size() == 1) {
    throw InvalidValue("y_true contains only one label (" + labels.name(0) +
                       "). Please provide the list of all expected class labels explicitly through "
                       "the labels argument.");
  }
  if (labels.size() == columns) return;
  if (declared) {
    throw InvalidValue(
        "The number of classes in labels is different from that in y_prob. Classes found in "
        "labels: " +
        labels.names());
  }
  throw InvalidValue("y_true and y_prob contain different number of classes: " +
                     std::to_string(labels.size()) + " vs " + std::to_string(columns) +
                     ". Please provide the true labels explicitly through the labels argument. "
                     "Classes found in y_true: " +
                     labels.names());
}

// How often each label was true, and with which weight.
class ClassCounter {
 public:
  ClassCounter(std::size_t labels, bool weighted)
      : counts_(labels), weights_(weighted ? labels : 0) {}

  void add(const std::uint32_t* codes, const double* weights, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) ++counts_[codes[i]];
    for (std::size_t i = 0; weights != nullptr && i < n; ++i) weights_[codes[i]].add(weights[i]);
  }

  std::vector<WeightedCount> take() {
    std::vector<WeightedCount> classes(counts_.size());
    for (std::size_t i = 0; i < classes.size(); ++i) {
      if (weights_.empty()) {
        classes[i].add(counts_[i]);
      } else {
        classes[i] = {counts_[i], std::move(weights_[i])};
      }
    }
    return classes;
  }

 private:
  std::vector<std::int64_t> counts_;
  std::vector<numeric::ExactSum> weights_;
};

// Samples without weights whose labels are two numbers, and one column of probabilities: most
// evaluations are of this kind.
class TwoClasses {
 public:
  TwoClasses(const LabelColumn& y_true, const LabelSet& labels, const ProbabilityRows& rows,
             Loss loss)
      : y_true_(y_true),
        labels_(labels),
        rows_(rows),
        loss_(loss == Loss::log_loss ? TwoClassLoss::log_loss : TwoClassLoss::brier),
        numbers_(y_true) {}

  // `otherwise` may say what is wrong with a label that is neither of the two.
  void add(std::size_t begin, std::size_t n, LossMoments& moments,
           const std::function<void()>& otherwise) {
    const std::int64_t negative = labels_.integers()[0];
    const std::int64_t positive = labels_.integers()[1];
    const std::optional<std::size_t> positives = rows_.two_class_losses(
        begin, n, loss_, numbers_.block(begin, n), negative, positive, losses_.data());
    if (!positives) encode_among(y_true_, labels_, begin, n, otherwise);  // which throws
    moments.add(losses_.data(), nullptr, n);
    positives_ += positives.value();
    samples_ += n;
  }

  std::vector<WeightedCount> take() const {
    std::vector<WeightedCount> classes(2);
    classes[0].add(static_cast<std::int64_t>(samples_ - positives_));
    classes[1].add(static_cast<std::int64_t>(positives_));
    return classes;
  }

 private:
  const LabelColumn& y_true_;
  const LabelSet& labels_;
  const ProbabilityRows& rows_;
  TwoClassLoss loss_;
  NumberLabels numbers_;
  std::array<double, kBlock> losses_;
  std::size_t positives_ = 0;
  std::size_t samples_ = 0;
};

const char* loss_name(Loss loss) {
  switch (loss) {
    case Loss::user:
      return "losses of the caller's";
    case Loss::log_loss:
      return "log loss";
    case Loss::brier:
      return "Brier loss";
  }
  return "an unknown loss";
}

}  // namespace

LossSum::LossSum(Loss loss, LabelSet declared)
    : loss_(loss), declared_(!declared.empty()), labels_(std::move(declared)) {
  if (!declared_) return;
  if (loss == Loss::user) throw InvalidValue("losses of the caller's have no labels to declare");
  if (labels_.size() < 2) {
    throw InvalidValue("The labels array needs to contain at least two labels, got " +
                       labels_.names() + ".");
  }
  classes_.resize(labels_.size());
}

LossSum LossSum::blank() const { return LossSum(loss_, declared_ ? labels_ : LabelSet()); }

void LossSum::update_losses(const Column& losses, const Column* weights,
                            const LossOptions& options) {
  if (loss_ != Loss::user) {
    throw InvalidValue(std::string("this state computes ") + loss_name(loss_) +
                       " from labels and probabilities; for losses computed elsewhere make one "
                       "without a named loss");
  }
  if (weights != nullptr) check_sizes("losses", losses.size, "losses", losses.size, weights);
  DoubleReader values(losses, "losses");
  std::optional<WeightReader> weight_reader;
  if (weights != nullptr) weight_reader.emplace(*weights, options.allow_negative_weights);
  const kernels::Table& table = kernels::table();
  LossMoments delta;
  delta.weighted = weights != nullptr;
  for (std::size_t begin = 0; begin < losses.size; begin += kBlock) {
    const std::size_t n = std::min(kBlock, losses.size - begin);
    const double* block = values.block(begin, n);
    const double most = table.max_f64(block, n);
    for (std::size_t i = 0; most != most && i < n; ++i) {
      if (block[i] != block[i]) throw InvalidValue(place("losses", begin + i) + " is NaN");
    }
    delta.add(block, weight_reader ? weight_reader->block(begin, n) : nullptr, n);
  }
  moments_.merge(delta);
}

ProbabilityNotes LossSum::update(const LabelColumn& y_true, const Matrix& probabilities,
                                 const Column* weights, const LossOptions& options) {
  if (loss_ == Loss::user) {
    throw InvalidValue("this state takes losses computed by the caller, not probabilities");
  }
  const std::size_t n = probabilities.rows;
  check_sizes("y_prob", n, y_true.name, y_true.size(), weights);
  ProbabilityRows rows(probabilities);
  LossMoments moments;
  moments.weighted = weights != nullptr;
  if (n == 0) {
    moments_.merge(moments);
    return {};
  }
  const LabelSet labels = declared_ ? labels_ : discover(y_true, rows.classes());
  check_labels(labels, declared_, rows.classes());
  const auto check_discovered = [&] {
    if (!declared_) check_labels(discover(y_true), false, labels.size());
  };

  if (weights == nullptr && probabilities.columns == 1 && holds_numbers(y_true) &&
      !labels.is_text()) {
    TwoClasses two(y_true, labels, rows, loss_);
    for (std::size_t begin = 0; begin < n; begin += kBlock) {
      two.add(begin, std::min(kBlock, n - begin), moments, check_discovered);
    }
    add(labels, two.take(), moments);
    return {};
  }
  std::optional<WeightReader> weight_reader;
  if (weights != nullptr) weight_reader.emplace(*weights, options.allow_negative_weights);
  ClassCounter classes(labels.size(), weights != nullptr);
  ProbabilityNotes notes;
  std::array<double, kBlock> losses;
  for (std::size_t segment = 0; segment < n; segment += kLossSegment) {
    const std::size_t end = segment + std::min(kLossSegment, n - segment);
    const std::vector<std::uint32_t> codes =
        encode_among(y_true, labels, segment, end - segment, check_discovered);
    for (std::size_t begin = segment; begin < end; begin += kBlock) {
      const std::size_t size = std::min(kBlock, end - begin);
      const std::uint32_t* block = codes.data() + (begin - segment);
      const double* w = weight_reader ? weight_reader->block(begin, size) : nullptr;
      notes.rows_not_summing_to_one += loss_ == Loss::log_loss
                                           ? rows.log_losses(begin, size, block, losses.data())
                                           : rows.brier_losses(begin, size, block, losses.data());
      moments.add(losses.data(), w, size);
      classes.add(block, w, size);
    }
  }
  add(labels, classes.take(), moments);
  return notes;
}

// Class counts never overflow where the total does not, and that is checked first.
void LossSum::add(const LabelSet& labels, const std::vector<WeightedCount>& classes,
                  const LossMoments& moments) {
  LabelSet all = labels_.includes(labels) ? labels_ : labels_.united(labels);
  std::vector<WeightedCount> merged(all.size());
  const auto put = [&](const LabelSet& from, const std::vector<WeightedCount>& counts) {
    const std::vector<std::uint32_t> at = from.positions_in(all);
    for (std::size_t i = 0; i < counts.size(); ++i) merged[at[i]].merge(counts[i]);
  };
  put(labels_, classes_);
  put(labels, classes);
  moments_.merge(moments);
  labels_ = std::move(all);
  classes_ = std::move(merged);
}

void LossSum::merge(const LossSum& other) {
  if (loss_ != other.loss_ || declared_ != other.declared_ ||
      (declared_ && labels_ != other.labels_)) {
    const auto told = [](const LossSum& state) {
      return std::string(loss_name(state.loss_)) +
             (state.declared_ ? ", declared labels " + state.labels_.names() : "");
    };
    throw MergeError("a LossSum (" + told(*this) + ") cannot be merged with another (" +
                     told(other) + "): the loss and the declared labels must be the same");
  }
  if (!labels_.empty() && !other.labels_.empty() && labels_.kind() != other.labels_.kind()) {
    throw MergeError("a LossSum of labels " + labels_.names() +
                     " cannot be merged with one of labels " + other.labels_.names() +
                     ": text and integers do not mix");
  }
  add(other.labels_, other.classes_, other.moments_);
}

void LossSum::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(loss_));
  writer.u8(declared_ ? 1 : 0);
  labels_.save(writer);
  for (const WeightedCount& count : classes_) count.save(writer);
  moments_.save(writer);
}

LossSum LossSum::load(Reader& reader, std::uint16_t) {
  LossSum state;
  const std::uint8_t loss = reader.u8();
  const std::uint8_t declared = reader.u8();
  if (loss > static_cast<std::uint8_t>(Loss::brier) || declared > 1) {
    throw FormatError("LossSum: unknown loss or flag");
  }
  state.loss_ = static_cast<Loss>(loss);
  state.declared_ = declared != 0;
  state.labels_ = LabelSet::load(reader);
  const std::size_t labels = state.labels_.size();
  if ((state.declared_ && labels < 2) || (state.loss_ == Loss::user && labels > 0)) {
    throw FormatError("LossSum: labels that its loss cannot have");
  }
  state.classes_.reserve(labels);
  std::int64_t samples = 0;
  for (std::size_t i = 0; i < labels; ++i) {
    state.classes_.push_back(WeightedCount::load(reader));
    const std::int64_t count = state.classes_.back().samples;
    if ((count == 0 && !state.declared_) || __builtin_add_overflow(samples, count, &samples)) {
      throw FormatError("LossSum: a discovered label without samples, or too many samples");
    }
  }
  state.moments_ = LossMoments::load(reader);
  if (state.loss_ != Loss::user && samples != state.moments_.total.samples) {
    throw FormatError("LossSum: the samples of the labels do not add up to all samples");
  }
  return state;
}

}  // namespace lstmetrics::metrics
