#include "base/text/words.h"

#include <cstdint>

#include "catch.h"

namespace wireproof {

TEST_CASE("words stand between blanks, however many there are", "[base]") {
  using Words = std::vector<std::string_view>;
  CHECK(split_words("a bc\t d\r\n") == Words{"a", "bc", "d"});
  CHECK(split_words("  a") == Words{"a"});
  CHECK(split_words(" \n ").empty());
  CHECK(split_words("").empty());
}

TEST_CASE("a text is trimmed at its ends alone", "[base]") {
  CHECK(trim_text(" a b\r\n") == "a b");
  CHECK(trim_text("\t ").empty());
}

TEST_CASE("only letters of ASCII have a small form", "[base]") {
  CHECK(lower_case("AbZ[09") == "abz[09");
  CHECK(lower_case("ÄB") == "Äb");
}

TEST_CASE("a count takes the plural but for one", "[base]") {
  CHECK(counted(0, "byte") == "0 bytes");
  CHECK(counted(1, "byte") == "1 byte");
  CHECK(counted(2, "byte") == "2 bytes");
}

TEST_CASE("names beyond the limit are counted", "[base]") {
  CHECK(enumerate({}, 2).empty());
  CHECK(enumerate({"a", "b"}, 2) == "a, b");
  CHECK(enumerate({"a", "b", "c", "d"}, 2) == "a, b and 2 more");
}

TEST_CASE("a number is all of its text and fits its type", "[base]") {
  CHECK(parse_number<std::uint16_t>("65535") == 65535);
  CHECK(parse_number<int>("-7") == -7);
  CHECK(parse_number<std::uint64_t>("18446744073709551615") == 18446744073709551615U);
  CHECK_FALSE(parse_number<std::uint64_t>("18446744073709551616"));
  CHECK(parse_number<std::int64_t>("-9223372036854775808") == INT64_MIN);
  CHECK_FALSE(parse_number<std::int64_t>("9223372036854775808"));
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.5", "65536"}) {
    INFO(text);
    CHECK_FALSE(parse_number<std::uint16_t>(text));
  }
}

}  // namespace wireproof
