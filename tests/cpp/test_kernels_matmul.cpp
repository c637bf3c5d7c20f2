// The matrix product against a chain of std::fmaf, and the LSTM's state update against its formula.
#include <algorithm>

#include "test_kernels_inputs.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::LstmCellArgs;
using lstmetrics::kernels::MatmulArgs;

namespace {

struct Shape {
  std::size_t rows;
  std::size_t depth;
  std::size_t panels;
  std::size_t vectors;
  std::size_t width() const { return panels * vectors * kLanes; }
};

float canonical(float value) { return std::isnan(value) ? std::nanf("") : value; }

// Column `column` of packed weights at depth k.
float weight(const std::vector<float>& packed, const Shape& shape, std::size_t k,
             std::size_t column) {
  const std::size_t per_panel = shape.vectors * kLanes;
  const std::size_t panel = column / per_panel;
  return packed[(panel * shape.depth + k) * per_panel + column % per_panel];
}

std::vector<float> chained(const Shape& shape, const std::vector<float>& a, std::size_t a_stride,
                           const std::vector<float>& packed, const std::vector<float>& init,
                           std::size_t init_stride) {
  std::vector<float> c;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t column = 0; column < shape.width(); ++column) {
      float sum = init[row * init_stride + column];
      for (std::size_t k = 0; k < shape.depth; ++k) {
        sum = std::fmaf(a[row * a_stride + k], weight(packed, shape, k, column), sum);
      }
      c.push_back(canonical(sum));
    }
  }
  return c;
}

bool same_bits(const std::vector<float>& x, const std::vector<float>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](float a, float b) { return bits(a) == bits(b); });
}

void check_matmul(const Shape& shape, Kind kind) {
  const std::size_t a_stride = shape.depth + 3;
  const std::size_t width = shape.width();
  const std::size_t c_stride = width + 5;
  // The last row of each ends at the wall: no stride beyond it.
  const auto strided = [&](std::size_t stride, std::size_t used) {
    return numbers<float>(shape.rows == 0 ? 0 : (shape.rows - 1) * stride + used, kind);
  };
  const std::vector<float> a = strided(a_stride, shape.depth);
  const std::vector<float> packed = numbers<float>(shape.depth * width, kind);
  const std::vector<float> bias = numbers<float>(width, kind);
  const std::vector<float> starts = strided(c_stride, width);
  const std::vector<float> from_bias = chained(shape, a, a_stride, packed, bias, 0);
  const std::vector<float> from_starts = chained(shape, a, a_stride, packed, starts, c_stride);

  on_every_level([&](const Table& table) {
    Walled<float> in(a);
    Walled<float> weights(packed);
    Walled<float> shared(bias);
    Walled<float> out(starts);
    MatmulArgs args = {in.data(),      a_stride,     shape.rows,    shape.depth,
                       weights.data(), shape.panels, shape.vectors, out.data(),
                       c_stride,       out.data(),   c_stride};
    const auto check_result = [&](const std::vector<float>& expected) {
      const std::vector<float> c = out.values();
      for (std::size_t row = 0; row < shape.rows; ++row) {
        const float* begin = c.data() + row * c_stride;
        const float* wanted = expected.data() + row * width;
        CHECK(same_bits({begin, begin + width}, {wanted, wanted + width}));
        if (row + 1 < shape.rows) {
          const float* gap = starts.data() + row * c_stride + width;
          CHECK(same_bits({begin + width, begin + c_stride}, {gap, gap + c_stride - width}));
        }
      }
      CHECK(out.front_is_whole());
    };
    table.matmul(args);  // in place
    check_result(from_starts);
    args.init = shared.data();
    args.init_row_stride = 0;
    table.matmul(args);
    check_result(from_bias);
  });
}

struct Cell {
  Shape shape;
  std::vector<float> gates;
  std::vector<float> cell;
  std::vector<float> hidden;
  std::vector<std::uint8_t> active;
};

float activated(const Table& table, Activation activation, float x) {
  float y = 0;
  table.activate_f32({activation, 0.3F, 0.7F}, &x, &y, 1);
  return y;
}

void check_cell(const Table& table, const Cell& given, Activation activation,
                Activation recurrent) {
  const std::size_t width = given.shape.panels * kLanes;
  Walled<float> gates(given.gates);
  Walled<float> cell(given.cell);
  Walled<float> hidden(given.hidden);
  table.lstm_cell({gates.data(),
                   4 * width,
                   cell.data(),
                   width,
                   hidden.data(),
                   width,
                   given.active.empty() ? nullptr : given.active.data(),
                   2,
                   given.shape.rows,
                   given.shape.panels,
                   {activation, 0.3F, 0.7F},
                   {recurrent, 0.3F, 0.7F},
                   {activation, 0.3F, 0.7F},
                   0});
  for (std::size_t i = 0; i < given.cell.size(); ++i) {
    float c = given.cell[i];
    float h = given.hidden[i];
    if (given.active.empty() || given.active[2 * (i / width)] != 0) {
      const float* gate = given.gates.data() + i / kLanes * 4 * kLanes + i % kLanes;
      const float input = activated(table, recurrent, gate[0]);
      const float forget = activated(table, recurrent, gate[kLanes]);
      const float output = activated(table, recurrent, gate[3 * kLanes]);
      c = canonical(std::fmaf(forget, c, input * activated(table, activation, gate[2 * kLanes])));
      h = canonical(output * activated(table, activation, c));
    }
    CHECK_EQUAL(bits(cell.data()[i]), bits(c));
    CHECK_EQUAL(bits(hidden.data()[i]), bits(h));
  }
}

