// Weights in the layout the kernels read (kernels::Weights): panels of 16 units, padded with zeros.
// It is the same on every instruction set, so packed weights can be shared.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lstmetrics/base/aligned.hpp"
#include "lstmetrics/kernels/table.hpp"
#include "lstmetrics/lstm/spec.hpp"
#include "lstmetrics/runtime/team.hpp"

namespace lstmetrics::lstm {

// Where int8 products put the rows that they take, each member of a team in a place of its own.
// Other products need none.
class QuantizedMemory {
 public:
  void reserve(Precision precision, std::size_t members, std::size_t rows, std::size_t depth);
  kernels::QuantizedRows of(std::size_t member) noexcept;

 private:
  AlignedBuffer<std::uint8_t> bytes_;
  AlignedBuffer<float> scales_;
  std::size_t rows_ = 0;
  std::size_t stride_ = 0;
};

// A matrix [depth][vectors * units], packed; vectors is 4 for the gates of an LSTM, else 1.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(const Weight& kernel, std::size_t depth, std::size_t units, std::size_t vectors,
               Precision precision);

  std::size_t depth() const noexcept { return depth_; }
  std::size_t panels() const noexcept { return panels_; }
  // Floats in one row of the product: panels * vectors * 16.
  std::size_t row_size() const noexcept { return panels_ * vectors_ * kernels::kLanes; }
  // Bytes of all weights.
  std::size_t bytes() const noexcept { return lines_.size(); }
  Precision precision() const noexcept { return precision_; }

  kernels::Weights weights() const noexcept {
    return {lines_.data(), precision_, scales_.data(), offsets_.data()};
  }

  struct Rows {
    const float* data;
    std::size_t stride;
    std::size_t count;
  };
  struct Panels {
    std::size_t first;
    std::size_t last;
  };
  // c = init + a . W, as kernels::MatmulArgs says, for some panels; init and c are whole rows.
  void multiply(const kernels::Table& table, Panels panels, Rows a, const float* init,
                std::size_t init_stride, float* c, std::size_t c_stride,
                const kernels::QuantizedRows& quantized) const noexcept;
  // The same for all panels, by all of a team that are there, where that pays.
  void multiply(const kernels::Table& table, runtime::Team& team, Rows a, const float* init,
                std::size_t init_stride, float* c, std::size_t c_stride,
                QuantizedMemory& memory) const;

 private:
  template <class Item, class Convert>
  void pack(const Weight& kernel, std::size_t units, const Convert& convert);
  void pack_bytes(const Weight& kernel, std::size_t units);

  AlignedBuffer<unsigned char> lines_;
  AlignedBuffer<float> scales_;          // of int8
  AlignedBuffer<std::int32_t> offsets_;  // of int8
  Precision precision_ = Precision::float32;
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
