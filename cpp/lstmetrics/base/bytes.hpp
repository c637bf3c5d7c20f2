// Bounds-checked little-endian bytes: the one way states are written and read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "lstmetrics/base/export.hpp"

namespace lstmetrics {

// Appends little-endian values to a growing string.
class LSTMETRICS_API Writer {
 public:
  void u8(std::uint8_t value);
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void i64(std::int64_t value);
  void f64(double value);  // its bit pattern
  void raw(std::string_view bytes);
  void text(std::string_view value);  // u32 length, then the bytes

  const std::string& bytes() const noexcept { return bytes_; }
  std::string take() noexcept { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a Writer wrote; every read past the end is a FormatError.
class LSTMETRICS_API Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept : bytes_(bytes) {}

  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::int64_t i64();
  double f64();
  std::string_view raw(std::size_t size);
  std::string_view text();

  // A count of items that each take at least `item_size` bytes: refused before anything is
  // allocated when the bytes left cannot hold that many.
  std::size_t count(std::size_t item_size);

  std::size_t left() const noexcept { return bytes_.size(); }
  void expect_end() const;  // FormatError when bytes are left over

 private:
  std::string_view bytes_;
};

// CRC-32C (Castagnoli) of the bytes, as in RFC 3720.
LSTMETRICS_API std::uint32_t crc32c(std::string_view bytes) noexcept;

}  // namespace lstmetrics
