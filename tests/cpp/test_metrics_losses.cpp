#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "lstmetrics/base/error.hpp"
#include "lstmetrics/metrics/formulas/losses.hpp"
#include "lstmetrics/metrics/loss_sum.hpp"
#include "lstmetrics/metrics/token_loss.hpp"
#include "lstmetrics/runtime/thread_pool.hpp"
#include "test_metrics_inputs.hpp"

using namespace lstmetrics;
using namespace lstmetrics::metrics;
using namespace lstmetrics::metrics::formulas;
using inputs::integers;
using inputs::texts;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

bool near(double a, double b, double relative = 1e-15) {
  return std::abs(a - b) <= relative * std::abs(b);
}

template <class T>
LossSum loss_of(Loss loss, const std::vector<std::int64_t>& y_true,
                const std::vector<T>& probabilities, std::size_t columns) {
  LossSum state(loss);
  state.update(inputs::labels(y_true, "y_true"), inputs::matrix(probabilities, columns));
  return state;
}

}  // namespace

CASE("log loss: by hand, from one column or two") {
  const std::vector<std::int64_t> y_true = {1, 0, 0, 1};
  const std::vector<double> two = {.1, .9, .9, .1, .8, .2, .35, .65};
  const LossSum state = loss_of(Loss::log_loss, y_true, two, 2);
  CHECK(near(mean_loss(state.result()), 0.21616187468057912));  // scikit-learn's example
  const std::vector<double> one = {.9, .1, .2, .65};
  const LossSum single = loss_of(Loss::log_loss, y_true, one, 1);
  CHECK(near(mean_loss(single.result()), 0.21616187468057912));
  CHECK_EQUAL(single.classes()[1].samples, 2);
  const double by_hand = -(std::log(.9) + std::log(.9) + std::log(.8) + std::log(.65));
  CHECK(near(total_loss(state.result()), by_hand));
}

CASE("log loss: probabilities are clipped by their own dtype") {
  const std::vector<std::int64_t> y_true = {0, 1};
  const std::vector<double> wrong = {0, 1, 1, 0};
  CHECK_EQUAL(mean_loss(loss_of(Loss::log_loss, y_true, wrong, 2).result()), -std::log(0x1p-52));
  const std::vector<float> wrong32 = {0, 1, 1, 0};
  CHECK_EQUAL(mean_loss(loss_of(Loss::log_loss, y_true, wrong32, 2).result()), -std::log(0x1p-23));
  const std::vector<std::int64_t> whole = {1, 0, 0, 1};
  CHECK(near(mean_loss(loss_of(Loss::log_loss, y_true, whole, 2).result()), 0x1p-52));
}

CASE("log loss: rows that do not sum to one are counted, not changed") {
  const std::vector<std::int64_t> y_true = {0, 1, 1};
  const std::vector<double> rows = {.5, .5, .2, .2, .1, .9 + 1e-9};
  LossSum state(Loss::log_loss);
  const ProbabilityNotes notes =
      state.update(inputs::labels(y_true, "y_true"), inputs::matrix(rows, 2));
  CHECK_EQUAL(notes.rows_not_summing_to_one, 1);
  CHECK(near(mean_loss(state.result()), -(std::log(.5) + std::log(.2) + std::log(.9 + 1e-9)) / 3));
}

CASE("log loss: what cannot be is refused, and nothing changes") {
  LossSum state(Loss::log_loss, LabelSet(integers({0, 1})));
  const std::vector<std::int64_t> y_true = {0, 1};
  const auto update = [&](const std::vector<double>& p, std::size_t columns) {
    return state.update(inputs::labels(y_true, "y_true"), inputs::matrix(p, columns));
  };
  update({.5, .5, .5, .5}, 2);
  const std::string before = to_bytes(state);
  CHECK_THROWS_SAYING(update({.5, .5, .5, kNan}, 2), InvalidValue,
                      "contains NaN (row 1, column 1)");
  CHECK_THROWS_SAYING(update({.5, .5, 1.25, .5}, 2), InvalidValue,
                      "y_prob contains values greater than 1: 1.25 (row 1, column 0)");
  CHECK_THROWS_SAYING(update({-.5, .5}, 1), InvalidValue,
                      "y_prob contains values lower than 0: -0.5 (row 0, column 0)");
  CHECK_THROWS_SAYING(update({.2, .3, .5, .2, .3, .5}, 3), InvalidValue,
                      "number of classes in labels is different");
  CHECK_THROWS_SAYING(update({.5, .5, .5}, 1), ShapeError, "[3, 2] (y_prob, y_true)");
  const std::vector<std::int64_t> unknown = {0, 7};
  const std::vector<double> good = {.5, .5, .5, .5};
  CHECK_THROWS_SAYING(
      state.update(inputs::labels(unknown, "y_true"), inputs::matrix(good, 2)), InvalidValue,
      "y_true contains values [7] not belonging to the passed labels [0, 1] (y_true[1])");
  CHECK_THROWS(state.update_losses(inputs::column(good)), InvalidValue);
  CHECK(to_bytes(state) == before);
  LossSum discovering(Loss::log_loss);
  const std::vector<std::int64_t> same = {4, 4};
  CHECK_THROWS_SAYING(discovering.update(inputs::labels(same, "y_true"), inputs::matrix(good, 2)),
                      InvalidValue, "y_true contains only one label (4)");
  Matrix text = inputs::matrix(good, 2);
  text.dtype = DType::ucs4;
  CHECK_THROWS_SAYING(discovering.update(inputs::labels(y_true, "y_true"), text), InvalidType,
                      "text");
  CHECK_THROWS_SAYING(LossSum(Loss::log_loss, LabelSet(integers({1}))), InvalidValue,
                      "at least two labels");
}

