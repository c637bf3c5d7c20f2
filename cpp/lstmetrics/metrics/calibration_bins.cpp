#include "lstmetrics/metrics/calibration_bins.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/calibration_batch.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/label_encoding.hpp"
#include "lstmetrics/metrics/probability_rows.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::size_t kProbabilitiesPerTask = std::size_t{1} << 22;
constexpr std::size_t kPiecesAtOnce = 16;  // bounds the memory of their bins
static_assert(kSegment <= PlainTally::kMost);

const char* judged_name(Judged judged) {
  switch (judged) {
    case Judged::greater_label:
      return "the greater label";
    case Judged::top_label:
      return "the top label";
    case Judged::each_label:
      return "each label";
  }
  return "something unknown";
}

using Tally = std::variant<PlainTally, WeightedTally>;

// The bins of a piece of a batch.
struct Piece {
  Tally tally;
  std::int64_t off;  // rows that do not sum to one
};

// Reads samples and puts them into bins, block by block.
class PieceReader {
 public:
  PieceReader(const CalibrationBins& state, const LabelColumn& y_true, const ProbabilityRows& rows,
              const Column* weights)
      : state_(state), y_true_(y_true), rows_(rows), piece_{make_tally(state, weights), 0} {
    if (weights != nullptr) weights_.emplace(*weights, false);
  }

  Piece read(std::size_t begin, std::size_t end) {
    const std::vector<std::uint32_t> codes =
        encode_among(y_true_, state_.labels(), begin, end - begin);
    for (std::size_t i = begin; i < end; i += kBlock) {
      const std::size_t n = std::min(kBlock, end - i);
      judge(i, n, codes.data() + (i - begin), weights_ ? weights_->block(i, n) : nullptr);
    }
    return std::move(piece_);
  }

 private:
  static Tally make_tally(const CalibrationBins& state, const Column* weights) {
    if (weights != nullptr) return WeightedTally(state.edges(), state.tables());
    return PlainTally(state.edges(), state.tables());
  }

  void add(std::size_t table, const double* weights, std::size_t n) {
    if (auto* plain = std::get_if<PlainTally>(&piece_.tally)) {
      plain->add(table, p_.data(), hits_.data(), n);
    } else {
      std::get<WeightedTally>(piece_.tally).add(table, p_.data(), hits_.data(), weights, n);
    }
  }

  void judge(std::size_t begin, std::size_t n, const std::uint32_t* codes, const double* weights) {
    if (state_.judged() == Judged::top_label) {
      piece_.off += rows_.largest(begin, n, p_.data(), columns_.data());
      for (std::size_t i = 0; i < n; ++i) hits_[i] = codes[i] == columns_[i] ? 1 : 0;
      return add(0, weights, n);
    }
    const bool each = state_.judged() == Judged::each_label;
    if (each) piece_.off += rows_.check(begin, n);
    for (std::size_t table = 0; table < state_.tables(); ++table) {
      const std::uint32_t label = each ? static_cast<std::uint32_t>(table) : 1;
      rows_.column(begin, n, table, p_.data());
      for (std::size_t i = 0; i < n; ++i) hits_[i] = codes[i] == label ? 1 : 0;
      add(table, weights, n);
    }
  }

  const CalibrationBins& state_;
  const LabelColumn& y_true_;
  const ProbabilityRows& rows_;
  std::optional<WeightReader> weights_;
  Piece piece_;
  std::array<double, kBlock> p_;
  std::array<std::uint32_t, kBlock> columns_;
  std::array<std::uint8_t, kBlock> hits_;
};

bool is_amount(const WeightedCount& count, bool weighted) {
  WeightedCount plain;
  plain.add(count.samples);
  return weighted ? !count.weight.is_negative() : count == plain;
}

CalibrationBin load_bin(Reader& reader, bool weighted) {
  CalibrationBin bin;
  bin.total = WeightedCount::load(reader);
  bin.hits = WeightedCount::load(reader);
  bin.probability = numeric::ExactSum::load(reader);
  const bool good = is_amount(bin.total, weighted) && is_amount(bin.hits, weighted) &&
                    bin.hits.samples <= bin.total.samples && bin.probability.is_finite() &&
                    !bin.probability.is_negative() &&
                    (bin.total.samples > 0 || bin.probability.is_zero());
  if (!good) throw FormatError("CalibrationBins: a bin whose counts contradict each other");
  return bin;
}

CalibrationBins made(std::vector<double> edges, LabelSet labels, Judged judged) {
  if (std::ranges::any_of(edges, [](double edge) { return std::signbit(edge); })) {
    throw FormatError("CalibrationBins: an edge is below zero, or a negative zero");
  }
  try {
    return {std::move(edges), std::move(labels), judged};
  } catch (const InvalidValue& error) {
    throw FormatError(std::string("CalibrationBins: ") + error.what());
  }
}

}  // namespace

CalibrationBins::CalibrationBins(std::vector<double> edges, LabelSet labels, Judged judged)
    : edges_(std::move(edges)), labels_(std::move(labels)), judged_(judged) {
  const bool two = judged == Judged::greater_label;
  if (two ? labels_.size() != 2 : labels_.size() < 2) {
    throw InvalidValue(std::string("labels must be ") + (two ? "two" : "two or more") +
                       " to judge " + judged_name(judged) + ", got " + labels_.names());
  }
  bins_.resize(edges_.bins() * tables());
}

