#include "base/text/source_text.h"

#include "base/text/code_point.h"
#include "catch.h"

namespace wireproof {
namespace {

TEST_CASE("lines and columns count from 1 and columns count code points", "[base]") {
  const SourceText source("sheet.md", "ab\näöx\n");
  CHECK(source.line_count() == 2);
  CHECK(source.position(0) == Position{1, 1});
  CHECK(source.position(2) == Position{1, 3});
  CHECK(source.position(3) == Position{2, 1});
  CHECK(source.position(5) == Position{2, 2});
  CHECK(source.position(6) == Position{2, 2});  // inside the second letter
  CHECK(source.position(7) == Position{2, 3});
}

TEST_CASE("an offset past the end is behind the last character", "[base]") {
  const SourceText source("sheet.md", "ab\ncd\n");
  CHECK(source.position(6) == Position{2, 3});
  CHECK(source.position(600) == Position{2, 3});
  CHECK(SourceText("", "").position(7) == Position{1, 1});
}

TEST_CASE("a line's text has neither LF nor CRLF", "[base]") {
  const SourceText source("sheet.md", "ab\r\n\ncd");
  REQUIRE(source.line_count() == 3);
  CHECK(source.line_text(1) == "ab");
  CHECK(source.line_text(2).empty());
  CHECK(source.line_text(3) == "cd");
  CHECK(source.line_start(3) == 5);
  CHECK(source.position(3) == Position{1, 3});
}

TEST_CASE("bytes that are not UTF-8 are found", "[base]") {
  struct Case {
    std::string text;
    std::optional<std::size_t> invalid;
  };
  const std::vector<Case> cases{
      {"plain", std::nullopt},
      {"ä … 😀", std::nullopt},
      {"a\x80", 1},             // continuation without lead
      {"a\xc3", 1},             // cut
      {"\xc0\xaf", 0},          // overlong
      {"\xe0\x80\xaf", 0},      // overlong
      {"\xed\xa0\x80", 0},      // surrogate
      {"\xf4\x90\x80\x80", 0},  // above U+10FFFF
      {"ab\xf0\x9f\x98", 2},    // cut
      {std::string("a\0b", 3), std::nullopt},
  };
  for (const Case& item : cases) {
    CAPTURE(item.text);
    CHECK(find_invalid_utf8(item.text) == item.invalid);
  }
}

}  // namespace
}  // namespace wireproof