CASE("Brier loss: by hand") {
  const std::vector<std::int64_t> y_true = {0, 1, 2};
  const std::vector<double> rows = {.8, .1, .1, .2, .2, .6, 0, 0, 1};
  const LossSum state = loss_of(Loss::brier, y_true, rows, 3);
  CHECK(near(mean_loss(state.result()), (.04 + .01 + .01 + .04 + .64 + .36) / 3));
  const std::vector<std::int64_t> binary = {0, 1, 1, 0};
  const std::vector<double> one = {.1, .9, .8, .3};
  CHECK(near(mean_loss(loss_of(Loss::brier, binary, one, 1).result()) / 2,
             0.0375));  // scikit-learn's example
}

CASE("losses of the caller's: mean, total and standard error") {
  const std::vector<double> losses = {1, 2, 3, 4};
  LossSum state;
  CHECK(std::isnan(mean_loss(state.result())));
  CHECK_EQUAL(total_loss(state.result()), 0.0);
  state.update_losses(inputs::column(losses));
  CHECK_EQUAL(mean_loss(state.result()), 2.5);
  CHECK(near(mean_loss_standard_error(state.result()), std::sqrt(5.0 / 3 / 4)));
  const std::vector<double> ones(4, 1.0);
  const Column w = inputs::column(ones);
  LossSum weighted;
  weighted.update_losses(inputs::column(losses), &w);
  CHECK_EQUAL(mean_loss_standard_error(weighted.result()),
              mean_loss_standard_error(state.result()));
  const std::vector<double> bad = {1, kNan};
  CHECK_THROWS_SAYING(state.update_losses(inputs::column(bad)), InvalidValue, "losses[1] is NaN");
  const std::vector<double> zero_weights = {0, 2};
  const std::vector<double> infinite = {kInf, 3};
  const Column zw = inputs::column(zero_weights);
  LossSum kept;
  kept.update_losses(inputs::column(infinite), &zw);
  CHECK_EQUAL(mean_loss(kept.result()), 3.0);  // a weight of zero leaves even infinity out
}

CASE("token loss: by hand") {
  const std::vector<float> logits = {0, 0, 0, 0, 1, 1, 1, 5};
  const std::vector<std::int64_t> targets = {2, 3};
  TokenLoss state({2});
  state.update_logits(inputs::matrix(logits, 4), inputs::column(targets),
                      {.characters = 8, .bytes = 16});
  const double second = std::log(3 * std::exp(-4.0) + 1);
  const double entropy = (std::log(4.0) + second) / 2;
  const TokenSums& sums = state.result();
  constexpr double kFloat = 1e-6;  // the exponentials of float logits are floats
  CHECK(near(cross_entropy(sums), entropy, kFloat));
  CHECK(near(perplexity(sums), std::exp(cross_entropy(sums)), 1e-15));
  CHECK(near(bits_per_token(sums), entropy / std::log(2.0), kFloat));
  CHECK(near(bits_per_character(sums), 2 * entropy / std::log(2.0) / 8, kFloat));
  CHECK(near(bits_per_byte(sums), 2 * entropy / std::log(2.0) / 16, kFloat));
  CHECK_EQUAL(token_accuracy(sums), 0.5);  // of equal logits the first is the guess
  CHECK_EQUAL(top_k_accuracy(sums, 0), 0.5);
  std::vector<double> each(2);
  token_nll(inputs::matrix(logits, 4), inputs::column(targets), {}, each.data());
  CHECK_EQUAL(each[0], std::log(4.0));
  CHECK(near(each[1], second, kFloat));
}