CalibrationBins CalibrationBins::blank() const {
  return CalibrationBins(edges_.values(), labels_, judged_);
}

void CalibrationBins::check_shape(const LabelColumn& y_true, const Matrix& probabilities,
                                  const Column* weights) const {
  check_same_size({{"y_prob", probabilities.rows}, {y_true.name, y_true.size()}});
  if (weights != nullptr) {
    check_same_size({{"y_prob", probabilities.rows}, {"sample_weight", weights->size}});
  }
  const std::size_t columns = judged_ == Judged::greater_label ? 1 : labels_.size();
  if (probabilities.columns == columns) return;
  throw ShapeError("y_prob must have " + std::to_string(columns) +
                   (columns == 1 ? " column" : " columns") + " to judge " + judged_name(judged_) +
                   " of " + labels_.names() + ", got " + std::to_string(probabilities.columns));
}

// Pieces of fixed size, each with bins of its own, and bins add up exactly.
std::int64_t CalibrationBins::update(const LabelColumn& y_true, const Matrix& probabilities,
                                     const Column* weights) {
  check_shape(y_true, probabilities, weights);
  const ProbabilityRows rows(probabilities);
  const std::size_t n = probabilities.rows;
  const std::size_t size =
      std::clamp(kProbabilitiesPerTask / probabilities.columns, kBlock, kSegment);
  const std::size_t count = (n + size - 1) / size;
  std::int64_t off = 0;
  std::vector<CalibrationBin> bins = bins_;
  for (std::size_t first = 0; first < count; first += kPiecesAtOnce) {
    std::vector<std::optional<Piece>> pieces(std::min(kPiecesAtOnce, count - first));
    runtime::parallel_for(pieces.size(), [&](std::size_t task) {
      const std::size_t begin = (first + task) * size;
      pieces[task].emplace(
          PieceReader(*this, y_true, rows, weights).read(begin, std::min(n, begin + size)));
    });
    for (const std::optional<Piece>& piece : pieces) {
      off += piece->off;
      std::visit([&](const auto& tally) { tally.add_to(bins); }, piece->tally);
    }
  }
  samples_ = checked_add(samples_, static_cast<std::int64_t>(n));
  bins_ = std::move(bins);
  weighted_ = weighted_ || weights != nullptr;
  return off;
}

void CalibrationBins::merge(const CalibrationBins& other) {
  if (edges_ != other.edges_ || labels_ != other.labels_ || judged_ != other.judged_) {
    const auto told = [](const CalibrationBins& state) {
      return std::to_string(state.edges_.bins()) + " bins, " + judged_name(state.judged_) + " of " +
             state.labels_.names();
    };
    throw MergeError("CalibrationBins (" + told(*this) + ") cannot be merged with others (" +
                     told(other) + "): edges, labels and what is judged must be the same");
  }
  const std::int64_t samples = checked_add(samples_, other.samples_);
  std::vector<CalibrationBin> bins = bins_;
  add_bins(bins, other.bins_);
  bins_ = std::move(bins);
  samples_ = samples;
  weighted_ = weighted_ || other.weighted_;
}

void CalibrationBins::save(Writer& writer) const {
  writer.u8(static_cast<std::uint8_t>(judged_));
  writer.u8(weighted_ ? 1 : 0);
  labels_.save(writer);
  writer.u64(edges_.values().size());
  for (const double edge : edges_.values()) writer.f64(edge);
  for (const CalibrationBin& bin : bins_) {
    bin.total.save(writer);
    bin.hits.save(writer);
    bin.probability.save(writer);
  }
}

CalibrationBins CalibrationBins::load(Reader& reader, std::uint16_t) {
  constexpr std::size_t kLeastBin = 2 * sizeof(std::int64_t) + 3 * numeric::ExactSum::kMinBytes;
  const std::uint8_t judged = reader.u8();
  const std::uint8_t weighted = reader.u8();
  if (judged > static_cast<std::uint8_t>(Judged::each_label) || weighted > 1) {
    throw FormatError("CalibrationBins: unknown kind or flag");
  }
  LabelSet labels = LabelSet::load(reader);
  std::vector<double> edges(reader.count(sizeof(double)));
  for (double& edge : edges) edge = reader.f64();
  const bool each = static_cast<Judged>(judged) == Judged::each_label;
  const std::size_t bins = edges.empty() ? 0 : edges.size() - 1;
  if (bins > reader.left() / kLeastBin / (each ? std::max<std::size_t>(labels.size(), 1) : 1)) {
    throw FormatError("CalibrationBins: more bins than bytes");
  }
  CalibrationBins state = made(std::move(edges), std::move(labels), static_cast<Judged>(judged));
  state.weighted_ = weighted != 0;
  std::int64_t table_samples = 0;
  for (std::size_t i = 0; i < state.bins_.size(); ++i) {
    state.bins_[i] = load_bin(reader, state.weighted_);
    const std::int64_t samples = state.bins_[i].total.samples;
    const bool overflow = __builtin_add_overflow(table_samples, samples, &table_samples);
    const bool ends = (i + 1) % bins == 0;
    if (i + 1 == bins) state.samples_ = table_samples;
    if (overflow || (ends && table_samples != state.samples_)) {
      throw FormatError("CalibrationBins: the samples of the labels differ, or are too many");
    }
    if (ends) table_samples = 0;
  }
  return state;
}

}  // namespace lstmetrics::metrics
