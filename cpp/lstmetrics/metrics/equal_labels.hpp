// How many samples have the same label in two columns: all that accuracy takes of numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

struct EqualLabels {
  std::int64_t equal = 0;
  std::int64_t different = 0;
};

// Nothing where labels are not numbers: a confusion state tells then. Refuses what an update of
// that state would, in the same words.
LSTMETRICS_API std::optional<EqualLabels> count_equal(const LabelColumn& y_true,
                                                      const LabelColumn& y_pred);

}  // namespace lstmetrics::metrics
