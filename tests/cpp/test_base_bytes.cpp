#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "check.hpp"
#include "lstmetrics/base/bytes.hpp"
#include "lstmetrics/base/error.hpp"

using lstmetrics::crc32c;
using lstmetrics::FormatError;
using lstmetrics::Reader;
using lstmetrics::Writer;

CASE("bytes: every kind of value comes back") {
  Writer writer;
  writer.u8(0xFE);
  writer.u16(0xFEDC);
  writer.u32(0xFEDCBA98u);
  writer.u64(0xFEDCBA9876543210u);
  writer.i64(std::numeric_limits<std::int64_t>::min());
  writer.f64(-0.1);
  writer.text("h\xC3\xA9");
  writer.text("");
  writer.raw("tail");

  Reader reader(writer.bytes());
  CHECK_EQUAL(reader.u8(), 0xFE);
  CHECK_EQUAL(reader.u16(), 0xFEDC);
  CHECK_EQUAL(reader.u32(), 0xFEDCBA98u);
  CHECK_EQUAL(reader.u64(), 0xFEDCBA9876543210u);
  CHECK_EQUAL(reader.i64(), std::numeric_limits<std::int64_t>::min());
  CHECK_EQUAL(reader.f64(), -0.1);
  CHECK_EQUAL(reader.text(), "h\xC3\xA9");
  CHECK_EQUAL(reader.text(), "");
  CHECK_EQUAL(reader.left(), 4);
  CHECK_EQUAL(reader.raw(4), "tail");
  reader.expect_end();
}

CASE("bytes: little-endian on every machine") {
  Writer writer;
  writer.u32(0x01020304u);
  writer.i64(-2);
  writer.f64(1.0);
  writer.text("a");
  const std::string_view expected(
      "\x04\x03\x02\x01"
      "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
      "\x00\x00\x00\x00\x00\x00\xF0\x3F"
      "\x01\x00\x00\x00"
      "a",
      25);
  CHECK_EQUAL(writer.bytes(), expected);
  CHECK_EQUAL(writer.take(), expected);
}

CASE("bytes: a NaN keeps its bits, a zero its sign") {
  const std::string_view bits("\x01\x00\x00\x00\x00\x00\xF8\x7F\x00\x00\x00\x00\x00\x00\x00\x80",
                              16);
  Reader reader(bits);
  Writer writer;
  writer.f64(reader.f64());
  writer.f64(reader.f64());
  CHECK_EQUAL(writer.bytes(), bits);
}

CASE("bytes: no read goes past the end, and a refused one takes nothing") {
  const std::string three = "\x01\x02\x03";
  Reader reader(three);
  CHECK_THROWS_SAYING(reader.u64(), FormatError, "8 more expected, 3 left");
  CHECK_THROWS(reader.u32(), FormatError);
  CHECK_THROWS(reader.f64(), FormatError);
  CHECK_THROWS(reader.raw(4), FormatError);
  CHECK_THROWS(reader.raw(std::numeric_limits<std::size_t>::max()), FormatError);
  CHECK_EQUAL(reader.left(), 3);
  CHECK_EQUAL(reader.u16(), 0x0201);
  CHECK_THROWS(reader.u16(), FormatError);
  CHECK_EQUAL(reader.u8(), 3);
  CHECK_THROWS(reader.u8(), FormatError);
}

CASE("bytes: every truncation of a message is refused") {
  Writer writer;
  writer.u16(7);
  writer.text("labels");
  writer.u64(3);
  const std::string& whole = writer.bytes();
  const auto read = [](std::string_view bytes) {
    Reader reader(bytes);
    reader.u16();
    reader.text();
    reader.u64();
    reader.expect_end();
  };
  read(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THROWS(read(std::string_view(whole).substr(0, size)), FormatError);
  }
  CHECK_THROWS_SAYING(read(whole + "xy"), FormatError, "2 bytes too many");
}

CASE("bytes: a text longer than what is left is refused") {
  Writer writer;
  writer.u32(std::numeric_limits<std::uint32_t>::max());
  writer.raw("short");
  Reader reader(writer.bytes());
  CHECK_THROWS_SAYING(reader.text(), FormatError, "5 left");
}

CASE("bytes: a count that cannot fit is refused before anything is allocated") {
  const auto count = [](std::uint64_t items, std::size_t item_size, std::size_t bytes_left) {
    Writer writer;
    writer.u64(items);
    writer.raw(std::string(bytes_left, '.'));
    Reader reader(writer.bytes());
    return reader.count(item_size);
  };
  CHECK_EQUAL(count(0, 8, 0), 0);
  CHECK_EQUAL(count(4, 8, 32), 4);
  CHECK_EQUAL(count(4, 8, 39), 4);
  CHECK_THROWS_SAYING(count(5, 8, 39), FormatError, "5 items does not fit the 39 bytes left");
  CHECK_THROWS(count(1, 8, 0), FormatError);
  CHECK_THROWS(count(std::numeric_limits<std::uint64_t>::max(), 1, 100), FormatError);
  // 2^61 items of 8 bytes would be 0 modulo 2^64.
  CHECK_THROWS(count(std::uint64_t{1} << 61, 8, 100), FormatError);
  Reader empty("");
  CHECK_THROWS(empty.count(1), FormatError);
}

CASE("crc32c: the known vectors") {
  CHECK_EQUAL(crc32c(""), 0u);
  CHECK_EQUAL(crc32c("123456789"), 0xE3069283u);
  CHECK_EQUAL(crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  CHECK_EQUAL(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending.push_back(c);
  CHECK_EQUAL(crc32c(ascending), 0x46DD794Eu);
}

CASE("crc32c: every single flipped bit shows") {
  const std::string message = "confusion counts, 3 labels";
  const std::uint32_t intact = crc32c(message);
  for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
    std::string flipped = message;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CHECK(crc32c(flipped) != intact);
  }
}
