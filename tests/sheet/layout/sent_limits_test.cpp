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
TEST_CASE("layouts in each other along too many ways are refused at once", "[layout]") {
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
  CHECK(layouts.errors().find("the layout `l0` has more than 100000 fields with those nested in "
                              "it") != std::string::npos);
  CHECK(layouts.errors().find("`l13`") == std::string::npos);
  CHECK_FALSE(layout_size(layouts.layouts().at("l0"), layouts.layouts()));
  CHECK(layouts.received("l14", "").starts_with("0 f0.f0: "));
}

}  // namespace wireproof
