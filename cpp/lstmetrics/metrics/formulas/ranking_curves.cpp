#include "lstmetrics/metrics/formulas/ranking_curves.hpp"

#include <limits>
#include <type_traits>
#include <utility>

#include "lstmetrics/metrics/formulas/ranking_steps.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What of a step tells whether the next point lies on a line with it.
class Neighbour {
 public:
  bool has_positives = false;

  bool same(const CountStep& step) const { return p_ == step.p && n_ == step.n; }
  bool same(const WeightStep& step) const { return weight_p_ == step.p && weight_n_ == step.n; }
  void take(const CountStep& step) {
    has_positives = step.has_positives();
    p_ = step.p;
    n_ = step.n;
  }
  void take(const WeightStep& step) {
    has_positives = step.has_positives();
    weight_p_ = step.p;
    weight_n_ = step.n;
  }

 private:
  std::int64_t p_ = 0;
  std::int64_t n_ = 0;
  ExactSum weight_p_;
  ExactSum weight_n_;
};

}  // namespace

// f(step) for the thresholds that the curve keeps, ascending.
template <class F>
void Curve::for_each_kept(F&& f) const {
  std::size_t index = 0;
  Neighbour below;
  for_each_step(ranking_, [&](const auto& step) {
    bool keep = index >= first_ && index < last_;
    if (drop_ && index > 0) {
      const bool apart = kind_ == CurveKind::roc
                             ? !below.same(step) || index + 1 == all_
                             : step.has_positives() || below.has_positives ||
                                   (kind_ != CurveKind::det && index + 1 == all_);
      keep = keep && apart;
    }
    if (drop_) below.take(step);
    if (keep) f(step);
    ++index;
  });
}

Curve::Curve(Ranking ranking, CurveKind kind, bool drop_intermediate)
    : ranking_(std::move(ranking)), kind_(kind), drop_(drop_intermediate) {
  std::size_t misses_none = 0;
  std::size_t accuses_some = 0;
  for_each_step(ranking_, [&](const auto& step) {
    ++all_;
    if (kind_ != CurveKind::det) return;
    if (step.misses_none()) misses_none = all_;
    if (!step.accuses_none()) accuses_some = all_;
  });
  last_ = all_;
  if (kind_ == CurveKind::det && misses_none > 0) {
    first_ = misses_none - 1;
    last_ = std::min(accuses_some + 1, all_);
  }
  std::size_t kept = 0;
  if (drop_)
    for_each_kept([&](const auto&) { ++kept; });
  else
    kept = last_ - first_;
  const bool from_infinity =
      kind_ == CurveKind::roc || (kind_ == CurveKind::det && accuses_some == all_);
  thresholds_ = kept + (from_infinity ? 1 : 0);
  points_ = kept + (from_infinity || kind_ == CurveKind::precision_recall ? 1 : 0);
}

void Curve::write(double* x, double* y, double* thresholds) const {
  const RankingFacts facts = facts_of(ranking_);
  std::size_t written = 0;
  for_each_kept([&](const auto& step) {
    const std::size_t at = kind_ == CurveKind::roc ? points_ - 1 - written : written;
    ++written;
    thresholds[at] = ranking_.threshold(step.key);
    switch (kind_) {
      case CurveKind::roc:
        x[at] = facts.no_negatives ? kNan : step.fpr();
        y[at] = facts.no_positives ? kNan : step.tpr();
        break;
      case CurveKind::precision_recall:
        x[at] = step.precision();
        y[at] = step.tpr() == step.tpr() ? step.tpr() : 1.0;
        break;
      case CurveKind::det:
        x[at] = step.fpr();
        y[at] = step.fnr();
        break;
    }
  });
  switch (kind_) {
    case CurveKind::roc:
      thresholds[0] = kInfinity;
      x[0] = facts.no_negatives ? kNan : 0.0;
      y[0] = facts.no_positives ? kNan : 0.0;
      break;
    case CurveKind::precision_recall:
      x[written] = 1.0;
      y[written] = 0.0;
      break;
    case CurveKind::det:
      if (thresholds_ == written) break;
      thresholds[written] = kInfinity;
      x[written] = 0.0;
      y[written] = 1.0;
      break;
  }
}

std::size_t thresholds_of(const Ranking& ranking) {
  std::size_t thresholds = 0;
  for_each_step(ranking, [&](const auto&) { ++thresholds; });
  return thresholds;
}

void write_outcomes(const Ranking& ranking, std::size_t thresholds, const OutcomeColumns& columns) {
  std::size_t at = thresholds;
  for_each_step(ranking, [&](const auto& step) {
    --at;
    columns.true_negatives[at] = step.true_negatives();
    columns.false_positives[at] = step.false_positives();
    columns.false_negatives[at] = step.false_negatives();
    columns.true_positives[at] = step.true_positives();
    columns.thresholds[at] = ranking.threshold(step.key);
  });
}

}  // namespace lstmetrics::metrics::formulas
