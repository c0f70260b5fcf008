#include "cli/options/input_text.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("escapes in a client's input are what they are in C, other backslashes stay", "[cli]") {
  CHECK(read_input_text("a\\nb\\r\\t\\\\n") == "a\nb\r\t\\n");
  CHECK(read_input_text("\\x41\\xff\\0") == std::string("A\xff\0", 3));
  CHECK(read_input_text("\\q \\x4 \\xzz \\") == "\\q \\x4 \\xzz \\");
  CHECK(read_input_text("").empty());
}

}  // namespace wireproof
