#include "lstmetrics/base/bytes.hpp"

#include <array>
#include <bit>
#include <limits>

#include "lstmetrics/base/error.hpp"

namespace lstmetrics {
namespace {

template <class T>
void append(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
  }
}

template <class T>
T fetch(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return static_cast<T>(value);
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  constexpr std::uint32_t kReversedPolynomial = 0x82F63B78u;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1u) != 0 ? kReversedPolynomial : 0u);
    }
    table[i] = crc;
  }
  return table;
}

}  // namespace

void Writer::u8(std::uint8_t value) { append(bytes_, value); }
void Writer::u16(std::uint16_t value) { append(bytes_, value); }
void Writer::u32(std::uint32_t value) { append(bytes_, value); }
void Writer::u64(std::uint64_t value) { append(bytes_, value); }
void Writer::i64(std::int64_t value) { append(bytes_, static_cast<std::uint64_t>(value)); }
void Writer::f64(double value) { append(bytes_, std::bit_cast<std::uint64_t>(value)); }
void Writer::raw(std::string_view bytes) { bytes_.append(bytes); }

void Writer::text(std::string_view value) {
  if (value.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw InvalidValue("text of " + std::to_string(value.size()) +
                       " bytes cannot be serialised: at most 4 GiB");
  }
  u32(static_cast<std::uint32_t>(value.size()));
  raw(value);
}

std::string_view Reader::raw(std::size_t size) {
  if (size > bytes_.size()) {
    throw FormatError("truncated bytes: " + std::to_string(size) + " more expected, " +
                      std::to_string(bytes_.size()) + " left");
  }
  const std::string_view head = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return head;
}

std::uint8_t Reader::u8() { return fetch<std::uint8_t>(raw(1)); }
std::uint16_t Reader::u16() { return fetch<std::uint16_t>(raw(2)); }
std::uint32_t Reader::u32() { return fetch<std::uint32_t>(raw(4)); }
std::uint64_t Reader::u64() { return fetch<std::uint64_t>(raw(8)); }
std::int64_t Reader::i64() { return static_cast<std::int64_t>(u64()); }
double Reader::f64() { return std::bit_cast<double>(u64()); }
std::string_view Reader::text() { return raw(u32()); }

std::size_t Reader::count(std::size_t item_size) {
  const std::uint64_t items = u64();
  if (item_size != 0 && items > left() / item_size) {
    throw FormatError("a count of " + std::to_string(items) + " items does not fit the " +
                      std::to_string(left()) + " bytes left");
  }
  return static_cast<std::size_t>(items);
}

void Reader::expect_end() const {
  if (!bytes_.empty()) {
    throw FormatError(std::to_string(bytes_.size()) + " bytes too many at the end");
  }
}

std::uint32_t crc32c(std::string_view bytes) noexcept {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFFu];
  }
  return ~crc;
}

}  // namespace lstmetrics