Cell random_cell(std::size_t rows, std::size_t panels, Kind kind, bool masked) {
  const std::size_t n = rows * panels * kLanes;
  Cell cell = {{rows, 0, panels, 4},
               numbers<float>(4 * n, kind),
               numbers<float>(n, kind),
               numbers<float>(n, kind),
               {}};
  for (std::size_t row = 0; masked && row < 2 * rows; ++row) {
    cell.active.push_back(static_cast<std::uint8_t>(generator()() % 2));
  }
  return cell;
}

}  // namespace

CASE("matmul: gates of an LSTM, every number of rows and odd depths") {
  for (std::size_t rows = 0; rows <= 20; ++rows) {
    for (std::size_t depth : {0, 1, 2, 7, 33}) {
      for (std::size_t panels : {1, 2, 3}) check_matmul({rows, depth, panels, 4}, Kind::ordinary);
    }
  }
}

CASE("matmul: dense panels, every number of rows") {
  for (std::size_t rows = 0; rows <= 20; ++rows) {
    for (std::size_t panels : {0, 1, 2, 3, 4, 7, 8, 9, 15, 17}) {
      check_matmul({rows, 5, panels, 1}, Kind::ordinary);
    }
  }
}

CASE("matmul: nasty numbers, and bit patterns of every kind") {
  for (Kind kind : {Kind::nasty, Kind::no_nan, Kind::any_bits}) {
    for (std::size_t rows : {1, 2, 5, 6, 7, 13}) {
      for (std::size_t depth : {1, 3, 40}) {
        check_matmul({rows, depth, 2, 4}, kind);
        check_matmul({rows, depth, 11, 1}, kind);
      }
    }
  }
}

CASE("matmul: batches give each row the bits it has alone") {
  const Shape shape = {67, 128, 8, 4};
  const std::vector<float> a = numbers<float>(shape.rows * shape.depth, Kind::ordinary);
  const std::vector<float> packed = numbers<float>(shape.depth * shape.width(), Kind::ordinary);
  const std::vector<float> bias = numbers<float>(shape.width(), Kind::ordinary);
  on_every_level([&](const Table& table) {
    std::vector<float> together(shape.rows * shape.width());
    std::vector<float> alone(together.size());
    MatmulArgs args = {a.data(),     shape.depth,   shape.rows,  shape.depth, packed.data(),
                       shape.panels, shape.vectors, bias.data(), 0,           together.data(),
                       shape.width()};
    table.matmul(args);
    args.rows = 1;
    for (std::size_t row = 0; row < shape.rows; ++row) {
      args.a = a.data() + row * shape.depth;
      args.c = alone.data() + row * shape.width();
      table.matmul(args);
    }
    CHECK(same_bits(together, alone));
  });
}

CASE("lstm cell: the formula, for every pair of activations") {
  for (Kind kind : {Kind::ordinary, Kind::nasty, Kind::any_bits}) {
    const Cell cell = random_cell(3, 2, kind, false);
    on_every_level([&](const Table& table) {
      for (int first = 0; first < static_cast<int>(Activation::softmax); ++first) {
        for (int second = 0; second < static_cast<int>(Activation::softmax); ++second) {
          check_cell(table, cell, static_cast<Activation>(first), static_cast<Activation>(second));
        }
      }
    });
  }
}

CASE("lstm cell: rows that are not active keep their state, NaN and all") {
  for (std::size_t rows : {0, 1, 2, 9}) {
    const Cell cell = random_cell(rows, 3, Kind::any_bits, true);
    on_every_level([&](const Table& table) {
      check_cell(table, cell, Activation::tanh, Activation::sigmoid);
      check_cell(table, cell, Activation::relu, Activation::hard_sigmoid);
    });
  }
}

CASE("lstm cell: the same bits on every level") {
  const Cell cell = random_cell(8, 4, Kind::ordinary, false);
  check_equal_bits([&](const Table& table, Bits& result) {
    std::vector<float> c = cell.cell;
    std::vector<float> h = cell.hidden;
    table.lstm_cell({cell.gates.data(),
                     256,
                     c.data(),
                     64,
                     h.data(),
                     64,
                     nullptr,
                     0,
                     8,
                     4,
                     {Activation::tanh},
                     {Activation::sigmoid},
                     {Activation::tanh},
                     0});
    result.add_all(c);
    result.add_all(h);
  });
}
