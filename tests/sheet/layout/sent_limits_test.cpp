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

}  // namespace wireproof
