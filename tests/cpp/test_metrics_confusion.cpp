#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/confusion_counts.hpp"
#include "lstmetrics/metrics/guarded.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using inputs::integers;
using Counts = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void update(ConfusionCounts& state, const Counts& y_true, const Counts& y_pred,
            const std::vector<double>* weights = nullptr, const ConfusionOptions& options = {}) {
  const Column w = weights != nullptr ? inputs::column(*weights) : Column{};
  state.update(inputs::labels(y_true, "y_true"), inputs::labels(y_pred, "y_pred"),
               weights != nullptr ? &w : nullptr, options);
}

}  // namespace

CASE("confusion: rows are true labels, columns predicted ones") {
  ConfusionCounts state;
  update(state, {2, 0, 2, 2, 0, 1}, {0, 0, 2, 2, 0, 2});
  CHECK(state.matrix_counts() == Counts({2, 0, 0, 0, 0, 1, 1, 0, 2}));
  CHECK(state.matrix_weights() == std::vector<double>({2, 0, 0, 0, 0, 1, 1, 0, 2}));
  const Marginals marginals = state.result();
  CHECK_EQUAL(marginals.samples, 6);
  CHECK_EQUAL(marginals.weight.value(), 6.0);
  CHECK_EQUAL(marginals.counts[2].tp, 2);
  CHECK_EQUAL(marginals.counts[2].predicted, 3);
  CHECK_EQUAL(marginals.counts[1].actual, 1);
}

CASE("confusion: weights are summed exactly beside the counts") {
  ConfusionCounts state;
  update(state, {0, 1}, {0, 0});  // counts as weight 1 later on
  const std::vector<double> weights(10, 0.1);
  update(state, Counts(10, 1), Counts(10, 0), &weights);
  CHECK(state.is_weighted());
  CHECK(state.matrix_counts() == Counts({1, 0, 11, 0}));
  CHECK(state.matrix_weights() == std::vector<double>({1, 0, 2, 0}));
  CHECK_EQUAL(state.result().weights[1].actual.value(), 2.0);
}

CASE("confusion: weights that are not weights are refused with their place") {
  ConfusionCounts state;
  update(state, {0}, {0});
  const std::string before = to_bytes(state);
  const std::vector<double> negative = {1, -1};
  CHECK_THROWS_SAYING(update(state, {0, 1}, {0, 1}, &negative), InvalidValue,
                      "sample_weight[1] is -1");
  const std::vector<double> nan = {std::numeric_limits<double>::quiet_NaN(), 1};
  CHECK_THROWS_SAYING(update(state, {0, 1}, {0, 1}, &nan, {.allow_negative_weights = true}),
                      InvalidValue, "sample_weight[0] is NaN");
  const std::vector<double> infinite = {1, std::numeric_limits<double>::infinity()};
  CHECK_THROWS_SAYING(update(state, {0, 1}, {0, 1}, &infinite), InvalidValue,
                      "sample_weight[1] is inf");
  const std::vector<double> few = {1};
  CHECK_THROWS_SAYING(update(state, {0, 1}, {0, 1}, &few), ShapeError,
                      "[2, 1] (y_true, sample_weight)");
  CHECK(to_bytes(state) == before);
  update(state, {0, 1}, {0, 1}, &negative, {.allow_negative_weights = true});
  CHECK(state.matrix_weights() == std::vector<double>({2, 0, 0, -1}));
}

CASE("confusion: declared labels refuse others by name, or leave them out") {
  ConfusionCounts state(LabelSet(integers({0, 1, 2})));
  CHECK_THROWS_SAYING(update(state, {0, 1, 1}, {0, 7, 1}), InvalidValue,
                      "y_pred[1] is 7, which is not among the declared labels [0, 1, 2]");
  CHECK_EQUAL(state.samples(), 0);
  update(state, {0, 1, 1, 9}, {0, 7, 1, 9}, nullptr, {.ignore_unknown_labels = true});
  CHECK(state.matrix_counts() == Counts({1, 0, 0, 0, 1, 0, 0, 0, 0}));
  CHECK_EQUAL(state.samples(), 2);
  const std::vector<double> weights = {0.5, 8, 0.25};
  update(state, {0, 7, 1}, {0, 7, 2}, &weights, {.ignore_unknown_labels = true});
  CHECK_EQUAL(state.samples(), 4);
  CHECK_EQUAL(state.result().weight.value(), 2.75);
  CHECK_THROWS_SAYING(ConfusionCounts(LabelSet()), InvalidValue, "at least one label");
}

CASE("confusion: a count that no longer fits is refused, and nothing changes") {
  const Counts full = {kMost};
  ConfusionCounts state = ConfusionCounts::from_matrix(integers({0}), inputs::matrix(full, 1));
  const std::string before = to_bytes(state);
  CHECK_THROWS(update(state, {0}, {0}), CountOverflow);
  CHECK_THROWS(update(state, {1}, {0}), CountOverflow);
  const ConfusionCounts same = state;
  CHECK_THROWS(state.merge(same), CountOverflow);
  CHECK(to_bytes(state) == before);
}

