#include "base/text/hex.h"

#include "base/text/utf8.h"
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

TEST_CASE("a dump has 16 bytes a row", "[base]") {
  CHECK(render_hex_dump(as_bytes("0123456789abcdef\n")) ==
        "0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
        "0010  0a                                               .\n");
}

TEST_CASE("only the forms that RFC 3629 allows are UTF-8", "[base]") {
  struct Case {
    std::string_view text;
    std::size_t size;
  };
  const Case cases[] = {{"a", 1},
                        {"\xc3\xbc", 2},
                        {"\xe2\x82\xac", 3},
                        {"\xf0\x9f\x98\x80", 4},
                        {"\xf4\x8f\xbf\xbf", 4},
                        {"", 0},
                        {"\x80", 0},              // stray continuation
                        {"\xc0\xaf", 0},          // overlong
                        {"\xe0\x80\xaf", 0},      // overlong
                        {"\xed\xa0\x80", 0},      // surrogate
                        {"\xf4\x90\x80\x80", 0},  // past U+10FFFF
                        {"\xe2\x82", 0},          // cut off
                        {"\xe2\x82z", 0}};
  for (const Case& item : cases) CHECK(utf8_sequence_size(item.text) == item.size);
}

}  // namespace
}  // namespace wireproof
