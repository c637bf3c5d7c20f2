// Counts of triples of codes, such as (true label, prediction of one model, of another): only those
// that occur, in order. Internal to metrics/.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/export.hpp"

namespace lstmetrics::metrics {

struct Triple {
  std::array<std::uint32_t, 3> at;
  std::int64_t count;
  bool operator==(const Triple&) const = default;
};

// Where the codes of an axis stand among more: it must not change their order.
using Places = std::vector<std::uint32_t>;

class LSTMETRICS_API Triples {
 public:
  static constexpr std::size_t kBytes = 20;  // of a triple

  Triples() = default;
  // Counts rows: the code of a row on an axis is places[codes[row]], below the axis's size. Any
  // order of places.
  struct Axis {
    const std::vector<std::uint32_t>* codes;
    Places places;
    std::size_t size;
  };
  explicit Triples(const std::array<Axis, 3>& axes);

  const std::vector<Triple>& cells() const noexcept { return cells_; }
  std::size_t size() const noexcept { return cells_.size(); }

  void move_to(const std::array<const Places*, 3>& places);
  void add(const Triples& other);
  // Each count becomes f(index, triple); those that become zero go.
  template <class F>
  void recount(F&& f);
  // Marks the codes of an axis that occur.
  void mark(std::size_t axis, std::vector<bool>& used) const;
  bool operator==(const Triples&) const = default;

  void save(Writer& writer) const;
  // FormatError for codes that are not below the sizes, cells out of order, counts below 1 or that
  // together do not fit; `samples` is their sum.
  static Triples load(Reader& reader, const std::array<std::size_t, 3>& sizes,
                      std::int64_t& samples);

 private:
  std::vector<Triple> cells_;
};

template <class F>
void Triples::recount(F&& f) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::int64_t count = f(i, cells_[i]);
    if (count > 0) cells_[kept++] = {cells_[i].at, count};
  }
  cells_.resize(kept);
}

}  // namespace lstmetrics::metrics