CASE("confusion: a matrix computed elsewhere is the same as its samples") {
  ConfusionCounts state;
  update(state, {1, 1, 0, 5}, {1, 0, 5, 5});
  const Counts matrix = {1, 0, 0, 1, 0, 0, 0, 1, 1};  // for the labels 5, 0, 1
  CHECK(ConfusionCounts::from_matrix(integers({5, 0, 1}), inputs::matrix(matrix, 3)) == state);
  const std::vector<double> weights = {0.5, 0, 0.25, 2};
  const ConfusionCounts weighted =
      ConfusionCounts::from_matrix(integers({0, 1}), inputs::matrix(weights, 2), true);
  CHECK(weighted.is_declared() && weighted.is_weighted());
  CHECK(weighted.matrix_weights() == weights);
  CHECK_EQUAL(weighted.samples(), 0);
  CHECK(from_bytes<ConfusionCounts>(to_bytes(weighted)) == weighted);
  const Counts negative = {1, -1, 0, 0};
  CHECK_THROWS_SAYING(ConfusionCounts::from_matrix(integers({0, 1}), inputs::matrix(negative, 2)),
                      InvalidValue, "matrix[0, 1] is -1");
  CHECK_THROWS_SAYING(ConfusionCounts::from_matrix(integers({0, 1, 2}), inputs::matrix(matrix, 1)),
                      ShapeError, "must be 3 x 3, got 9 x 1");
  CHECK_THROWS(ConfusionCounts::from_matrix(integers({0, 1, 1}), inputs::matrix(matrix, 3)),
               InvalidValue);
}

CASE("confusion: bytes do not tell a matrix from a hash table") {
  std::mt19937_64 random(7);
  Counts y_true(60'000);
  Counts y_pred(60'000);
  for (std::size_t i = 0; i < y_true.size(); ++i) {
    y_true[i] = static_cast<std::int64_t>(random() % 200);
    y_pred[i] = static_cast<std::int64_t>(random() % 200);
  }
  ConfusionCounts whole;
  update(whole, y_true, y_pred);
  CHECK(whole.cells().is_dense());
  ConfusionCounts streamed;
  bool was_sparse = false;
  for (std::size_t begin = 0; begin < y_true.size(); begin += 500) {
    const LabelColumn t{inputs::slice(inputs::column(y_true), begin, begin + 500), nullptr, "t"};
    const LabelColumn p{inputs::slice(inputs::column(y_pred), begin, begin + 500), nullptr, "p"};
    streamed.update(t, p);
    was_sparse = was_sparse || !streamed.cells().is_dense();
  }
  CHECK(was_sparse);
  CHECK(streamed == whole && to_bytes(streamed) == to_bytes(whole));
}

CASE("confusion: many labels stay sparse") {
  Counts labels(100'000);
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<std::int64_t>(i) * 1'000'003;
  ConfusionCounts state;
  update(state, labels, labels);
  CHECK(!state.cells().is_dense());
  CHECK_EQUAL(state.cells().used(), 100'000u);
  CHECK_EQUAL(state.result().counts[99'999].tp, 1);
  CHECK_THROWS(state.matrix_counts(), UnsupportedError);
}

CASE("confusion: guarded states take updates and merges from many threads") {
  const Counts y_true = {0, 1, 1, 0, 2};
  const Counts y_pred = {0, 1, 0, 0, 2};
  Guarded<ConfusionCounts> a;
  Guarded<ConfusionCounts> b;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Guarded<ConfusionCounts>& own = t % 2 == 0 ? a : b;
      Guarded<ConfusionCounts>& other = t % 2 == 0 ? b : a;
      for (int i = 0; i < 50; ++i) {
        own.update(inputs::labels(y_true, "t"), inputs::labels(y_pred, "p"));
        if (i == 25 && t < 2) own.merge(other);  // both ways at once: no deadlock
        static_cast<void>(own.equals(other));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(a.read([](const ConfusionCounts& state) { return state.samples(); }) % 5 == 0);
  CHECK(a.copy().samples() >= 500);
}

CASE("container: what is wrong is said") {
  ConfusionCounts state;
  update(state, {0, 1}, {0, 1});
  const std::string bytes = to_bytes(state);
  const auto sealed_as = [&](std::uint16_t tag, std::uint16_t version) {
    Writer payload;
    state.save(payload);
    return metrics::detail::seal(tag, version, payload.take());
  };
  using lstmetrics::metrics::peek_tag;
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>("short"), FormatError,
                      "at least 26 bytes, got 5");
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>("X" + bytes.substr(1)), FormatError,
                      "not a state of lstmetrics");
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(sealed_as(2, 1)), FormatError,
                      "expected the bytes of a ConfusionCounts, got those of a LossSum");
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(sealed_as(999, 1)), FormatError,
                      "unknown (tag 999)");
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(sealed_as(1, 2)), FormatError,
                      "version 2 of ConfusionCounts is unknown");
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(bytes.substr(0, bytes.size() - 1)), FormatError,
                      "truncated");
  std::string damaged = bytes;
  damaged[30] = static_cast<char>(damaged[30] ^ 1);
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(damaged), FormatError, "checksum");
  CHECK_EQUAL(peek_tag(sealed_as(999, 1)), 999);
  CHECK_EQUAL(state_name(3), "TokenLoss");
}

CASE("container: a count larger than the bytes is refused before anything is allocated") {
  Writer payload;
  payload.u8(0);
  payload.u8(1);
  payload.u64(std::uint64_t{1} << 60);
  const std::string bytes = metrics::detail::seal(1, 1, payload.take());
  CHECK_THROWS_SAYING(from_bytes<ConfusionCounts>(bytes), FormatError, "does not fit");
}
