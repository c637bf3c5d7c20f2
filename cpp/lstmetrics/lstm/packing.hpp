// Weights in the layout the kernels read: panels of 16 units, [panel][k][vectors][16], padded
// with zeros. The layout is the same on every instruction set, so packed weights can be shared.
#pragma once

#include <cstddef>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/runtime/team.hpp"

namespace lstmetrics::lstm {

// A matrix [depth][vectors * units], packed; vectors is 4 for the gates of an LSTM, else 1.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(const Weight& kernel, std::size_t depth, std::size_t units, std::size_t vectors);

  std::size_t depth() const noexcept { return depth_; }
  std::size_t panels() const noexcept { return panels_; }
  // Floats in one row of the product: panels * vectors * 16.
  std::size_t row_size() const noexcept { return panels_ * vectors_ * kernels::kLanes; }

  const float* data() const noexcept { return data_.data(); }

  struct Rows {
    const float* data;
    std::size_t stride;
    std::size_t count;
  };
  struct Panels {
    std::size_t first;
    std::size_t last;
  };
  // c = init + a . W, as kernels::MatmulArgs says, for all panels or some of them; init and c are
  // whole rows either way.
  void multiply(const kernels::Table& table, Rows a, const float* init, std::size_t init_stride,
                float* c, std::size_t c_stride) const noexcept {
    multiply(table, {0, panels_}, a, init, init_stride, c, c_stride);
  }
  void multiply(const kernels::Table& table, Panels panels, Rows a, const float* init,
                std::size_t init_stride, float* c, std::size_t c_stride) const noexcept;
  // The same by all of a team that are there, where that pays.
  void multiply(const kernels::Table& table, runtime::Team& team, Rows a, const float* init,
                std::size_t init_stride, float* c, std::size_t c_stride) const noexcept;

 private:
  AlignedBuffer<float> data_;
  std::size_t depth_ = 0;
  std::size_t panels_ = 0;
  std::size_t vectors_ = 1;
};

// A bias [vectors * units] as one row of a product: [panel][vectors][16]. `second` may be empty.
AlignedBuffer<float> pack_bias(const Weight& bias, const Weight& second, std::size_t units,
                               std::size_t vectors);

// Panels of 16 that hold `units`.
constexpr std::size_t panels_of(std::size_t units) noexcept {
  return (units + kernels::kLanes - 1) / kernels::kLanes;
}

}  // namespace lstmetrics::lstm
