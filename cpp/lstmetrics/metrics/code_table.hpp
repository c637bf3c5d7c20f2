// Small codes for things met one after another, found again by their hash. Internal to metrics/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace lstmetrics::metrics {

inline constexpr std::uint32_t kNoCode = std::numeric_limits<std::uint32_t>::max();

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio
  return hash ^ (hash >> 32);
}

// Codes by order of arrival, found through a hash table of open addresses: a sparse one, for the
// second look costs more than the room.
class CodeTable {
 public:
  CodeTable() : slots_(1024, kNoCode) {}

  // The code of an item; `same(code)` tells whether that code's item is this one. A new item gets
  // the next code, `size() - 1` afterwards.
  template <class Same>
  std::uint32_t intern(std::uint64_t hash, Same&& same) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at] != kNoCode; at = (at + 1) & mask) {
      if (hashes_[slots_[at]] == hash && same(slots_[at])) return slots_[at];
    }
    const auto code = static_cast<std::uint32_t>(hashes_.size());
    slots_[at] = code;
    hashes_.push_back(hash);
    if (4 * hashes_.size() > slots_.size()) rehash();
    return code;
  }
  std::size_t size() const noexcept { return hashes_.size(); }

 private:
  void rehash() {
    slots_.assign(4 * slots_.size(), kNoCode);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t code = 0; code < hashes_.size(); ++code) {
      std::size_t at = hashes_[code] & mask;
      while (slots_[at] != kNoCode) at = (at + 1) & mask;
      slots_[at] = code;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace lstmetrics::metrics
