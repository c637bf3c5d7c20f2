// Losses of two classes: every level gives those of one sample at a time, reads nothing beyond, and
// notices a label or a probability that is none.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::TwoClassArgs;
using lstmetrics::kernels::TwoClassFacts;

namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

struct Samples {
  std::vector<std::int64_t> labels;
  std::vector<double> hits;
  std::vector<double> misses;
};

Samples draw(std::size_t n, std::int64_t negative, std::int64_t positive) {
  const std::vector<double> corners = {0.0, -0.0, 1.0, 0.5, kEpsilon, 1 - kEpsilon, 5e-324, 1e-20};
  std::uniform_real_distribution<double> between(0, 1);
  Samples samples;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t bits = generator()();
    samples.labels.push_back((bits & 1) != 0 ? positive : negative);
    const double p = bits % 3 == 0 ? corners[(bits >> 8) % corners.size()] : between(generator());
    samples.hits.push_back(p);
    samples.misses.push_back(static_cast<double>(1 - static_cast<float>(p)));
  }
  return samples;
}

enum class LossKind { log_loss, log_loss_with_misses, brier };

// Runs a kernel over memory that ends at a wall.
TwoClassFacts run(const Table& table, LossKind kind, const Samples& samples, std::int64_t negative,
                  std::int64_t positive, std::vector<double>& losses) {
  Walled<std::int64_t> labels(samples.labels);
  Walled<double> hits(samples.hits);
  Walled<double> misses(samples.misses);
  Walled<double> out(std::vector<double>(samples.hits.size(), -7.0));
  const TwoClassArgs args{
      .labels = labels.data(),
      .negative = negative,
      .positive = positive,
      .hits = hits.data(),
      .misses = kind == LossKind::log_loss_with_misses ? misses.data() : nullptr,
      .n = samples.hits.size(),
      .least = kEpsilon,
      .most = 1 - kEpsilon,
      .losses = out.data()};
  const TwoClassFacts facts =
      kind == LossKind::brier ? table.two_class_brier(args) : table.two_class_log_loss(args);
  losses.assign(out.data(), out.data() + samples.hits.size());
  return facts;
}

double expected_loss(const Table& table, LossKind kind, const Samples& samples, std::size_t i,
                     bool positive) {
  const double hit = samples.hits[i];
  if (kind == LossKind::brier) {
    const double error = positive ? 1 - hit : hit;
    return 2 * (error * error);
  }
  const double miss = kind == LossKind::log_loss_with_misses ? samples.misses[i] : 1 - hit;
  const double p = std::clamp(positive ? hit : miss, kEpsilon, 1 - kEpsilon);
  double log = 0;
  table.log_f64(&p, &log, 1);
  return -log;
}

}  // namespace

CASE("two classes: losses are those of each sample, and positives are counted") {
  for (const auto& [negative, positive] :
       {std::pair<std::int64_t, std::int64_t>{0, 1},
        {-1, 1},
        {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}}) {
    for (const LossKind kind :
         {LossKind::log_loss, LossKind::log_loss_with_misses, LossKind::brier}) {
      for (const std::size_t n : lengths()) {
        const Samples samples = draw(n, negative, positive);
        const auto positives =
            static_cast<std::size_t>(std::ranges::count(samples.labels, positive));
        check_equal_bits([&](const Table& table, Bits& result) {
          std::vector<double> losses;
          const TwoClassFacts facts = run(table, kind, samples, negative, positive, losses);
          CHECK_EQUAL(facts.positives, positives);
          CHECK(facts.known);
          CHECK(facts.between);
          for (std::size_t i = 0; i < n; ++i) {
            const bool is_positive = samples.labels[i] == positive;
            CHECK_EQUAL(bits(losses[i]), bits(expected_loss(table, kind, samples, i, is_positive)));
          }
          result.add_all(losses);
        });
      }
    }
  }
}

CASE("two classes: another label or no probability is noticed wherever it stands") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::size_t n : {1, 7, 8, 9, 40, 41}) {
    for (std::size_t at = 0; at < n; ++at) {
      on_every_level([&](const Table& table) {
        std::vector<double> losses;
        for (const LossKind kind : {LossKind::log_loss, LossKind::brier}) {
          for (const double bad : {-5e-324, 1 + kEpsilon, infinity, -infinity, nan}) {
            Samples samples = draw(n, 3, 5);
            samples.hits[at] = bad;
            CHECK(!run(table, kind, samples, 3, 5, losses).between);
          }
          Samples samples = draw(n, 3, 5);
          samples.labels[at] = 4;
          CHECK(!run(table, kind, samples, 3, 5, losses).known);
        }
      });
    }
  }
}