CASE("token loss: ranks count equal logits before the target") {
  const std::vector<double> row = {1, 3, 3, 2, 3};
  const std::int64_t ranks[] = {4, 0, 1, 3, 2};
  for (std::int64_t target = 0; target < 5; ++target) {
    TokenLoss state({1, 2, 3, 4, 9});
    const std::vector<std::int64_t> targets = {target};
    state.update_logits(inputs::matrix(row, 5), inputs::column(targets));
    for (const TopKHits& top : state.result().top)
      CHECK_EQUAL(top.hits.samples, ranks[target] < top.k ? 1 : 0);
    TokenLoss plain;
    plain.update_logits(inputs::matrix(row, 5), inputs::column(targets));
    CHECK_EQUAL(plain.result().correct.samples, ranks[target] == 0 ? 1 : 0);
  }
}

CASE("token loss: masks, ignored targets, weights and log-probabilities") {
  const std::vector<double> log_probs = {
      std::log(.5), std::log(.5), std::log(.25), std::log(.75), -1e9, 0, kNan, kNan};
  const std::vector<std::int32_t> targets = {0, 1, -100, 1};
  const std::vector<std::int8_t> mask = {1, 1, 1, 0};
  const std::vector<double> weights = {1, 3, 7, 7};
  const Column m = inputs::column(mask);
  const Column w = inputs::column(weights);
  TokenLoss state;
  state.update_logits(inputs::matrix(log_probs, 2), inputs::column(targets),
                      {.log_probabilities = true, .ignore_index = -100, .mask = &m, .weights = &w});
  CHECK_EQUAL(state.tokens(), 2);
  CHECK_EQUAL(cross_entropy(state.result()), (-std::log(.5) + 3 * -std::log(.75)) / 4);
  CHECK_EQUAL(token_accuracy(state.result()), 1.0);
  std::vector<double> each(4, 9);
  token_nll(inputs::matrix(log_probs, 2), inputs::column(targets),
            {.log_probabilities = true, .ignore_index = -100, .mask = &m}, each.data());
  CHECK(each == std::vector<double>({-std::log(.5), -std::log(.75), 0, 0}));
}

CASE("token loss: each token, with weights and hits") {
  const std::vector<double> log_probs = {-1, -2, -3, -4, -kInf, 0, -5, -6};
  const std::vector<std::int32_t> targets = {0, 1, 0, -100};
  const std::vector<double> weights = {2, 0.5, 0, 7};
  const Column w = inputs::column(weights);
  TokenOptions options{.log_probabilities = true, .ignore_index = -100, .weights = &w};
  std::vector<double> each(4, 9);
  token_nll(inputs::matrix(log_probs, 2), inputs::column(targets), options, each.data());
  CHECK(each == std::vector<double>({2, 2, 0, 0}));  // a weight of zero leaves infinity out
  std::vector<std::uint8_t> hits(4, 9);
  token_hits(inputs::matrix(log_probs, 2), inputs::column(targets), options, 1, hits.data());
  CHECK(hits == std::vector<std::uint8_t>({1, 0, 0, 0}));
  token_hits(inputs::matrix(log_probs, 2), inputs::column(targets), options, 2, hits.data());
  CHECK(hits == std::vector<std::uint8_t>({1, 1, 1, 0}));
  CHECK_THROWS(
      token_hits(inputs::matrix(log_probs, 2), inputs::column(targets), options, 0, hits.data()),
      InvalidValue);
}

CASE("token loss: sequences of equal length, each alone") {
  const std::vector<double> logits = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
  const std::vector<std::int32_t> targets = {0, 1, 0, 1, 0, 1};
  const std::vector<std::int8_t> mask = {1, 0, 1, 1, 1, 1};
  const std::vector<double> weights = {1, 2, 3, 4, 5, 6};
  const Column m = inputs::column(mask);
  const Column w = inputs::column(weights);
  const TokenOptions options{.mask = &m, .weights = &w};
  TokenLoss merged;
  std::vector<std::int64_t> tokens;
  for_each_sequence(inputs::matrix(logits, 2), inputs::column(targets), options, 3,
                    [&](const Matrix& rows, const Column& column, const TokenOptions& part) {
                      TokenLoss state;
                      state.update_logits(rows, column, part);
                      tokens.push_back(state.tokens());
                      merged.merge(state);
                    });
  CHECK(tokens == std::vector<std::int64_t>({1, 2, 2}));
  TokenLoss whole;
  whole.update_logits(inputs::matrix(logits, 2), inputs::column(targets), options);
  CHECK(merged == whole);
  const auto nothing = [](const Matrix&, const Column&, const TokenOptions&) {};
  for (const std::size_t sequences : {0u, 4u}) {
    CHECK_THROWS(for_each_sequence(inputs::matrix(logits, 2), inputs::column(targets), options,
                                   sequences, nothing),
                 ShapeError);
  }
}

