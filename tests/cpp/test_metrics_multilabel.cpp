// Multilabel counts: the laws, layouts around the borders of words, blocks and tables, and bytes.
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "lstmetrics/metrics/formulas/by_sample.hpp"
#include "lstmetrics/metrics/formulas/multilabel.hpp"
#include "lstmetrics/metrics/multilabel_counts.hpp"
#include "test_metrics_inputs.hpp"
#include "test_metrics_laws.hpp"

using namespace laws;
namespace formulas = lstmetrics::metrics::formulas;

namespace {

template <std::size_t kLabels, bool kWeighted>
struct MultilabelLaws {
  static constexpr const char* kName = kWeighted     ? "MultilabelCounts, declared and weighted"
                                       : kLabels > 9 ? "MultilabelCounts, many labels"
                                                     : "MultilabelCounts, discovered";
  using State = MultilabelCounts;
  struct Batch {
    std::vector<std::uint8_t> y_true, y_pred;
    std::vector<double> weights;
    std::size_t size() const { return weights.size(); }
  };
  static State make() { return kWeighted ? State(kLabels) : State(); }
  static State make_other() { return State(kLabels + 1); }
  static Batch random(Random& random, std::size_t n) {
    Batch batch{{}, {}, random_weights(random, n)};
    for (std::size_t i = 0; i < n * kLabels; ++i) {
      batch.y_true.push_back(random() % 3 == 0);
      batch.y_pred.push_back(random() % 4 == 0 ? random() % 2 : batch.y_true.back());
    }
    return batch;
  }
  static void update(State& state, const Batch& batch, std::size_t begin, std::size_t end) {
    const Column weights = inputs::slice(inputs::column(batch.weights), begin, end);
    state.update(inputs::rows(inputs::matrix(batch.y_true, kLabels), begin, end),
                 inputs::rows(inputs::matrix(batch.y_pred, kLabels), begin, end),
                 kWeighted ? &weights : nullptr);
  }
  static void spoil(Batch& batch) { batch.y_pred.back() = 2; }
  static void update_spoiled(State& state, const Batch& batch) {
    update(state, batch, 0, batch.size());
  }
};

[[maybe_unused]] const bool kAdded =
    add_all_laws<MultilabelLaws<3, false>, MultilabelLaws<3, true>, MultilabelLaws<70, false>>();

// ---- against counting one by one ------------------------------------------------------------

struct Drawn {
  std::size_t rows;
  std::size_t labels;
  std::vector<int> truth, predicted;  // row-major
};

Drawn draw(Random& random, std::size_t rows, std::size_t labels) {
  Drawn drawn{rows, labels, {}, {}};
  for (std::size_t i = 0; i < rows * labels; ++i) {
    drawn.truth.push_back(random() % 3 == 0);
    drawn.predicted.push_back(random() % 2 == 0);
  }
  return drawn;
}

void check_counts(const MultilabelCounts& state, const Drawn& drawn) {
  CHECK_EQUAL(state.labels(), drawn.labels);
  CHECK_EQUAL(state.samples(), static_cast<std::int64_t>(drawn.rows));
  std::vector<LabelCounts> labels(drawn.labels);
  std::map<std::array<std::uint32_t, 3>, std::int64_t> rows;
  for (std::size_t row = 0; row < drawn.rows; ++row) {
    std::array<std::uint32_t, 3> counts{};
    for (std::size_t label = 0; label < drawn.labels; ++label) {
      const int t = drawn.truth[row * drawn.labels + label];
      const int p = drawn.predicted[row * drawn.labels + label];
      labels[label].tp += t & p;
      labels[label].predicted += p;
      labels[label].actual += t;
      counts[0] += static_cast<std::uint32_t>(t & p);
      counts[1] += static_cast<std::uint32_t>(p);
      counts[2] += static_cast<std::uint32_t>(t);
    }
    ++rows[counts];
  }
  CHECK(state.result().counts == labels);
  CHECK_EQUAL(state.rows().size(), rows.size());
  auto expected = rows.begin();
  state.rows().for_each([&](const RowCounts& row, std::int64_t count, const auto*) {
    CHECK((expected->first == std::array{row.tp, row.predicted, row.actual}));
    CHECK_EQUAL(count, expected->second);
    ++expected;
  });
}

// The indicator as an array of T of some layout; strides are in items.
template <class T>
Matrix lay(const Drawn& drawn, const std::vector<int>& values, std::size_t row_stride,
           std::size_t column_stride, std::vector<T>& memory) {
  memory.assign(drawn.rows * row_stride + drawn.labels * column_stride + 1, T{0});
  for (std::size_t row = 0; row < drawn.rows; ++row) {
    for (std::size_t label = 0; label < drawn.labels; ++label) {
      memory[row * row_stride + label * column_stride] =
          static_cast<T>(values[row * drawn.labels + label]);
    }
  }
  return {reinterpret_cast<const std::byte*>(memory.data()),
          inputs::dtype_of<T>(),
          drawn.rows,
          drawn.labels,
          static_cast<std::ptrdiff_t>(row_stride * sizeof(T)),
          static_cast<std::ptrdiff_t>(column_stride * sizeof(T)),
          sizeof(T)};
}

template <class T>
void check_layouts(const Drawn& drawn) {
  struct Strides {
    std::size_t row, column;
  };
  const Strides by_row{drawn.labels, 1};
  const Strides by_label{1, drawn.rows};
  const Strides apart{drawn.labels + 3, 1};
  const Strides spread{2 * drawn.labels + 1, 2};
  const Strides spread_by_label{3, 3 * drawn.rows + 1};
  const Strides pairs[][2] = {{by_row, by_row},          {by_label, by_label},
                              {by_row, by_label},        {apart, by_row},
                              {spread, spread_by_label}, {by_label, spread_by_label}};
  for (const auto& [truth, predicted] : pairs) {
    std::vector<T> a;
    std::vector<T> b;
    MultilabelCounts state;
    state.update(lay(drawn, drawn.truth, truth.row, truth.column, a),
                 lay(drawn, drawn.predicted, predicted.row, predicted.column, b));
    check_counts(state, drawn);
  }
}

CASE("multilabel: every layout and type counts the same") {
  Random random(11);
  for (const std::size_t labels : {1u, 2u, 7u, 8u, 9u, 20u, 31u, 32u, 33u, 65u}) {
    const Drawn drawn = draw(random, 150, labels);
    check_layouts<std::uint8_t>(drawn);
    check_layouts<std::int64_t>(drawn);
    check_layouts<std::int32_t>(drawn);
    check_layouts<float>(drawn);
    check_layouts<double>(drawn);
  }
}

CASE("multilabel: rows of many labels and blocks of many rows") {
  Random random(12);
  for (const std::size_t labels : {247u, 248u, 249u, 255u, 256u, 257u, 600u, 20000u}) {
    const Drawn drawn = draw(random, labels > 1000 ? 5 : 140, labels);
    check_layouts<std::uint8_t>(drawn);
    check_layouts<double>(drawn);
  }
  for (const std::size_t labels : {1u, 3u, 20u}) {
    const Drawn drawn = draw(random, 5000, labels);
    check_layouts<std::uint8_t>(drawn);
  }
}

CASE("multilabel: weights are added to labels and rows exactly") {
  Random random(13);
  const Drawn drawn = draw(random, 3000, 5);
  std::vector<double> weights = random_weights(random, 3000);
  for (std::size_t i = 0; i < weights.size(); i += 7) {
    weights[i] = std::ldexp(weights[i], static_cast<int>(random() % 1500) - 750);
  }
  const Column column = inputs::column(weights);
  std::vector<std::uint8_t> a, b;
  for (const bool by_label : {false, true}) {
    const std::size_t row = by_label ? 1 : 5;
    const std::size_t step = by_label ? 3000 : 1;
    MultilabelCounts state;
    state.update(lay(drawn, drawn.truth, row, step, a), lay(drawn, drawn.predicted, row, step, b),
                 &column);
    check_counts(state, drawn);
    const Marginals marginals = state.result();
    for (std::size_t label = 0; label < 5; ++label) {
      LabelWeights sums;
      for (std::size_t i = 0; i < 3000; ++i) {
        const bool t = drawn.truth[i * 5 + label] != 0;
        const bool p = drawn.predicted[i * 5 + label] != 0;
        if (t && p) sums.tp.add(weights[i]);
        if (p) sums.predicted.add(weights[i]);
        if (t) sums.actual.add(weights[i]);
      }
      CHECK(marginals.weights[label] == sums);
    }
    numeric::ExactSum total;
    total.add_all(weights.data(), weights.size());
    CHECK(marginals.weight == total);
  }
}

// ---- small ones by hand ---------------------------------------------------------------------

MultilabelCounts counted(const std::vector<std::int64_t>& y_true,
                         const std::vector<std::int64_t>& y_pred, std::size_t labels,
                         const std::vector<double>& weights = {}) {
  MultilabelCounts state;
  const Column column = inputs::column(weights);
  state.update(inputs::matrix(y_true, labels), inputs::matrix(y_pred, labels),
               weights.empty() ? nullptr : &column);
  return state;
}

CASE("multilabel: metrics by hand") {
  const MultilabelCounts state =
      counted({1, 0, 1, 0, 1, 0, 0, 0, 0}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3);
  CHECK_EQUAL(formulas::accuracy(state), 1.0 / 3);
  CHECK_EQUAL(formulas::correct(state), 1.0);
  CHECK_EQUAL(formulas::error_rate(state), 2.0 / 3);
  CHECK_EQUAL(formulas::errors(state), 2.0);
  CHECK_EQUAL(formulas::hamming_loss(state), 2.0 / 9);
  const auto all = formulas::all_labels(state.result());
  const auto samples = formulas::precision_recall_fscore(
      state, all, {.average = formulas::Average::samples, .zero_division = 1.0});
  CHECK_EQUAL(samples.average.precision, (1.0 + 1.0 + 0.0) / 3);
  CHECK_EQUAL(samples.average.recall, (0.5 + 1.0 + 1.0) / 3);
  CHECK(samples.recall_undefined);
  CHECK(!samples.precision_undefined);
  CHECK_EQUAL(formulas::jaccard(state, all, {.average = formulas::Average::samples}).average,
              (0.5 + 1.0 + 0.0) / 3);
  std::vector<std::int64_t> cells(12);
  formulas::one_against_rest(state.result(), all, cells.data());
  CHECK((cells == std::vector<std::int64_t>{2, 0, 0, 1, 2, 0, 0, 1, 1, 1, 1, 0}));
}

CASE("multilabel: an average over samples is of all labels") {
  const MultilabelCounts state = counted({1, 0, 1, 0}, {1, 1, 1, 0}, 2);
  const formulas::PrfOptions options{.average = formulas::Average::samples};
  CHECK_THROWS_SAYING(formulas::precision_recall_fscore(state, {0}, options), UnsupportedError,
                      "all labels together");
  CHECK_EQUAL(formulas::precision_recall_fscore(state, {1, 0}, options).average.precision, 0.75);
  CHECK_THROWS_SAYING(
      formulas::jaccard(state.result(), {0, 1}, {.average = formulas::Average::samples}),
      InvalidValue, "Samplewise metrics");
}

CASE("multilabel: cells of each sample") {
  const std::vector<std::int64_t> t{1, 0, 1, 0};
  const std::vector<std::int64_t> p{1, 1, 0, 0};
  std::vector<std::int64_t> counts(8);
  formulas::one_against_rest_by_sample(inputs::matrix(t, 2), inputs::matrix(p, 2), counts.data());
  CHECK((counts == std::vector<std::int64_t>{0, 1, 0, 1, 1, 0, 1, 0}));
  const std::vector<double> weights{0.5, -2};
  const Column column = inputs::column(weights);
  std::vector<double> cells(8);
  formulas::one_against_rest_by_sample(inputs::matrix(t, 2), inputs::matrix(p, 2), &column,
                                       cells.data());
  CHECK((cells == std::vector<double>{0, 0.5, 0, 0.5, -2, 0, -2, 0}));
}

CASE("multilabel: weights that add up beyond the largest double keep their bytes") {
  const double huge = std::numeric_limits<double>::max();
  MultilabelCounts state = counted({1, 1, 0, 1}, {1, 0, 0, 1}, 2, {huge, huge});
  state.merge(MultilabelCounts(state));
  CHECK(from_bytes<MultilabelCounts>(to_bytes(state)) == state);
  CHECK(std::isnan(formulas::hamming_loss(state)));
}

// ---- refusals -------------------------------------------------------------------------------

template <class E>
void check_refused(const std::vector<std::int64_t>& y_true, std::size_t true_labels,
                   const std::vector<std::int64_t>& y_pred, std::size_t labels,
                   std::string_view words) {
  MultilabelCounts state;
  CHECK_THROWS_SAYING(
      state.update(inputs::matrix(y_true, true_labels), inputs::matrix(y_pred, labels)), E, words);
  CHECK(state == MultilabelCounts());
}

CASE("multilabel: what is no indicator is refused by its place") {
  check_refused<InvalidValue>({0, 1, 1, 0}, 2, {0, 1, 3, 0}, 2, "y_pred[1, 0] is 3");
  check_refused<InvalidValue>({0, -1, 1, 0}, 2, {0, 1, 3, 0}, 2, "y_true[0, 1] is -1");
  check_refused<ShapeError>({0, 1, 1, 0}, 2, {0, 1, 1, 0}, 4, "inconsistent numbers of samples");
  check_refused<ShapeError>({0, 1, 1, 0}, 2, {0, 1, 1, 0, 1, 1}, 3, "different numbers of labels");
  MultilabelCounts state(3);
  const std::vector<double> nan{0, std::nan("")};
  const std::vector<double> half{0.5, 1};
  CHECK_THROWS_SAYING(MultilabelCounts().update(inputs::matrix(nan, 2), inputs::matrix(nan, 2)),
                      InvalidValue, "y_true[0, 1] is NaN");
  CHECK_THROWS_SAYING(MultilabelCounts().update(inputs::matrix(half, 1), inputs::matrix(half, 1)),
                      InvalidValue, "y_true[0, 0] is 0.5");
  CHECK_THROWS_SAYING(state.update(inputs::matrix(half, 2), inputs::matrix(half, 2)), ShapeError,
                      "3 are declared");
  CHECK_THROWS(MultilabelCounts(0), InvalidValue);
  CHECK_THROWS(MultilabelCounts(std::size_t{1} << 21), UnsupportedError);
}

CASE("multilabel: bytes whose labels and rows disagree are refused") {
  const MultilabelCounts good = counted({1, 0, 1, 1, 0, 0}, {1, 0, 0, 1, 0, 0}, 2);
  Writer writer;
  good.save(writer);
  // The true positives of label 0 once less: it is in range, but the rows say otherwise.
  std::string payload = writer.take();
  payload[9] = 0;
  Reader reader(payload);
  CHECK_THROWS_SAYING(MultilabelCounts::load(reader, 1), FormatError, "add up to differs");
  // An empty state is never weighted, and a discovered one of no samples has no labels.
  Writer empty;
  empty.u8(2);
  empty.u64(0);
  empty.u64(0);
  Reader weighted(empty.bytes());
  CHECK_THROWS(MultilabelCounts::load(weighted, 1), FormatError);
}

}  // namespace
