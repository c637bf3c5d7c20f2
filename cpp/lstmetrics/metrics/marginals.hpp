// How often each label is true, is predicted, and both: what formulas per label start from,
// whether a sample has one label or any number of them.
#pragma once

#include <cstdint>
#include <vector>

#include "lstmetrics/numeric/exact_sum.hpp"

namespace lstmetrics::metrics {

// Per label: samples of it that were predicted right (tp), predicted as it, and truly it.
struct LabelCounts {
  std::int64_t tp = 0;
  std::int64_t predicted = 0;
  std::int64_t actual = 0;
  bool operator==(const LabelCounts&) const = default;
};

struct LabelWeights {
  numeric::ExactSum tp;
  numeric::ExactSum predicted;
  numeric::ExactSum actual;
  bool operator==(const LabelWeights&) const = default;
};

// What formulas start from; position i is label i of the state.
struct Marginals {
  bool weighted = false;
  std::vector<LabelCounts> counts;    // of samples, weighted or not
  std::vector<LabelWeights> weights;  // of a weighted state only
  std::int64_t samples = 0;
  numeric::ExactSum weight;  // of all samples; `samples` when unweighted
};

}  // namespace lstmetrics::metrics
