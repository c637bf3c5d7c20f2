#include "lstmetrics/metrics/utf8.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr std::uint32_t kHighest = 0x10FFFF;

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point <= 0xDFFF; }

}  // namespace

bool append_utf8(std::string& text, std::uint32_t code_point) {
  if (is_surrogate(code_point) || code_point > kHighest) return false;
  const auto push = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  const auto tail = [&](unsigned shift) { push(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    push(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    push(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const std::size_t tails = lead < 0xC2   ? 0
                              : lead < 0xE0 ? 1
                              : lead < 0xF0 ? 2
                              : lead < 0xF5 ? 3
                                            : 0;
    if (tails == 0 || text.size() - i < tails) return false;
    std::uint32_t code_point = lead & (0x3Fu >> tails);
    for (std::size_t end = i + tails; i < end; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xC0) != 0x80) return false;
      code_point = (code_point << 6) | (byte & 0x3Fu);
    }
    const bool overlong =
        (tails == 2 && code_point < 0x800) || (tails == 3 && code_point < 0x10000);
    if (overlong || is_surrogate(code_point) || code_point > kHighest) return false;
  }
  return true;
}

}  // namespace lstmetrics::metrics
