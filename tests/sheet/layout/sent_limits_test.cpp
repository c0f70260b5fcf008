#include "catch.h"
#include "sheet/layout/layout_reader.h"

namespace wireproof {

TEST_CASE("a number computed in a nested header counts for the layout around it", "[layout]") {
  LayoutReader layouts(R"(
## Layout: message
| Field | Type | Value |
|---|---|---|
| header | header | |
| body | u8[header.size] | |

## Layout: header
| Field | Type | Value |
|---|---|---|
| size | u8 | size of name |
| name | text[size] | |
)");
  REQUIRE(layouts.errors().empty());
  CHECK(layouts.sent("message name=\"ab\" body=[1, 2]") == "02 61 62 01 02");
  CHECK(layouts.sent("message name=\"ab\" body=[1]").find("header.size") != std::string::npos);
}

TEST_CASE("a message is sent up to the limits of what is received, and refused beyond",
          "[layout]") {
  LayoutReader layouts(R"(
## Layout: items
| Field | Type |
|---|---|
| items | item[33000] |

## Layout: too many
| Field | Type |
|---|---|
| items | item[34000] |

## Layout: item
| Field | Type |
|---|---|
| a | u8 |
| b | u8 |
| c | u8 |

## Layout: long
| Field | Type |
|---|---|
| a | bytes[40000000] |
| b | bytes[40000000] |
)");
  REQUIRE(layouts.errors().empty());
  CHECK(layouts.sent("items").size() == 3 * 3 * 33000 - 1);
  CHECK(layouts.sent("too many") == "the message has more than 100000 fields or elements");
  CHECK(layouts.sent("long") == "the message has more than 67108864 bytes");
}

// Each of sixteen layouts holds the next so often: no walk along all ways would end.
TEST_CASE("layouts in each other along more ways than anybody goes are read", "[layout]") {
  std::string sheet;
  for (int depth = 0; depth < 16; ++depth) {
    sheet += "## Layout: l" + std::to_string(depth) + "\n| Field | Type |\n|---|---|\n";
    for (int field = 0; field < 40; ++field) {
      sheet += "| f" + std::to_string(field) + " | ";
      sheet += depth == 15 ? "u8 |\n" : "l" + std::to_string(depth + 1) + " |\n";
    }
    sheet += "\n";
  }
  LayoutReader layouts(sheet);
  CHECK(layouts.errors().empty());
  CHECK_FALSE(layout_size(layouts.layouts().at("l0"), layouts.layouts()));
  CHECK_FALSE(layouts.received("l0", "00").empty());
}

TEST_CASE("a text with a mark of its end has as many bytes when sent as when received",
          "[layout]") {
  LayoutReader layouts(R"(
## Layout: line
| Field | Type | Value |
|---|---|---|
| n | u8 | count of text |
| text | text until "\r\n" | |

## Layout: word
| Field | Type | Value |
|---|---|---|
| n | u8 | count of text |
| text | text prefixed by u16 | |

## Layout: cell
| Field | Type | Value |
|---|---|---|
| n | u8 | count of text |
| text | text[4] padded by "-" | |
)");
  REQUIRE(layouts.errors().empty());
  const auto [message, hex] =
      GENERATE(table<std::string, std::string>({{"line text=\"ab\"", "02 61 62 0d 0a"},
                                                {"word text=\"ab\"", "02 00 02 61 62"},
                                                {"cell text=\"ab\"", "04 61 62 2d 2d"}}));
  CHECK(layouts.sent(message) == hex);
  CHECK(layouts.received(message, hex).empty());
  CHECK(layouts.received(message.substr(0, 4), hex).empty());
}

TEST_CASE("a count that is negative is wrong itself", "[layout]") {
  LayoutReader layouts(R"(
## Layout: items
| Field | Type |
|---|---|
| n | i8 |
| items | u8[n] |
)");
  REQUIRE(layouts.errors().empty());
  CHECK(layouts.received("items", "ff") == "1 items: a count that is not negative / the end");
}

TEST_CASE("what a type cannot have or be is refused", "[layout]") {
  const auto [cells, error] = GENERATE(table<std::string, std::string>(
      {{"u8 | 1..300", "300"},
       {"u16 | -1..9", "-1"},
       {"text until \"\\n\" padded by \"-\" | ", "`padded by` needs a size"},
       {"text prefixed by u8 padded by \"-\" | ", "`padded by` needs a size"},
       {"text padded by \"-\" | ", "`padded by` needs a size"}}));
  LayoutReader layouts("## Layout: one\n| Field | Type | Value |\n|---|---|---|\n| a | " + cells +
                       " |\n");
  CHECK(layouts.errors().find(error) != std::string::npos);
}

}  // namespace wireproof
