#include "base/text/utf8.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"

namespace wireproof {

TEST_CASE("only the forms that RFC 3629 allows are UTF-8", "[base]") {
  struct Case {
    std::string_view text;
    std::size_t size;  // 0: none
  };
  const Case cases[] = {{"a", 1},
                        {"\xc3\xbc", 2},
                        {"\xe2\x82\xac", 3},
                        {"\xf0\x9f\x98\x80", 4},
                        {"\xf4\x8f\xbf\xbf", 4},
                        {"\x80", 0},              // stray continuation
                        {"\xc0\xaf", 0},          // overlong
                        {"\xe0\x80\xaf", 0},      // overlong
                        {"\xed\xa0\x80", 0},      // surrogate
                        {"\xf4\x90\x80\x80", 0},  // past U+10FFFF
                        {"\xe2\x82", 0},          // cut off
                        {"\xe2\x82z", 0}};
  for (const Case& item : cases) {
    const CodePoint point = decode_code_point(item.text, 0);
    CHECK(point.valid == (item.size != 0));
    CHECK(point.size == std::max<std::size_t>(item.size, 1));
  }
}

TEST_CASE("one byte that begins nothing is a step of its own", "[base]") {
  CHECK(decode_code_point("\xe2\x82z", 0) == CodePoint{0xe2, 1, false});
  CHECK(decode_code_point("\xe2\x82z", 1) == CodePoint{0x82, 1, false});
  CHECK(decode_code_point("\xe2\x82z", 2) == CodePoint{'z', 1, true});
  CHECK(decode_code_point("a\xf0\x9f\x98\x80", 1) == CodePoint{0x1f600, 4, true});
}

TEST_CASE("a character takes as many columns as a terminal gives it", "[base]") {
  CHECK(display_width('a') == 1);
  CHECK(display_width(U'ü') == 1);
  CHECK(display_width(0xad) == 1);     // the soft hyphen
  CHECK(display_width(0x301) == 0);    // a combining acute
  CHECK(display_width(0x200b) == 0);   // the zero width space
  CHECK(display_width(0x6f22) == 2);   // a Han character
  CHECK(display_width(0xff21) == 2);   // a full-width A
  CHECK(display_width(0x1f600) == 2);  // an emoji
  CHECK(display_width('\n') == 0);
  CHECK(is_control(0x9b));
  CHECK_FALSE(is_control(0xa0));
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

}  // namespace wireproof
