#include "cli/record/record_table.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("equal texts have no difference", "[cli]") {
  CHECK(render_line_diff("a.md", "one\ntwo\n", "one\ntwo\n").empty());
}

TEST_CASE("a changed line is shown with three lines of context on both sides", "[cli]") {
  CHECK(render_line_diff("a.md", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
        "--- a.md\n+++ a.md\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("changes far apart are hunks of their own with both line numbers", "[cli]") {
  std::string before;
  std::string after;
  for (int line = 1; line <= 20; ++line) {
    const std::string text = std::to_string(line) + "\n";
    if (line != 2) before += text;
    if (line != 18) after += text;
  }
  CHECK(render_line_diff("a", before, after) ==
        "--- a\n+++ a\n@@ -1,4 +1,5 @@\n 1\n+2\n 3\n 4\n 5\n"
        "@@ -14,6 +15,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n");
}

TEST_CASE("lines are added at the end and to an empty text", "[cli]") {
  CHECK(render_line_diff("a", "1\n", "1\n2\n") == "--- a\n+++ a\n@@ -1,1 +1,2 @@\n 1\n+2\n");
  CHECK(render_line_diff("a", "", "1\n") == "--- a\n+++ a\n@@ -0,0 +1,1 @@\n+1\n");
}

}  // namespace wireproof
