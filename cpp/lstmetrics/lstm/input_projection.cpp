#include "lstmetrics/lstm/input_projection.hpp"

#include <algorithm>
#include <cstring>

namespace lstmetrics::lstm {
namespace {

// A chunk of projected rows stays in the second-level cache; where the weights do not, it is a part
// of them, so that it pays to read them once for each chunk.
constexpr std::size_t kChunkFloats = 128 * 1024;
constexpr std::size_t kChunkPart = 4;

// What the cache of rows may hold: a quarter of the embedding's table, or what is little anyway.
constexpr std::size_t kCachePart = 4;
constexpr std::size_t kCacheFloats = 256 * 1024;
// A call of many positions has room for a row in so many of them, up to 64 MB.
constexpr std::size_t kPositionsOfRow = 8;
constexpr std::size_t kMostCacheFloats = 16 * 1024 * 1024;

}  // namespace

InputProjection::InputProjection(const LstmSpec& spec, std::size_t features, Precision precision)
    : kernel_(spec.kernel, features, spec.units, kGates, precision),
      bias_(pack_bias(spec.bias, spec.recurrent_bias, spec.units, kGates)),
      features_(features) {}

void InputProjection::expect_tokens(std::size_t vocabulary) {
  cache_ = std::make_unique<RowCache>(vocabulary, kernel_.row_size());
  cache_floats_ = std::max(vocabulary * features_ / kCachePart, kCacheFloats);
}

std::size_t InputProjection::room(const Pass& pass) const {
  const std::size_t of_call = pass.positions / kPositionsOfRow;
  return std::max(cache_floats_ / kernel_.row_size(),
                  std::min(of_call, kMostCacheFloats / kernel_.row_size()));
}

std::size_t InputProjection::most_rows(const Block& in) const {
  const std::size_t weights = kernel_.bytes() / sizeof(float);
  const std::size_t floats = std::max(kChunkFloats, weights / kChunkPart);
  return std::max(in.rows, floats / kernel_.row_size());
}

std::size_t InputProjection::ready(const Pass& pass, std::size_t done) const {
  const bool by_token = pass.in.table != nullptr && cache_ != nullptr;
  const std::size_t count = most_rows(pass.in) / pass.in.rows;
  // A few steps of each row do not lie side by side: one product of all of them reads the weights
  // once, one for each row as often as there are rows.
  const bool side_by_side = count <= 1 || count >= pass.in.steps;
  return by_token || pass.in.mask != nullptr || !side_by_side ? ready_counting(pass, done)
                                                              : ready_all(pass, done);
}

void InputProjection::multiply(const Pass& pass, PackedMatrix::Rows rows) const {
  if (rows.count == 0) return;
  kernel_.multiply(pass.table, pass.team, rows, bias_.data(), 0, pass.projected.rows.data(),
                   kernel_.row_size(), pass.quantized);
}

// Where every step counts, and all of them or one of each row are wanted, the features lie side by
// side, or equally far apart, as they are.
std::size_t InputProjection::ready_all(const Pass& pass, std::size_t done) const {
  const Block& in = pass.in;
  const std::size_t count = std::clamp<std::size_t>(most_rows(in) / in.rows, 1, in.steps - done);
  const std::size_t first = pass.backwards ? in.steps - done - count : done;
  ProjectedRows& projected = pass.projected;
  projected.rows.resize_at_least(in.rows * count * kernel_.row_size());
  projected.starts.resize(in.rows * count);
  const float* rows = projected.rows.data();
  if (count == in.steps) {
    multiply(pass, {in.data, in.stride, in.rows * count});
  } else {
    multiply(pass, {in.at(0, first), in.steps * in.stride, in.rows});
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t within = pass.step(done + i) - first;
    for (std::size_t row = 0; row < in.rows; ++row) {
      projected.starts[i * in.rows + row] = rows + (row * count + within) * kernel_.row_size();
    }
  }
  return count;
}

std::size_t InputProjection::ready_counting(const Pass& pass, std::size_t done) const {
  const Block& in = pass.in;
  const std::size_t most = std::min(most_rows(in), in.rows * in.steps);
  const bool by_token = in.table != nullptr && cache_ != nullptr;
  ProjectedRows& projected = pass.projected;
  projected.inputs.resize_at_least(most * in.stride);
  projected.rows.resize_at_least(most * kernel_.row_size());
  projected.starts.clear();
  projected.numbers.begin(by_token ? most : 0);

  std::size_t rows = 0;
  const auto row_of = [&](std::size_t number) {
    return projected.rows.data() + number * kernel_.row_size();
  };
  const auto next_input = [&] { return projected.inputs.data() + rows++ * in.stride; };
  const auto start_of = [&](std::size_t row, std::size_t t) -> const float* {
    if (!in.counts(row, t)) return nullptr;
    if (!by_token) {
      std::memcpy(next_input(), in.at(row, t), features_ * sizeof(float));
      return row_of(rows - 1);
    }
    const std::int32_t token = in.ids[row * in.ids_stride + t];
    const auto id = static_cast<std::size_t>(token);
    if (const float* kept = cache_->find(id)) return kept;
    const std::size_t number = projected.numbers.number(token);
    if (number == rows) in.table->copy_row(id, next_input());
    return row_of(number);
  };

  std::size_t count = 0;
  for (; done + count < in.steps && (count == 0 || rows + in.rows <= most); ++count) {
    const std::size_t t = pass.step(done + count);
    for (std::size_t row = 0; row < in.rows; ++row) {
      projected.starts.push_back(start_of(row, t));
    }
  }
  multiply(pass, {projected.inputs.data(), in.stride, rows});
  if (by_token) cache_->keep(projected.numbers.tokens(), projected.rows.data(), room(pass));
  return count;
}

}  // namespace lstmetrics::lstm
