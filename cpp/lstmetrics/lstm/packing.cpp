#include "lstmetrics/lstm/packing.hpp"

#include <cstring>

#include "lstmetrics/lstm/precision.hpp"

namespace lstmetrics::lstm {

using kernels::kLanes;
using kernels::kLineBytes;

void QuantizedMemory::reserve(Precision precision, std::size_t members, std::size_t rows,
                              std::size_t depth) {
  if (precision != Precision::int8) return;
  rows_ = rows;
  stride_ = round_up(depth, kLanes);
  bytes_.resize_at_least(members * rows * stride_);
  scales_.resize_at_least(members * rows);
}

kernels::QuantizedRows QuantizedMemory::of(std::size_t member) noexcept {
  const std::size_t first = member * rows_;
  return {bytes_.data() + first * stride_, stride_, scales_.data() + first};
}

namespace {

// Multiply-adds of a product that several threads share: some microseconds of one.
constexpr std::size_t kLeastShared = 256 * 1024;
// For each thread; fewer cannot be shared out evenly.
constexpr std::size_t kFewPanels = 4;

}  // namespace

PackedMatrix::PackedMatrix(const Weight& kernel, std::size_t depth, std::size_t units,
                           std::size_t vectors, Precision precision)
    : precision_(precision), depth_(depth), panels_(panels_of(units)), vectors_(vectors) {
  switch (precision) {
    case Precision::float32:
      pack<float>(kernel, units, [](std::size_t, float value) { return value; });
      break;
    case Precision::bfloat16:
      pack<std::uint16_t>(kernel, units,
                          [](std::size_t, float value) { return to_bfloat16(value); });
      break;
    case Precision::int8:
      pack_bytes(kernel, units);
      break;
  }
}

// convert(column, value) gives what a line holds of the column's weight.
template <class Item, class Convert>
void PackedMatrix::pack(const Weight& kernel, std::size_t units, const Convert& convert) {
  constexpr std::size_t line_depth = kLineBytes / kLanes / sizeof(Item);
  const std::size_t lines = (depth_ + line_depth - 1) / line_depth;
  lines_ = AlignedBuffer<unsigned char>(panels_ * lines * vectors_ * kLineBytes);
  for (std::size_t k = 0; k < depth_; ++k) {
    for (std::size_t v = 0; v < vectors_; ++v) {
      const float* row = kernel.values.data() + (k * vectors_ + v) * units;
      for (std::size_t unit = 0; unit < units; ++unit) {
        const std::size_t line = ((unit / kLanes) * lines + k / line_depth) * vectors_ + v;
        const Item item = convert(v * units + unit, row[unit]);
        std::memcpy(lines_.data() + line * kLineBytes +
                        (unit % kLanes * line_depth + k % line_depth) * sizeof(Item),
                    &item, sizeof item);
      }
    }
  }
}

void PackedMatrix::pack_bytes(const Weight& kernel, std::size_t units) {
  const std::size_t columns = vectors_ * units;
  const std::vector<float> scales = int8_scales(kernel.values.data(), depth_, columns);
  std::vector<std::int32_t> sums(columns);
  pack<std::int8_t>(kernel, units, [&](std::size_t column, float value) {
    const std::int8_t byte = to_int8(value, scales[column]);
    sums[column] += byte;
    return byte;
  });
  scales_ = AlignedBuffer<float>(row_size());
  offsets_ = AlignedBuffer<std::int32_t>(row_size());
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t unit = column % units;
    const std::size_t stream = unit / kLanes * vectors_ + column / units;
    scales_[stream * kLanes + unit % kLanes] = scales[column];
    offsets_[stream * kLanes + unit % kLanes] = -kernels::kByteOfZero * sums[column];
  }
}

void PackedMatrix::multiply(const kernels::Table& table, Panels panels, Rows a, const float* init,
                            std::size_t init_stride, float* c, std::size_t c_stride,
                            const kernels::QuantizedRows& quantized) const noexcept {
  const std::size_t offset = panels.first * vectors_ * kLanes;
  kernels::Weights part = weights();
  if (panels_ != 0) {
    part.lines = lines_.data() + lines_.size() / panels_ * panels.first;
  }
  if (precision_ == Precision::int8) {
    part.scales += offset;
    part.offsets += offset;
  }
  table.matmul({.a = a.data,
                .a_row_stride = a.stride,
                .rows = a.count,
                .depth = depth_,
                .weights = part,
                .quantized = quantized,
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
                            std::size_t c_stride, QuantizedMemory& memory) const {
  memory.reserve(precision_, team.most(), a.count, depth_);
  const auto part = [&](runtime::Member& member) {
    const kernels::QuantizedRows quantized = memory.of(member.index());
    if (member.count() == 1 || panels_ >= kFewPanels * member.count()) {
      const auto [first, last] = member.share(panels_);
      return multiply(table, {first, last}, a, init, init_stride, c, c_stride, quantized);
    }
    const auto [first, last] = member.share(a.count);
    multiply(table, {0, panels_}, Rows{a.data + first * a.stride, a.stride, last - first},
             init + first * init_stride, init_stride, c + first * c_stride, c_stride, quantized);
  };
  team.run(part, a.count * depth_ * row_size() >= kLeastShared);
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
