// The matrix product against its definition, in each precision.
#include <algorithm>

#include "test_kernels_weights.hpp"

using namespace kernel_cases;
using lstmetrics::kernels::MatmulArgs;

namespace {

struct Shape {
  std::size_t rows;
  std::size_t depth;
  std::size_t panels;
  std::size_t vectors;
  std::size_t width() const { return panels * vectors * kLanes; }
};

// A row of the product after the other, without gaps, from one start for all.
MatmulArgs arguments(const Shape& shape, const float* a, WalledWeights& weights, const float* init,
                     float* c) {
  return {.a = a,
          .a_row_stride = shape.depth,
          .rows = shape.rows,
          .depth = shape.depth,
          .weights = weights.weights(),
          .quantized = weights.quantized(),
          .panels = shape.panels,
          .vectors = shape.vectors,
          .init = init,
          .init_row_stride = 0,
          .c = c,
          .c_row_stride = shape.width()};
}

std::vector<float> products(const Shape& shape, const std::vector<float>& a, std::size_t a_stride,
                            const CaseWeights& weights, const std::vector<float>& init,
                            std::size_t init_stride) {
  std::vector<float> c;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t column = 0; column < shape.width(); ++column) {
      const float start = init[row * init_stride + column];
      c.push_back(canonical(weights.product(a.data() + row * a_stride, column, start)));
    }
  }
  return c;
}

bool same_bits(const std::vector<float>& x, const std::vector<float>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](float a, float b) { return bits(a) == bits(b); });
}

void check_matmul(Precision precision, const Shape& shape, Kind kind) {
  const std::size_t a_stride = shape.depth + 3;
  const std::size_t width = shape.width();
  const std::size_t c_stride = width + 5;
  // The last row of each ends at the wall: no stride beyond it.
  const auto strided = [&](std::size_t stride, std::size_t used) {
    return numbers<float>(shape.rows == 0 ? 0 : (shape.rows - 1) * stride + used, kind);
  };
  const std::vector<float> a = strided(a_stride, shape.depth);
  const CaseWeights weights(precision, shape.depth, shape.panels, shape.vectors, kind);
  const std::vector<float> bias = numbers<float>(width, kind);
  const std::vector<float> starts = strided(c_stride, width);
  const std::vector<float> from_bias = products(shape, a, a_stride, weights, bias, 0);
  const std::vector<float> from_starts = products(shape, a, a_stride, weights, starts, c_stride);

  on_every_level([&](const Table& table) {
    Walled<float> in(a);
    WalledWeights walled(weights, shape.rows, shape.depth);
    Walled<float> shared(bias);
    Walled<float> out(starts);
    MatmulArgs args = arguments(shape, in.data(), walled, out.data(), out.data());
    args.a_row_stride = a_stride;
    args.init_row_stride = c_stride;
    args.c_row_stride = c_stride;
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

// The same check in each precision.
void check_matmul(const Shape& shape, Kind kind) {
  for (Precision precision : kPrecisions) check_matmul(precision, shape, kind);
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
  const std::vector<float> bias = numbers<float>(shape.width(), Kind::ordinary);
  for (Precision precision : kPrecisions) {
    const CaseWeights weights(precision, shape.depth, shape.panels, shape.vectors, Kind::ordinary);
    on_every_level([&](const Table& table) {
      WalledWeights walled(weights, shape.rows, shape.depth);
      std::vector<float> together(shape.rows * shape.width());
      std::vector<float> alone(together.size());
      MatmulArgs args = arguments(shape, a.data(), walled, bias.data(), together.data());
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
}

CASE("matmul: int8 rows of zeros, of tiny and of strange numbers") {
  constexpr float kTiny = 0x1p-101F;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Shape shape = {1, 3, 1, 1};
  const CaseWeights weights(Precision::int8, shape.depth, 1, 1, Kind::ordinary);
  const std::vector<float> starts(kLanes, 0.5F);
  for (const std::vector<float>& row : {std::vector<float>{0, -0.0F, 0},
                                        {kTiny, -kTiny, 0},
                                        {kInfinity, 1, 2},
                                        {1, std::nanf(""), 2},
                                        {0x1p-99F, 0, 0},
                                        {1, 127, 0.5F},
                                        {3e38F, -3e38F, 1}}) {
    std::vector<float> expected;
    for (std::size_t column = 0; column < kLanes; ++column) {
      expected.push_back(canonical(weights.product(row.data(), column, 0.5F)));
    }
    on_every_level([&](const Table& table) {
      Walled<float> in(row);
      WalledWeights walled(weights, shape.rows, shape.depth);
      std::vector<float> c = starts;
      table.matmul(arguments(shape, in.data(), walled, c.data(), c.data()));
      CHECK(same_bits(c, expected));
    });
  }
}
