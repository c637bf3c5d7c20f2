// Replicates of multilabel counts, by what rows came to.
#include <utility>
#include <vector>

#include "lstmetrics/metrics/bootstrap.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"

namespace lstmetrics::metrics {
namespace {

using numeric::ExactSum;

struct HashedRows {
  RowCounts row;
  std::int64_t count;
  ExactSum weight;
  std::uint64_t hash;
};

std::vector<HashedRows> hashed_rows(const RowTable& table) {
  std::vector<HashedRows> rows;
  rows.reserve(table.size());
  table.for_each([&](const RowCounts& row, std::int64_t count, const ExactSum* weight) {
    std::uint64_t hash = 0;
    for (const std::uint32_t part : {row.tp, row.predicted, row.actual}) {
      hash = numeric::hash_with(hash, std::uint64_t{part});
    }
    rows.push_back({row, count, weight != nullptr ? *weight : ExactSum(), hash});
  });
  return rows;
}

void add(std::int64_t& sum, std::int64_t amount) { sum += amount; }
void add(ExactSum& sum, const ExactSum& amount) { sum.merge(amount); }
std::int64_t opposite(std::int64_t amount) { return -amount; }
ExactSum opposite(ExactSum amount) {
  amount.negate();
  return amount;
}

// Amounts of labels, given by the first label that has them and the first that has them no more.
template <class Amount>
class LabelSpans {
 public:
  explicit LabelSpans(std::size_t labels) : steps_(labels + 1) {}
  void add(std::size_t first, std::size_t last, const Amount& amount) {
    metrics::add(steps_[first], amount);
    metrics::add(steps_[last], opposite(amount));
  }
  // f(label, its amount) in order.
  template <class F>
  void for_each(F&& f) const {
    Amount sum{};
    for (std::size_t label = 0; label + 1 < steps_.size(); ++label) {
      metrics::add(sum, steps_[label]);
      f(label, sum);
    }
  }

 private:
  std::vector<Amount> steps_;
};

// The labels of rows as if each row had its right ones first, then the other predicted ones, then
// those that it lacks.
template <class Amount, class Outcome>
class OrderedLabels {
 public:
  explicit OrderedLabels(std::size_t labels) : tp_(labels), predicted_(labels), actual_(labels) {}
  void add(const RowCounts& row, const Amount& amount) {
    tp_.add(0, row.tp, amount);
    predicted_.add(0, row.predicted, amount);
    actual_.add(0, row.tp, amount);
    actual_.add(row.predicted, row.predicted + row.actual - row.tp, amount);
  }
  void write(std::vector<Outcome>& outcomes) const {
    tp_.for_each([&](std::size_t i, const Amount& sum) { outcomes[i].tp = sum; });
    predicted_.for_each([&](std::size_t i, const Amount& sum) { outcomes[i].predicted = sum; });
    actual_.for_each([&](std::size_t i, const Amount& sum) { outcomes[i].actual = sum; });
  }

 private:
  LabelSpans<Amount> tp_;
  LabelSpans<Amount> predicted_;
  LabelSpans<Amount> actual_;
};

}  // namespace

MultilabelCounts MultilabelCounts::of_rows(RowTable rows) const {
  MultilabelCounts state = blank();
  state.counts_.resize(labels());
  OrderedLabels<std::int64_t, LabelCounts> counts(labels());
  OrderedLabels<ExactSum, LabelWeights> weights(rows.weighted() ? labels() : 0);
  rows.for_each([&](const RowCounts& row, std::int64_t count, const ExactSum* weight) {
    state.samples_ += count;
    counts.add(row, count);
    if (weight != nullptr) weights.add(row, *weight);
  });
  counts.write(state.counts_);
  if (rows.weighted()) {
    state.weights_.resize(labels());
    weights.write(state.weights_);
  }
  state.rows_ = std::move(rows);
  return state;
}

std::function<MultilabelCounts(const Draws&)> MultilabelCounts::row_replicator() const {
  check_bootstrap(samples_);
  return [rows = hashed_rows(rows_), state = *this](const Draws& draws) {
    RowTable drawn;
    if (state.is_weighted()) drawn.make_weighted();
    for (const auto& [row, count, weight, hash] : rows) {
      const std::int64_t times = draws(hash, count);
      if (times == 0) continue;
      if (!state.is_weighted()) {
        drawn.append(row, times, nullptr);
        continue;
      }
      const ExactSum share = drawn_weight(weight, count, times);
      drawn.append(row, times, &share);
    }
    return state.of_rows(std::move(drawn));
  };
}

}  // namespace lstmetrics::metrics
