#include "base/text/text_table.h"

#include "catch.h"

namespace wireproof {
namespace {

TextTable sample() {
  TextTable table;
  table.heading = {"Name", "Count"};
  table.aligns = {Align::left, Align::right};
  table.rows = {{"grün", "7"}, {"a|b", "1234567"}, {"short"}};
  return table;
}

TEST_CASE("a text table aligns code points and leaves no blanks at line ends", "[base]") {
  CHECK(render_text_table(sample()) ==
        "Name     Count\n"
        "grün         7\n"
        "a|b    1234567\n"
        "short\n");
}

TEST_CASE("a Markdown table escapes bars and marks right-aligned columns", "[base]") {
  CHECK(render_table(sample(), TableFormat::markdown) ==
        "| Name  |   Count |\n"
        "| ----- | ------: |\n"
        "| grün  |       7 |\n"
        "| a\\|b  | 1234567 |\n"
        "| short |         |\n");
}

TEST_CASE("a CSV table quotes where RFC 4180 asks for it", "[base]") {
  TextTable table;
  table.heading = {"a", "b"};
  table.rows = {{"x,y", "say \"hi\""}, {"line\nend"}};
  CHECK(render_table(table, TableFormat::csv) ==
        "a,b\r\n"
        "\"x,y\",\"say \"\"hi\"\"\"\r\n"
        "\"line\nend\",\r\n");
}

TEST_CASE("a column of a Markdown table is wide enough for its rule", "[base]") {
  TextTable table;
  table.heading = {"a"};
  table.aligns = {Align::right};
  CHECK(render_table(table, TableFormat::markdown) == "|   a |\n| --: |\n");
}

TEST_CASE("width counts code points, each invalid byte as one", "[base]") {
  CHECK(text_width("grün") == 4);
  CHECK(text_width("€\xff") == 2);
  CHECK(text_width("") == 0);
}

}  // namespace
}  // namespace wireproof
