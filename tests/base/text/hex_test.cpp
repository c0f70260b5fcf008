#include "base/text/hex.h"

#include "catch.h"

namespace wireproof {
namespace {

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

}  // namespace
}  // namespace wireproof
