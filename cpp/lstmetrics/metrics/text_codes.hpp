// Text labels as codes by order of arrival: what columns of text of any length are read into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "lstmetrics/base/export.hpp"
#include "lstmetrics/metrics/labels.hpp"

namespace lstmetrics::metrics {

class LSTMETRICS_API TextCodes {
 public:
  TextCodes();

  // The code of a text; a new one gets the next. It is copied, and need not be UTF-8.
  std::uint32_t code_of(std::string_view text) {
    const Key key = key_of(text);
    for (std::size_t at = key.hash >> shift_;; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t code = slots_[at];
      if (code == kFree) return add(text, key, at);
      const Key& other = keys_[code];
      if (other.first == key.first && other.last == key.last && other.size == key.size &&
          (key.size <= kShort || same(code, text))) {
        return code;
      }
    }
  }

  std::size_t size() const noexcept { return keys_.size(); }
  // The texts by code; none are left.
  LabelList take();

 private:
  static constexpr std::uint32_t kFree = static_cast<std::uint32_t>(-1);
  static constexpr std::size_t kShort = 16;

  // Up to kShort bytes are known by two words, which may overlap, and their number.
  struct Key {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t size = 0;
    std::uint64_t hash = 0;
  };

  template <class Word>
  static std::uint64_t load(const char* place) noexcept {
    Word word;
    std::memcpy(&word, place, sizeof word);
    return word;
  }

  static Key key_of(std::string_view text) noexcept {
    Key key{.size = text.size()};
    const char* const p = text.data();
    const std::size_t n = text.size();
    if (n >= 8) {
      key.first = load<std::uint64_t>(p);
      key.last = load<std::uint64_t>(p + n - 8);
      if (n > kShort) key.first = digest(text);
    } else if (n >= 4) {
      key.first = load<std::uint32_t>(p);
      key.last = load<std::uint32_t>(p + n - 4);
    } else if (n > 0) {
      key.first = load<std::uint8_t>(p) | load<std::uint8_t>(p + n / 2) << 8 |
                  load<std::uint8_t>(p + n - 1) << 16;
    }
    key.hash = (key.first + n) * 0x9E3779B97F4A7C15u + key.last * 0xD6E8FEB86659FD93u;
    return key;
  }
  static std::uint64_t digest(std::string_view text) noexcept;

  std::uint32_t add(std::string_view text, const Key& key, std::size_t at);
  bool same(std::uint32_t code, std::string_view text) const noexcept;

  int shift_;                         // a hash's high bits are its slot
  std::vector<std::uint32_t> slots_;  // codes
  std::vector<Key> keys_;             // by code
  std::vector<std::string> texts_;    // by code
};

}  // namespace lstmetrics::metrics
