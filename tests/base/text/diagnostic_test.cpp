#include "base/text/diagnostic.h"

#include "base/text/rendered_place.h"
#include "catch.h"

namespace wireproof {
namespace {

TEST_CASE("a diagnostic is printed with its line and carets under its span", "[base]") {
  const std::string text = std::string(46, '\n') + "| server | client | [FIN, ACK] |\n";
  const SourceText source("scenarios/calc/two.md", text);
  const Diagnostic diagnostic{Severity::error,
                              "the server sent [RST, ACK] where the table expects [FIN, ACK]",
                              Span{48, 54},
                              "row 12",
                              {{"expected", "server > client  [FIN, ACK]"},
                               {"captured", "server > client  [RST, ACK]"},
                               {"why", "close() was called"},
                               {"", "the server read 28 of 33 bytes"}}};
  CHECK(render_diagnostic(diagnostic, source) ==
        "error: the server sent [RST, ACK] where the table expects [FIN, ACK]\n"
        "  --> scenarios/calc/two.md:47:3\n"
        "   |\n"
        "47 | | server | client | [FIN, ACK] |\n"
        "   |   ^^^^^^ row 12\n"
        "   = expected  server > client  [FIN, ACK]\n"
        "   = captured  server > client  [RST, ACK]\n"
        "   = why: close() was called\n"
        "   = the server read 28 of 33 bytes\n");
}

TEST_CASE("carets stand under wide characters and behind tabs", "[base]") {
  const SourceText source("a.md", "\t日本 x\n");
  const Diagnostic wide{Severity::warning, "m", Span{1, 7}, "", {}};
  CHECK(render_diagnostic(wide, source) ==
        "warning: m\n --> a.md:1:2\n  |\n1 |     日本 x\n  |     ^^^^\n");
  const Diagnostic behind{Severity::warning, "m", Span{8, 9}, "", {}};
  CHECK(render_diagnostic(behind, source) ==
        "warning: m\n --> a.md:1:5\n  |\n1 |     日本 x\n  |          ^\n");
}

TEST_CASE("an empty span gets one caret and a long one ends with its line", "[base]") {
  const SourceText source("a.md", "abc\r\ndef");
  CHECK(render_diagnostic({Severity::error, "m", Span{3, 3}, "", {}}, source) ==
        "error: m\n --> a.md:1:4\n  |\n1 | abc\n  |    ^\n");
  CHECK(render_diagnostic({Severity::error, "m", Span{1, 8}, "", {}}, source) ==
        "error: m\n --> a.md:1:2\n  |\n1 | abc\n  |  ^^\n");
  CHECK(render_diagnostic({Severity::error, "m", Span{90, 99}, "", {}}, source) ==
        "error: m\n --> a.md:2:4\n  |\n2 | def\n  |    ^\n");
}

TEST_CASE("controls in user text never reach the terminal", "[base]") {
  const SourceText source("a\x1b[2J.md", "x\x1b[31my\xff\n");
  const Diagnostic diagnostic{
      Severity::error, "odd \x1b[0m", Span{6, 7}, "", {{"help", "one\ntwo\x07"}}};
  CHECK(render_diagnostic(diagnostic, source) ==
        "error: odd \\x1b[0m\n --> a\\x1b[2J.md:1:7\n  |\n1 | x\\x1b[31my\\xff\n"
        "  |          ^\n  = help: one\n          two\\x07\n");
}

TEST_CASE("the code of a rule stands behind the message, and nothing where there is none",
          "[base]") {
  Diagnostic diagnostic{Severity::warning, "m", std::nullopt, "", {}};
  CHECK(render_diagnostic(diagnostic, SourceText()) == "warning: m\n");
  diagnostic.code = ProblemCode{203};
  CHECK(render_diagnostic(diagnostic, SourceText()) == "warning: m [WP0203]\n");
}

TEST_CASE("a message without a span names the text alone", "[base]") {
  CHECK(render_diagnostic({Severity::error, "no sheet", std::nullopt, "", {}},
                          SourceText("a.md", "x")) == "error: no sheet\n --> a.md\n");
  CHECK(render_diagnostic({Severity::error, "no sheet", std::nullopt, "", {}}, SourceText()) ==
        "error: no sheet\n");
}

TEST_CASE("colour changes nothing but escape sequences", "[base]") {
  const SourceText source("a.md", "abc");
  const Diagnostic diagnostic{Severity::error, "m", Span{0, 1}, "here", {{"help", "x"}}};
  const std::string colored = render_diagnostic(diagnostic, source, Style::color);
  std::string stripped;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
    } else {
      stripped += colored[i];
    }
  }
  CHECK(colored != stripped);
  CHECK(stripped == render_diagnostic(diagnostic, source));
}

