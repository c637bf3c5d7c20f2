// A step of an LSTM against its formula: products, then the state update; in each precision.
#include <algorithm>
#include <utility>

#include "test_kernels_weights.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::ActivationFn;
using lstmetrics::kernels::LstmRow;
using lstmetrics::kernels::LstmStepArgs;

namespace {

struct Step {
  std::size_t rows;
  std::size_t depth;
  std::size_t panels;
  std::vector<float> starts;  // [rows][panels][4][16]
  std::vector<float> hidden;  // [rows][depth]
  CaseWeights weights;        // of 4 vectors
  std::vector<float> cell;    // [rows][panels][16]

  std::size_t width() const { return panels * kLanes; }
};

Step random_step(std::size_t rows, std::size_t depth, std::size_t panels, Kind kind,
                 Precision precision = Precision::float32) {
  const std::size_t width = panels * kLanes;
  return {rows,
          depth,
          panels,
          numbers<float>(rows * 4 * width, kind),
          numbers<float>(rows * depth, kind),
          CaseWeights(precision, depth, panels, 4, kind),
          numbers<float>(rows * width, kind)};
}

struct Functions {
  ActivationFn candidate = {Activation::tanh};
  ActivationFn gate = {Activation::sigmoid};
  ActivationFn output = {Activation::tanh};
  float clip = 0;
};

float applied(const Table& table, const ActivationFn& function, float x) {
  float y = 0;
  table.activate_f32(function, &x, &y, 1);
  return y;
}

float clipped(float x, float most) {
  if (!(most > 0) || std::isnan(x)) return x;
  return std::min(std::max(x, -most), most);
}

// What becomes of unit `unit` of row `row`: its cell and hidden state.
std::pair<float, float> expected_state(const Table& table, const Step& step,
                                       const Functions& functions, std::size_t row,
                                       std::size_t unit) {
  const std::size_t panel = unit / kLanes;
  float gates[4];
  for (std::size_t gate = 0; gate < 4; ++gate) {
    const std::size_t column = panel * 4 * kLanes + gate * kLanes + unit % kLanes;
    const float start = step.starts[row * 4 * step.width() + column];
    const float sum = step.weights.product(step.hidden.data() + row * step.depth, column, start);
    const ActivationFn& function = gate == 2 ? functions.candidate : functions.gate;
    gates[gate] = applied(table, function, clipped(sum, functions.clip));
  }
  const float before = step.cell[row * step.width() + unit];
  const float cell = canonical(std::fmaf(gates[1], before, gates[0] * gates[2]));
  return {cell, canonical(gates[3] * applied(table, functions.output, cell))};
}

struct States {
  std::vector<float> cell;
  std::vector<float> next;
};

// Runs panels [first, end); every array ends at a wall.
States run(const Table& table, const Step& step, const Functions& functions, std::size_t first,
           std::size_t end) {
  Walled<float> starts(step.starts);
  Walled<float> hidden(step.hidden);
  WalledWeights walled(step.weights, step.rows, step.depth);
  Walled<float> cell(step.cell);
  Walled<float> next(std::vector<float>(step.cell.size(), 7.0F));
  std::vector<LstmRow> rows;
  for (std::size_t row = 0; row < step.rows; ++row) {
    const float* start = starts.data() + row * 4 * step.width();
    rows.push_back({start, hidden.data() + row * step.depth, cell.data() + row * step.width(),
                    next.data() + row * step.width(), start});
  }
  table.lstm_step({rows.data(), rows.size(), step.depth, walled.weights(), walled.quantized(),
                   first, end, functions.candidate, functions.gate, functions.output,
                   functions.clip});
  CHECK(cell.front_is_whole());
  CHECK(next.front_is_whole());
  return {cell.values(), next.values()};
}

void check_step(const Table& table, const Step& step, const Functions& functions, std::size_t first,
                std::size_t end) {
  const States found = run(table, step, functions, first, end);
  for (std::size_t row = 0; row < step.rows; ++row) {
    for (std::size_t unit = 0; unit < step.width(); ++unit) {
      const std::size_t i = row * step.width() + unit;
      const bool runs = unit / kLanes >= first && unit / kLanes < end;
      const auto [cell, next] =
          runs ? expected_state(table, step, functions, row, unit) : std::pair{step.cell[i], 7.0F};
      CHECK_EQUAL(bits(found.cell[i]), bits(cell));
      CHECK_EQUAL(bits(found.next[i]), bits(next));
    }
  }
}

}  // namespace

CASE("lstm step: every number of rows, odd depths and panels") {
  for (std::size_t rows = 0; rows <= 14; ++rows) {
    for (std::size_t depth : {0, 1, 2, 7}) {
      for (std::size_t panels : {1, 2, 3}) {
        for (Precision precision : kPrecisions) {
          const Step step = random_step(rows, depth, panels, Kind::ordinary, precision);
          on_every_level([&](const Table& table) { check_step(table, step, {}, 0, panels); });
        }
      }
    }
  }
}

CASE("lstm step: a part of the panels leaves the others alone") {
  for (std::size_t rows : {1, 2, 7}) {
    const Step step = random_step(rows, 5, 5, Kind::ordinary);
    on_every_level([&](const Table& table) {
      for (std::size_t first = 0; first <= 5; ++first) {
        for (std::size_t end = first; end <= 5; ++end) check_step(table, step, {}, first, end);
      }
    });
  }
}

CASE("lstm step: nasty numbers, and bit patterns of every kind") {
  for (Kind kind : {Kind::nasty, Kind::no_nan, Kind::any_bits}) {
    for (std::size_t rows : {1, 2, 6, 7}) {
      for (Precision precision : kPrecisions) {
        const Step step = random_step(rows, 3, 3, kind, precision);
        on_every_level([&](const Table& table) {
          check_step(table, step, {}, 0, 3);
          check_step(table, step, {.candidate = {Activation::relu}}, 0, 3);
        });
      }
    }
  }
}

CASE("lstm step: the formula, for every pair of activations, clipped or not") {
  for (Kind kind : {Kind::ordinary, Kind::nasty, Kind::any_bits}) {
    const Step step = random_step(3, 2, 2, kind);
    on_every_level([&](const Table& table) {
      for (int first = 0; first < static_cast<int>(Activation::softmax); ++first) {
        for (int second = 0; second < static_cast<int>(Activation::softmax); ++second) {
          const ActivationFn one = {static_cast<Activation>(first), 0.3F, 0.7F};
          const ActivationFn other = {static_cast<Activation>(second), 0.3F, 0.7F};
          check_step(table, step, {one, other, one, (first + second) % 2 == 0 ? 0.0F : 0.5F}, 0, 2);
        }
      }
    });
  }
}

CASE("lstm step: a row has the bits it has alone, the same on every level") {
  for (Precision precision : kPrecisions) {
    const Step step = random_step(67, 128, 8, Kind::ordinary, precision);
    check_equal_bits([&](const Table& table, Bits& result) {
      const States together = run(table, step, {}, 0, step.panels);
      for (std::size_t row = 0; row < step.rows; ++row) {
        Step alone = step;
        alone.rows = 1;
        const auto part = [&](const std::vector<float>& all) {
          const std::size_t size = all.size() / step.rows;
          const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row * size);
          return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size));
        };
        alone.starts = part(step.starts);
        alone.hidden = part(step.hidden);
        alone.cell = part(step.cell);
        const States found = run(table, alone, {}, 0, step.panels);
        CHECK(found.cell == part(together.cell));
        CHECK(found.next == part(together.next));
      }
      result.add_all(together.cell);
      result.add_all(together.next);
    });
  }
}
