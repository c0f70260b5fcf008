#include "base/text/sentence.h"

#include "catch.h"

namespace wireproof {

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

}  // namespace wireproof
