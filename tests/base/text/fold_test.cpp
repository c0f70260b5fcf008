#include "base/text/fold.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a line that is too long is broken at blanks, and the rest stands further in", "[text]") {
  CHECK(fold_lines("one two three four\n", 10) == "one two\n  three\n  four\n");
  CHECK(fold_lines("  one two three\n", 10) == "  one two\n    three\n");
  CHECK(fold_lines("one two three", 10, 4) == "one two\n    three");
}

TEST_CASE("what fits stays as it is", "[text]") {
  CHECK(fold_lines("ten colum.\n\n  x  y\n", 10) == "ten colum.\n\n  x  y\n");
  CHECK(fold_lines("a text of any length whatever", 0) == "a text of any length whatever");
}

TEST_CASE("blanks that do not fit are no line of their own", "[text]") {
  CHECK(fold_lines("one two   ", 7) == "one two");
  CHECK(fold_lines("one two   three", 8) == "one two\n  three");
}

TEST_CASE("a word that is longer than a line is broken where it must be", "[text]") {
  CHECK(fold_lines("abcdefghijklmnop", 6) == "abcdef\n  ghij\n  klmn\n  op");
  CHECK(fold_lines("a very-very-long-word", 8) == "a\n  very-v\n  ery-lo\n  ng-wor\n  d");
}

TEST_CASE("columns are counted, not bytes, and colours take none", "[text]") {
  CHECK(fold_lines("äöü äöü äöü", 7) == "äöü äöü\n  äöü");
  CHECK(fold_lines("世界 世界", 8) == "世界\n  世界");
  CHECK(fold_lines("\x1b[32mPASS\x1b[0m one", 8) == "\x1b[32mPASS\x1b[0m one");
  CHECK(fold_lines("\x1b[32mPASS\x1b[0m one two", 8) == "\x1b[32mPASS\x1b[0m one\n  two");
}

TEST_CASE("a width of one column ends, too", "[text]") {
  CHECK(fold_lines("ab 世", 1) == "a\nb\n世");
}

TEST_CASE("what is left of a row stands below its last column of the left half", "[text]") {
  CHECK(fold_rows("name  one two three\n", 16) == "name  one two\n      three\n");
  CHECK(fold_rows("  a  b  one two three", 18) == "  a  b  one two\n        three");
  CHECK(fold_rows("\x1b[32mPASS\x1b[0m  one two three", 16) ==
        "\x1b[32mPASS\x1b[0m  one two\n      three");
  CHECK(fold_rows("one two three", 10) == "one two\n  three");
  CHECK(fold_rows("one  two  three  four", 17) == "one  two  three\n     four");
  CHECK(fold_rows("one  two, three  4 ms", 19) == "one  two, three\n     4 ms");
  CHECK(fold_rows("a text that has  two blanks late", 24) == "a text that has\n  two blanks late");
}

}  // namespace wireproof
