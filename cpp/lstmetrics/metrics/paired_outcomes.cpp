#include "lstmetrics/metrics/paired_outcomes.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/label_axes.hpp"
#include "lstmetrics/metrics/moments.hpp"

namespace lstmetrics::metrics {
namespace {

std::vector<bool> used_labels(const LabelSet& labels, const Triples& cells) {
  std::vector<bool> used(labels.size());
  for (const std::size_t axis : {0, 1, 2}) cells.mark(axis, used);
  return used;
}

}  // namespace

PairedOutcomes::PairedOutcomes(LabelSet declared) : declared_(true), labels_(std::move(declared)) {
  if (labels_.empty()) throw InvalidValue("'labels' should contain at least one label.");
}

PairedOutcomes PairedOutcomes::blank() const {
  return declared_ ? PairedOutcomes(labels_) : PairedOutcomes();
}

void PairedOutcomes::update(const LabelColumn& y_true, const LabelColumn& a, const LabelColumn& b) {
  check_same_size({{y_true.name, y_true.size()}, {a.name, a.size()}, {b.name, b.size()}});
  const std::array columns{&y_true, &a, &b};
  PairedOutcomes delta = blank();
  for (std::size_t begin = 0; begin < y_true.size(); begin += kSegment) {
    const std::size_t n = std::min(kSegment, y_true.size() - begin);
    const LabelAxes axes(columns, begin, n);
    if (declared_ && !labels_.includes(axes.labels())) {
      refuse_undeclared({&y_true, &a, &b}, axes.labels(), labels_);
    }
    delta.absorb(axes.labels(), Triples({axes.axis(0), axes.axis(1), axes.axis(2)}),
                 static_cast<std::int64_t>(n));
  }
  absorb(delta.labels_, std::move(delta.cells_), delta.samples_);
}

void PairedOutcomes::absorb(const LabelSet& labels, Triples cells, std::int64_t samples) {
  const std::int64_t all_samples = checked_add(samples_, samples);
  if (!labels_.includes(labels)) {
    LabelSet all = labels_.united(labels);
    const Places own = labels_.positions_in(all);
    cells_.move_to({&own, &own, &own});
    labels_ = std::move(all);
  }
  const Places theirs = labels.positions_in(labels_);
  cells.move_to({&theirs, &theirs, &theirs});
  cells_.add(cells);
  samples_ = all_samples;
}

void PairedOutcomes::merge(const PairedOutcomes& other) {
  check_merge(kName, {labels_, declared_}, {other.labels_, other.declared_});
  absorb(other.labels_, other.cells_, other.samples_);
}

PairedTable PairedOutcomes::result() const {
  PairedTable table;
  for (const auto& [at, count] : cells_.cells()) {
    const bool a = at[0] == at[1];
    const bool b = at[0] == at[2];
    (a ? (b ? table.both : table.only_a) : (b ? table.only_b : table.neither)) += count;
  }
  return table;
}

ConfusionCounts PairedOutcomes::confusion(Model model) const {
  std::vector<CountedCell> counted;
  counted.reserve(cells_.size());
  for (const auto& [at, count] : cells_.cells()) {
    counted.push_back({at[0], model == Model::a ? at[1] : at[2], count});
  }
  return ConfusionCounts::of_cells(labels_, declared_, false, counted);
}

std::function<PairedOutcomes(const Draws&)> PairedOutcomes::replicator() const {
  check_bootstrap(samples_);
  const std::vector<std::uint64_t> labels = label_hashes(labels_);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(cells_.size());
  for (const Triple& cell : cells_.cells()) {
    const std::uint64_t pair = numeric::hash_with(labels[cell.at[0]], labels[cell.at[1]]);
    hashes.push_back(numeric::hash_with(pair, labels[cell.at[2]]));
  }
  return [state = *this, hashes = std::move(hashes)](const Draws& draws) {
    PairedOutcomes replicate = state;
    replicate.samples_ = 0;
    replicate.cells_.recount([&](std::size_t i, const Triple& cell) {
      const std::int64_t drawn = draws(hashes[i], cell.count);
      replicate.samples_ += drawn;
      return drawn;
    });
    if (!replicate.declared_) replicate.forget_unused_labels();
    return replicate;
  };
}

void PairedOutcomes::forget_unused_labels() {
  Places places;
  labels_ = labels_.only(used_labels(labels_, cells_), places);
  cells_.move_to({&places, &places, &places});
}

void PairedOutcomes::save(Writer& writer) const {
  writer.u8(declared_ ? 1 : 0);
  labels_.save(writer);
  cells_.save(writer);
}

PairedOutcomes PairedOutcomes::load(Reader& reader, std::uint16_t) {
  PairedOutcomes state;
  const std::uint8_t declared = reader.u8();
  if (declared > 1) throw FormatError("PairedOutcomes: unknown flags");
  state.declared_ = declared != 0;
  state.labels_ = LabelSet::load(reader);
  const std::size_t labels = state.labels_.size();
  state.cells_ = Triples::load(reader, {labels, labels, labels}, state.samples_);
  const std::vector<bool> used = used_labels(state.labels_, state.cells_);
  if (state.declared_ ? labels == 0 : std::ranges::find(used, false) != used.end()) {
    throw FormatError("PairedOutcomes: declared labels, but none; or labels that nothing has");
  }
  return state;
}

}  // namespace lstmetrics::metrics