TEST_CASE("warnings alone are no errors", "[base]") {
  CHECK_FALSE(has_errors({{Severity::warning, "m", std::nullopt, "", {}}}));
  CHECK(has_errors({{Severity::warning, "m", std::nullopt, "", {}},
                    {Severity::error, "m", std::nullopt, "", {}}}));
}

TEST_CASE("a slip finds the name that was meant and nothing else does", "[base]") {
  const std::vector<std::string> names{"Packets", "Session", "Sockets", "id", "op"};
  CHECK(nearest_name("Packtes", names) == "Packets");
  CHECK(nearest_name("SESSIONS", names) == "Session");
  CHECK(nearest_name("Sokets", names) == "Sockets");
  CHECK(nearest_name("if", names) == "id");
  CHECK(nearest_name("", names) == std::nullopt);
  CHECK(nearest_name("x", names) == std::nullopt);
  CHECK(nearest_name("Preface", names) == std::nullopt);
  CHECK(nearest_name("ID", names) == "id");
}

}  // namespace

TEST_CASE("lines and columns count from 1 and columns count code points", "[base]") {
  const SourceText source("sheet.md", "ab\näöx\n");
  CHECK(source.line_count() == 2);
  CHECK(source.position(0) == Position{1, 1});
  CHECK(source.position(2) == Position{1, 3});
  CHECK(source.position(3) == Position{2, 1});
  CHECK(source.position(5) == Position{2, 2});
  CHECK(source.position(6) == Position{2, 2});  // inside the second letter
  CHECK(source.position(7) == Position{2, 3});
}

TEST_CASE("an offset past the end is behind the last character", "[base]") {
  const SourceText source("sheet.md", "ab\ncd\n");
  CHECK(source.position(6) == Position{2, 3});
  CHECK(source.position(600) == Position{2, 3});
  CHECK(SourceText("", "").position(7) == Position{1, 1});
}

TEST_CASE("a line's text has neither LF nor CRLF", "[base]") {
  const SourceText source("sheet.md", "ab\r\n\ncd");
  REQUIRE(source.line_count() == 3);
  CHECK(source.line_text(1) == "ab");
  CHECK(source.line_text(2).empty());
  CHECK(source.line_text(3) == "cd");
  CHECK(source.line_start(3) == 5);
  CHECK(source.position(3) == Position{1, 3});
}

TEST_CASE("where a rendered diagnostic points can be read out of it", "[text]") {
  const SourceText sheet("a: b.md", "\n| From   |  To |\n");
  Diagnostic diagnostic;
  diagnostic.message = "no";
  CHECK(place_of_rendered(render_diagnostic(diagnostic, sheet)).empty());
  diagnostic.notes = {{"expected", "x"}, {"captured", "a | b"}};
  CHECK(place_of_rendered(render_diagnostic(diagnostic, SourceText("a", ""))).empty());
  diagnostic.notes.clear();
  diagnostic.span = Span{1, 5};
  CHECK(place_of_rendered(render_diagnostic(diagnostic, sheet)) == "a: b.md:2: | From | To |");
  CHECK(place_of_rendered("error: the file is gone").empty());
  CHECK(place_of_rendered("").empty());
}

}  // namespace wireproof
