// Scores as integers in their order, on every level, against comparing and converting one by one.
#include <algorithm>

#include "lstmetrics/metrics/score_counts_keys.hpp"
#include "test_kernels_inputs.hpp"

using namespace kernel_cases;

CASE("kernel score keys: those of each score by itself") {
  for (Kind kind : all_kinds()) {
    for (std::size_t n : lengths()) {
      const std::vector<double> scores = numbers<double>(n, kind);
      const bool finite = std::ranges::all_of(scores, [](double x) { return std::isfinite(x); });
      on_every_level([&](const Table& table) {
        Walled<double> x(scores);
        std::vector<std::uint64_t> zeros(n);
        Walled<std::uint64_t> keys(zeros);
        CHECK_EQUAL(table.score_keys(x.data(), n, keys.data()), finite);
        for (std::size_t i = 0; finite && i < n; ++i) {
          CHECK_EQUAL(keys.data()[i], lstmetrics::metrics::any_key(scores[i]));
        }
      });
    }
  }
}

CASE("kernel score keys: infinities and NaN are told of in every place") {
  const double bad[] = {std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity(),
                        std::numeric_limits<double>::quiet_NaN()};
  for (std::size_t at = 0; at < 37; ++at) {
    for (const double value : bad) {
      std::vector<double> scores(37, -0.0);
      scores[at] = value;
      std::vector<std::uint64_t> keys(37);
      on_every_level([&](const Table& table) {
        CHECK(!table.score_keys(scores.data(), scores.size(), keys.data()));
      });
    }
  }
}
