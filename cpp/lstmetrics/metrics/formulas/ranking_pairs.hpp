// Counting ordered pairs of two sorted lists of scores. Internal to formulas/.
#pragma once

#include "lstmetrics/metrics/formulas/ranking_lists.hpp"
#include "lstmetrics/numeric/int128.hpp"

namespace lstmetrics::metrics::formulas::detail {

// Twice the number of pairs in which the positive's score is above the negative's, equal ones once.
template <class Key>
numeric::uint128 twice_ordered_pairs(const Lists<Key>& lists);

}  // namespace lstmetrics::metrics::formulas::detail
