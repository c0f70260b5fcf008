#include "base/text/bytes.h"

#include "catch.h"

namespace wireproof {
namespace {

TEST_CASE("a reader reads what a writer wrote", "[base]") {
  ByteWriter writer;
  writer.write_u8(0x01);
  writer.write_u16(0x0203);
  writer.write_u32(0x04050607);
  writer.write_u64(0x08090a0b0c0d0e0f);
  writer.write_u32_le(0x13121110);
  writer.write_bytes(as_bytes("end"));
  CHECK(writer.size() == 22);
  // Big-endian unless told otherwise: the bytes count up.
  for (std::size_t i = 0; i < 15; ++i) CHECK(writer.bytes()[i] == i + 1);
  for (std::size_t i = 15; i < 19; ++i) CHECK(writer.bytes()[i] == i + 1);

  ByteReader reader(writer.bytes());
  CHECK(reader.read_u8() == 0x01);
  CHECK(reader.read_u16() == 0x0203);
  CHECK(reader.read_u32() == 0x04050607);
  CHECK(reader.read_u64() == 0x08090a0b0c0d0e0f);
  CHECK(reader.read_u32_le() == 0x13121110);
  CHECK(as_text(reader.read_bytes(3)) == "end");
  CHECK(reader.rest().empty());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("reading past the end fails for good and gives zeros", "[base]") {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.read_u32() == 0);
  CHECK(reader.failed());
  CHECK(reader.read_u8() == 0);
  CHECK(reader.read_bytes(1).empty());
  CHECK(reader.offset() == 0);
  reader.skip(1);
  CHECK(reader.failed());
}

TEST_CASE("skipping to the very end is no failure", "[base]") {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  reader.skip(3);
  CHECK_FALSE(reader.failed());
  CHECK(reader.offset() == 3);
}

TEST_CASE("hex text has two digits per byte and free blanks between them", "[base]") {
  const Bytes expected = {0x01, 0x02, 0xff};
  CHECK(parse_hex("01 02 ff") == expected);
  CHECK(parse_hex("0102FF") == expected);
  CHECK(parse_hex("  01\t02\nff ") == expected);
  CHECK(parse_hex("") == Bytes{});
  for (const char* text : {"0", "01 2", "0 1", "0g", "0x01", "01,02"}) {
    INFO(text);
    CHECK_FALSE(parse_hex(text).has_value());
  }
  CHECK(render_hex(expected) == "01 02 ff");
  CHECK(render_hex({}).empty());
}

TEST_CASE("quoted bytes keep valid UTF-8 and escape the rest", "[base]") {
  CHECK(render_quoted(as_bytes("abc\n\x1b")) == R"("abc\n\x1b")");
  CHECK(render_quoted(as_bytes("a\"b\\\r\t")) == R"("a\"b\\\r\t")");
  CHECK(render_quoted(as_bytes("grün €")) == "\"grün €\"");
  CHECK(render_quoted(as_bytes("\xff\xc3")) == R"("\xff\xc3")");
  CHECK(render_quoted(as_bytes(std::string_view("\0", 1))) == R"("\x00")");
  CHECK(render_quoted(as_bytes("\xc2\x9b")) == R"("\xc2\x9b")");  // CSI, a C1 control
  CHECK(render_quoted({}) == "\"\"");
}

TEST_CASE("long quoted bytes end with an ellipsis, never inside of a character", "[base]") {
  CHECK(render_quoted(as_bytes("abcdef"), 6) == "\"abcdef\"");
  CHECK(render_quoted(as_bytes("abcdefg"), 6) == "\"abcdef\"…");
  CHECK(render_quoted(as_bytes("abcdeü"), 6) == "\"abcde\"…");
}

TEST_CASE("text for a terminal has no control characters but line ends and tabs", "[base]") {
  CHECK(escape_control("a\n\tb\x1b[31m\r\x7f") == "a\n\tb\\x1b[31m\\x0d\\x7f");
  CHECK(escape_control("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(escape_control("\x9b") == "\\x9b");
  CHECK(escape_control("grün") == "grün");
}

TEST_CASE("text for a terminal turns no direction", "[base]") {
  CHECK(escape_control("gpj.\u202eexe") == "gpj.\\xe2\\x80\\xaeexe");
  CHECK(escape_control("\u2066\u200f") == "\\xe2\\x81\\xa6\\xe2\\x80\\x8f");
  CHECK(escape_control("שלום") == "שלום");
}

}  // namespace
}  // namespace wireproof
