// The matrix product against a chain of std::fmaf.
#include <algorithm>

#include "test_kernels_inputs.hpp"

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
