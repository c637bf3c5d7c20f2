#include "lstmetrics/metrics/formulas/ranking_averages.hpp"

#include <algorithm>

#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/formulas/amounts.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"

namespace lstmetrics::metrics::formulas {
namespace {

using namespace detail;

double value_of(const Ranking& ranking, RankingMetric metric, double max_fpr = 1) {
  switch (metric) {
    case RankingMetric::roc_auc:
      return partial_roc_auc(ranking, max_fpr);
    case RankingMetric::average_precision:
      return average_precision(ranking);
    case RankingMetric::roc_auc_error:
      break;
  }
  return roc_auc_error(ranking);
}

double mean_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  const double mean = sum.value() / static_cast<double>(values.size());
  return mean == mean ? mean : kNan;
}

// What weighs nothing counts nothing, NaN included. NaN when all weigh nothing.
double mean_of(const std::vector<double>& values, const std::vector<double>& weights) {
  ExactSum sum;
  ExactSum total;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (weights[i] == 0) continue;
    sum.add(values[i] * weights[i]);
    total.add(weights[i]);
  }
  const double below = total.value();
  const double mean = below == 0 ? kNan : sum.value() / below;
  return mean == mean ? mean : kNan;
}

// Of each column, by as many threads as there are.
RankingColumns each_column(const ScoreCounts& state, RankingMetric metric, double max_fpr) {
  RankingColumns columns;
  columns.values.resize(state.columns());
  columns.supports.resize(state.columns());
  std::vector<RankingFacts> facts(state.columns());
  runtime::parallel_for(state.columns(), [&](std::size_t i) {
    const Ranking ranking = Ranking::of_column(state, i);
    columns.values[i] = value_of(ranking, metric, max_fpr);
    columns.supports[i] = support(ranking);
    facts[i] = facts_of(ranking);
  });
  for (const RankingFacts& fact : facts) {
    columns.one_class |= fact.no_positives || fact.no_negatives;
    columns.no_positives |= fact.no_positives;
    columns.not_monotonic |= fact.not_monotonic;
  }
  return columns;
}

}  // namespace

RankingColumns ranking_columns(const ScoreCounts& state, RankingMetric metric, Average average,
                               double max_fpr) {
  RankingColumns columns;
  if (average == Average::micro) {
    const Ranking ranking = Ranking::of_all(state);
    const RankingFacts facts = facts_of(ranking);
    columns.average = value_of(ranking, metric, max_fpr);
    columns.one_class = facts.no_positives || facts.no_negatives;
    columns.no_positives = facts.no_positives;
    columns.not_monotonic = facts.not_monotonic;
    return columns;
  }
  columns = each_column(state, metric, max_fpr);
  columns.average = kNan;
  if (average == Average::macro) columns.average = mean_of(columns.values);
  if (average == Average::weighted) {
    const bool any = std::ranges::any_of(columns.supports, [](double s) { return s != 0; });
    columns.average = any ? mean_of(columns.values, columns.supports) : 0.0;
  }
  return columns;
}

double one_vs_one_roc_auc(const ScoreCounts& state, RankingMetric metric, bool weighted) {
  if (!state.parameters().true_classes) {
    throw UnsupportedError("one-vs-one needs a state that keeps true classes");
  }
  if (state.is_weighted()) {
    throw UnsupportedError("one-vs-one takes no weights");
  }
  const ScoreColumn first = state.column(0);
  struct Pair {
    std::size_t a, b;
    double samples;
  };
  std::vector<Pair> pairs;
  for (std::size_t a = 0; a < first.groups(); ++a) {
    for (std::size_t b = a + 1; b < first.groups(); ++b) {
      if (first.bag(a)->empty() || first.bag(b)->empty()) continue;
      const std::int64_t samples = first.bag(a)->samples() + first.bag(b)->samples();
      pairs.push_back({a, b, static_cast<double>(samples)});
    }
  }
  std::vector<double> values(pairs.size());
  std::vector<double> samples(pairs.size());
  runtime::parallel_for(pairs.size(), [&](std::size_t i) {
    const Pair& pair = pairs[i];
    values[i] = (value_of(Ranking::of_pair(state, pair.a, pair.a, pair.b), metric) +
                 value_of(Ranking::of_pair(state, pair.b, pair.b, pair.a), metric)) /
                2;
    samples[i] = pair.samples;
  });
  return weighted ? mean_of(values, samples) : mean_of(values);
}

RankingColumns ranking_rows(const Matrix& y_true, const Matrix& scores, const Column* weights,
                            RankingMetric metric, double max_fpr) {
  if (y_true.rows != scores.rows || y_true.columns != scores.columns) {
    throw ShapeError("y_true and y_score must have the same shape");
  }
  // A few rows at a time, turned into columns.
  constexpr std::size_t kRows = 512;
  const auto turned = [](const Matrix& matrix, std::size_t begin, std::size_t n) {
    return Matrix{matrix.data + static_cast<std::ptrdiff_t>(begin) * matrix.row_stride,
                  matrix.dtype,
                  matrix.columns,
                  n,
                  matrix.column_stride,
                  matrix.row_stride,
                  matrix.item_size};
  };
  RankingColumns rows;
  for (std::size_t begin = 0; begin < scores.rows; begin += kRows) {
    const std::size_t n = std::min(kRows, scores.rows - begin);
    ScoreCounts state(ScoreParameters::multilabel(n));
    const Matrix truth = turned(y_true, begin, n);
    state.update(truth, turned(scores, begin, n), nullptr, {.finite_scores = true});
    const RankingColumns block = each_column(state, metric, max_fpr);
    rows.values.insert(rows.values.end(), block.values.begin(), block.values.end());
    rows.one_class |= block.one_class;
    rows.no_positives |= block.no_positives;
  }
  if (weights == nullptr) {
    rows.average = mean_of(rows.values);
    return rows;
  }
  check_same_size({{"y_true", y_true.rows}, {"sample_weight", weights->size}});
  WeightReader reader(*weights, true);
  for (std::size_t begin = 0; begin < weights->size; begin += kBlock) {
    const std::size_t n = std::min(kBlock, weights->size - begin);
    const double* const block = reader.block(begin, n);
    rows.supports.insert(rows.supports.end(), block, block + n);
  }
  rows.average = mean_of(rows.values, rows.supports);
  return rows;
}

}  // namespace lstmetrics::metrics::formulas
