#include "lstmetrics/metrics/text_codes.hpp"

#include <string>
#include <utility>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics::metrics {
namespace {

constexpr int kFirstBits = 10;

}  // namespace

TextCodes::TextCodes() : shift_(64 - kFirstBits), slots_(std::size_t{1} << kFirstBits, kFree) {}

LabelList TextCodes::take() {
  LabelList labels{.kind = LabelKind::text, .integers = {}, .texts = std::move(texts_)};
  *this = TextCodes();
  return labels;
}

// Of longer texts: all bytes, eight at a time; the last eight are known besides.
std::uint64_t TextCodes::digest(std::string_view text) noexcept {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
    hash = (hash ^ load<std::uint64_t>(text.data() + i)) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  }
  return hash;
}

bool TextCodes::same(std::uint32_t code, std::string_view text) const noexcept {
  return texts_[code] == text;
}

std::uint32_t TextCodes::add(std::string_view text, const Key& key, std::size_t at) {
  if (keys_.size() + 1 >= kFree) throw CountOverflow("more than 2^32 different labels");
  const auto code = static_cast<std::uint32_t>(keys_.size());
  texts_.emplace_back(text);
  keys_.push_back(key);
  slots_[at] = code;
  if (4 * keys_.size() <= slots_.size()) return code;
  slots_.assign(4 * slots_.size(), kFree);
  shift_ -= 2;
  for (std::uint32_t old = 0; old < keys_.size(); ++old) {
    std::size_t place = keys_[old].hash >> shift_;
    while (slots_[place] != kFree) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = old;
  }
  return code;
}

}  // namespace lstmetrics::metrics
