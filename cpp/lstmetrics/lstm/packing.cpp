#include "lstmetrics/lstm/packing.hpp"

namespace lstmetrics::lstm {

using kernels::kLanes;

namespace {

// Multiply-adds of a product that several threads share: some microseconds of one.
constexpr std::size_t kLeastShared = 256 * 1024;
// For each thread; fewer cannot be shared out evenly.
constexpr std::size_t kFewPanels = 4;

}  // namespace

PackedMatrix::PackedMatrix(const Weight& kernel, std::size_t depth, std::size_t units,
                           std::size_t vectors)
    : data_(panels_of(units) * depth * vectors * kLanes),
      depth_(depth),
      panels_(panels_of(units)),
      vectors_(vectors) {
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t v = 0; v < vectors; ++v) {
      const float* row = kernel.values.data() + (k * vectors + v) * units;
      for (std::size_t unit = 0; unit < units; ++unit) {
        const std::size_t panel = unit / kLanes;
        data_[((panel * depth + k) * vectors + v) * kLanes + unit % kLanes] = row[unit];
      }
    }
  }
}

void PackedMatrix::multiply(const kernels::Table& table, Panels panels, Rows a, const float* init,
                            std::size_t init_stride, float* c,
                            std::size_t c_stride) const noexcept {
  const std::size_t offset = panels.first * vectors_ * kLanes;
  table.matmul({.a = a.data,
                .a_row_stride = a.stride,
                .rows = a.count,
                .depth = depth_,
                .packed = data_.data() + offset * depth_,
                .panels = panels.last - panels.first,
                .vectors = vectors_,
                .init = init + offset,
                .init_row_stride = init_stride,
                .c = c + offset,
                .c_row_stride = c_stride});
}

// By panels, so that each member reads weights of its own; few panels are left to be cut by rows.
void PackedMatrix::multiply(const kernels::Table& table, runtime::Team& team, Rows a,
                            const float* init, std::size_t init_stride, float* c,
                            std::size_t c_stride) const noexcept {
  if (team.alone() || a.count * depth_ * row_size() < kLeastShared) {
    return multiply(table, a, init, init_stride, c, c_stride);
  }
  team.run([&](runtime::Member& member) {
    if (panels_ >= kFewPanels * member.count()) {
      const auto [first, last] = member.share(panels_);
      return multiply(table, {first, last}, a, init, init_stride, c, c_stride);
    }
    const auto [first, last] = member.share(a.count);
    multiply(table, Rows{a.data + first * a.stride, a.stride, last - first},
             init + first * init_stride, init_stride, c + first * c_stride, c_stride);
  });
}

AlignedBuffer<float> pack_bias(const Weight& bias, const Weight& second, std::size_t units,
                               std::size_t vectors) {
  AlignedBuffer<float> packed(panels_of(units) * vectors * kLanes);
  const auto value = [](const Weight& weight, std::size_t i) {
    return weight.values.empty() ? 0.0F : weight.values[i];
  };
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      const std::size_t i = v * units + unit;
      packed[((unit / kLanes) * vectors + v) * kLanes + unit % kLanes] =
          value(bias, i) + value(second, i);
    }
  }
  return packed;
}

}  // namespace lstmetrics::lstm
