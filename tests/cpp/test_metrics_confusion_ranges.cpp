// Labels that spread as a column goes on: every sample is counted, wherever its block ends.
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "check.hpp"
#include "lstmetrics/metrics/columns.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using Counts = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::mt19937_64& generator() {
  static std::mt19937_64 engine(7);
  return engine;
}

// n labels drawn from `labels`.
void draw(Counts& column, std::size_t n, const Counts& labels) {
  for (std::size_t i = 0; i < n; ++i) column.push_back(labels[generator()() % labels.size()]);
}

Counts range(std::int64_t least, std::int64_t most) {
  Counts labels;
  for (std::int64_t label = least; label <= most; ++label) labels.push_back(label);
  return labels;
}

void check_counts(const Counts& y_true, const Counts& y_pred) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> expected;
  for (std::size_t i = 0; i < y_true.size(); ++i) ++expected[{y_true[i], y_pred[i]}];
  ConfusionCounts state;
  state.update(inputs::labels(y_true, "y_true"), inputs::labels(y_pred, "y_pred"));
  CHECK_EQUAL(state.samples(), static_cast<std::int64_t>(y_true.size()));
  const Counts& labels = state.labels().integers();
  std::int64_t all = 0;
  state.cells().for_each(
      [&](std::size_t row, std::size_t column, std::int64_t count, const numeric::ExactSum*) {
        CHECK_EQUAL(count, (expected[{labels[row], labels[column]}]));
        all += count;
      });
  CHECK_EQUAL(all, state.samples());
}

// Columns of pieces: each so many samples of some labels.
struct Piece {
  std::size_t n;
  Counts y_true;
  Counts y_pred;
};

void check_pieces(const std::vector<Piece>& pieces) {
  Counts y_true;
  Counts y_pred;
  for (const Piece& piece : pieces) {
    draw(y_true, piece.n, piece.y_true);
    draw(y_pred, piece.n, piece.y_pred);
  }
  check_counts(y_true, y_pred);
}

}  // namespace

CASE("confusion ranges: a label between the greatest so far and the end of the table") {
  for (const std::size_t n : {kBlock, kLongBlock}) {
    check_pieces({{n, {-1, 1}, {-1, 1}}, {5, {2}, {2}}});
    check_pieces({{n, range(0, 69), range(0, 69)}, {5, {100}, {127}}});
    check_pieces({{n, {5, 6}, {5, 6}}, {5, {7, 8}, {12}}, {9, {3}, {40}}});
  }
}

CASE("confusion ranges: counts beyond 16 bits in a table of halves, which then grows") {
  constexpr std::size_t kBeyond = (std::size_t{1} << 17) + 5;
  check_pieces({{kLongBlock, range(0, 600), range(0, 600)},
                {kBeyond, {7}, {9}},
                {kLongBlock, {7, 8}, {9}},
                {kBeyond, {600}, {600}},
                {9, range(0, 1100), {1}}});
}

CASE("confusion ranges: they grow below, above and beyond any table, at any place") {
  for (std::size_t n :
       {std::size_t{1}, std::size_t{7}, kBlock + 1, kLongBlock - 1, kLongBlock, kLongBlock + 1}) {
    check_pieces({{n, {0}, {0}}, {n, {1}, {0, 1}}, {n, {-3}, {9}}, {n, range(-40, 100), {5}}});
    check_pieces({{n, range(0, 60), {0}}, {n, {-1, 64}, {63}}, {n, range(-70, 900), {-2}}});
    check_pieces(
        {{n, {0, 1}, {1}}, {n, range(0, 2000), {5}}, {n, range(-3000, 9), {5}}, {n, {8}, {9}}});
    check_pieces({{n, {0, 1}, {1}}, {n, {kMost}, {0}}, {n, {kLeast}, {1}}, {n, {8}, {9}}});
    check_pieces({{n, {kMost - 1, kMost}, {kMost}}, {n, {kMost - 9}, {kMost}}});
    check_pieces({{n, {kLeast + 1, kLeast}, {kLeast}}, {n, {kLeast + 9}, {kLeast + 80}}});
  }
}

CASE("confusion ranges: several threads count what one does, also where a part spreads too far") {
  constexpr std::size_t kLarge = (std::size_t{1} << 20) + 77;
  const auto threads = lstmetrics::runtime::num_threads();
  for (const Counts& last : {Counts{3}, Counts{700}, Counts{kMost}}) {
    Counts y_true;
    Counts y_pred;
    draw(y_true, kLarge, range(0, 5));
    draw(y_pred, kLarge, range(-1, 4));
    draw(y_true, 9, last);
    draw(y_pred, 9, {2});
    std::vector<ConfusionCounts> states(2);
    for (std::size_t i = 0; i < 2; ++i) {
      lstmetrics::runtime::set_num_threads(1 + 2 * i);
      states[i].update(inputs::labels(y_true, "y_true"), inputs::labels(y_pred, "y_pred"));
    }
    CHECK(states[0] == states[1]);
    CHECK_EQUAL(states[0].samples(), static_cast<std::int64_t>(kLarge + 9));
  }
  lstmetrics::runtime::set_num_threads(threads);
}

CASE("confusion ranges: steps of any size in any order") {
  for (int round = 0; round < 40; ++round) {
    std::vector<Piece> pieces(1 + generator()() % 6);
    const int shift = static_cast<int>(generator()() % 12);
    for (Piece& piece : pieces) {
      const auto end = [&] { return static_cast<std::int64_t>(generator()() % 7) - 3; };
      const std::int64_t at = end() * (std::int64_t{1} << shift);
      piece = {1 + generator()() % (round % 2 == 0 ? kBlock : kLongBlock),
               range(at, at + static_cast<std::int64_t>(generator()() % 200)),
               {at, at + 2}};
    }
    check_pieces(pieces);
  }
}