CASE("token loss: huge and infinite logits") {
  const auto nll = [](const std::vector<float>& row, std::int64_t target) {
    const std::vector<std::int64_t> targets = {target};
    double out = 0;
    token_nll(inputs::matrix(row, row.size()), inputs::column(targets), {}, &out);
    return out;
  };
  const auto inf = std::numeric_limits<float>::infinity();
  CHECK_EQUAL(nll({1e4F, 0, -1e4F}, 0), 0.0);
  CHECK_EQUAL(nll({1e4F, 0, -1e4F}, 2), 2e4);
  CHECK_EQUAL(nll({0, -inf}, 0), 0.0);
  CHECK_EQUAL(nll({0, -inf}, 1), kInf);
  CHECK_THROWS_SAYING(nll({-inf, -inf}, 1), InvalidValue, "row 0 of logits");
  CHECK_THROWS(nll({inf, 0}, 1), InvalidValue);
  CHECK_THROWS(nll({0, std::numeric_limits<float>::quiet_NaN()}, 0), InvalidValue);
}

CASE("token loss: targets outside the vocabulary and wrong lengths are refused") {
  const std::vector<float> logits(12, 0.0F);
  TokenLoss state;
  const std::vector<std::int64_t> outside = {0, 1, 4};
  CHECK_THROWS_SAYING(state.update_logits(inputs::matrix(logits, 4), inputs::column(outside)),
                      InvalidValue, "targets[2] is 4, outside the vocabulary [0, 4)");
  const std::vector<std::int64_t> negative = {0, -100, 1};
  CHECK_THROWS_SAYING(state.update_logits(inputs::matrix(logits, 4), inputs::column(negative)),
                      InvalidValue, "targets[1] is -100");
  const std::vector<std::int64_t> few = {0, 1};
  CHECK_THROWS_SAYING(state.update_logits(inputs::matrix(logits, 4), inputs::column(few)),
                      ShapeError, "[3, 2] (logits, targets)");
  const std::vector<double> real = {0, 1, 2};
  CHECK_THROWS_SAYING(state.update_logits(inputs::matrix(logits, 4), inputs::column(real)),
                      InvalidType, "targets must be integers, got float64");
  CHECK_THROWS(TokenLoss({0}), InvalidValue);
  CHECK_THROWS(TokenLoss({2, 2}), InvalidValue);
  CHECK(state == TokenLoss());
}

CASE("token loss: losses computed elsewhere") {
  const std::vector<double> nll = {1, 2, 3};
  const std::vector<std::int8_t> correct = {1, 0, 1};
  const std::vector<std::int8_t> mask = {1, 1, 0};
  const Column c = inputs::column(correct);
  const Column m = inputs::column(mask);
  TokenLoss state;
  state.update_nll(inputs::column(nll), {.mask = &m, .correct = &c, .characters = 4});
  CHECK_EQUAL(cross_entropy(state.result()), 1.5);
  CHECK_EQUAL(token_accuracy(state.result()), 0.5);
  TokenLoss unjudged;
  unjudged.update_nll(inputs::column(nll));
  CHECK(std::isnan(token_accuracy(unjudged.result())));
  CHECK(std::isnan(bits_per_character(unjudged.result())));
  CHECK_THROWS(unjudged.update_nll(inputs::column(nll), {.characters = -1}), InvalidValue);
}

CASE("token loss: threads and strides do not change a bit") {
  const std::size_t rows = 3000;
  const std::size_t columns = 130;
  std::vector<float> logits(rows * columns);
  std::vector<float> transposed(rows * columns);
  std::vector<std::int64_t> targets(rows);
  std::uint32_t noise = 1;
  for (std::size_t i = 0; i < rows; ++i) {
    targets[i] = static_cast<std::int64_t>(i % columns);
    for (std::size_t j = 0; j < columns; ++j) {
      noise = noise * 1664525u + 1013904223u;
      logits[i * columns + j] = transposed[j * rows + i] =
          static_cast<float>(noise >> 8) * 0x1p-21F - 4;
    }
  }
  const auto bytes = [&](const Matrix& matrix, std::size_t threads) {
    runtime::set_num_threads(threads);
    TokenLoss state({3});
    state.update_logits(matrix, inputs::column(targets));
    return to_bytes(state);
  };
  const Matrix plain = inputs::matrix(logits, columns);
  Matrix strided = plain;
  strided.data = reinterpret_cast<const std::byte*>(transposed.data());
  strided.row_stride = sizeof(float);
  strided.column_stride = static_cast<std::ptrdiff_t>(rows * sizeof(float));
  const std::size_t before = runtime::num_threads();
  const std::string one = bytes(plain, 1);
  CHECK(bytes(plain, 2) == one);
  CHECK(bytes(plain, 4) == one);
  CHECK(bytes(strided, 2) == one);
  runtime::set_num_threads(before);
}
