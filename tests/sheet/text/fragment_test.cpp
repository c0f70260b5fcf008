#include "sheet/text/fragment.h"

#include "catch.h"

namespace wireproof {
namespace {

std::string commentless(const std::string& text) {
  return without_comment(make_fragment(text, 0)).text;
}

TEST_CASE("a comment begins at a `#` apart, outside of texts and patterns", "[scenario]") {
  const struct {
    const char* line;
    const char* left;
  } cases[] = {{"# all", ""},
               {"close # it", "close "},
               {"close\t# it", "close\t"},
               {"close#it", "close#it"},
               {"send \"a # b\" # c", "send \"a # b\" "},
               {R"(send "a\" # b" # c)", R"(send "a\" # b" )"},
               {R"(send "a\\" # c)", R"(send "a\\" )"},
               {"recv /No #5/ # c", "recv /No #5/ "},
               {"recv /say \"hi/ # c", "recv /say \"hi/ "},
               {R"(bob:prints /a\/ # b/ # c)", R"(bob:prints /a\/ # b/ )"},
               {"send \"/\" # c", "send \"/\" "},
               {"precv / # c", "precv / "},
               {"recv / # never closed", "recv / # never closed"}};
  for (const auto& one : cases) {
    CAPTURE(one.line);
    CHECK(commentless(one.line) == one.left);
  }
}

TEST_CASE("a parameter's value is escaped for the place that it stands in", "[scenario]") {
  const Parameters parameters{{"a", "1\"\\"}, {"b", "x.y/\n"}};
  const auto filled = [&parameters](const std::string& text) {
    Problems problems;
    const Fragment read = substitute(make_fragment(text, 0), parameters, problems);
    const Diagnostics wrong = problems.take();
    return wrong.empty() ? read.text : wrong.front().message;
  };
  CHECK(filled("{a}") == "1\"\\");
  CHECK(filled("\"{a}\"") == "\"1\\\"\\\\\"");
  CHECK(filled("recv /{b}/") == "recv /x\\.y\\/\\n/");
  CHECK(filled("\"{b}\" {b}") == "\"x.y/\\n\" x.y/\n");
  CHECK(filled("{size of b}") == "5");
  CHECK(filled("{n} {i} {host} {port}") == "{n} {i} {host} {port}");
  CHECK(filled("{} { a } {1}") == "{} { a } {1}");
  CHECK(filled("{c}").starts_with("unknown parameter `{c}`"));
}

TEST_CASE("what a value brings points to the place that it was put in", "[scenario]") {
  const Parameters parameters{{"long", "12345"}};
  Problems problems;
  const Fragment read = substitute(make_fragment("a{long}b", 10), parameters, problems);
  REQUIRE(read.text == "a12345b");
  CHECK(read.span(1, 6) == (Span{11, 17}));
  CHECK(read.span(6, 7) == (Span{17, 18}));
  CHECK(read.span() == (Span{10, 18}));
}

TEST_CASE("trimming and cutting keep the places", "[scenario]") {
  const Fragment trimmed = trim(make_fragment(" \t ab c\r\n", 5));
  CHECK(trimmed.text == "ab c");
  CHECK(trimmed.span() == (Span{8, 12}));
  CHECK(part_of(trimmed, 3, 4).span() == (Span{11, 12}));
  CHECK(trim(make_fragment("  ", 0)).empty());
  CHECK(strip_backticks(make_fragment("``x``", 0)).text == "x");
  CHECK(strip_backticks(make_fragment("`x", 0)).text == "`x");
  CHECK(strip_backticks(make_fragment("`", 0)).text == "`");
  CHECK(lower_case("AbÜ") == "abÜ");
}

TEST_CASE("what is wrong is told in the order of the text, whole sheets last", "[scenario]") {
  Problems problems;
  CHECK_FALSE(problems.has_errors());
  problems.error(ProblemCode::no_server, "no server");
  problems.warning(ProblemCode::racing_ends, {9, 10}, "late");
  problems.error(ProblemCode::unknown_step, {2, 3}, "early", "help");
  CHECK(problems.count() == 3);
  CHECK(problems.has_errors());
  const Diagnostics told = problems.take();
  REQUIRE(told.size() == 3);
  CHECK(told[0].message == "early");
  REQUIRE(told[0].notes.size() == 1);
  CHECK(told[0].notes[0].label == "help");
  CHECK(told[1].severity == Severity::warning);
  CHECK(told[1].notes.empty());
  CHECK_FALSE(told[2].span);
}

TEST_CASE("a close name is suggested, else the known ones while they are few", "[scenario]") {
  const std::vector<std::string> names{"connect", "close"};
  CHECK(suggest_name("conect", names) == "did you mean `connect`?");
  CHECK(suggest_name("zzzzzz", names) == "known: connect, close");
  CHECK(suggest_name("zzzzzz", std::vector<std::string>()).empty());
  CHECK(suggest_name("zzzzzz", std::vector<std::string>(20, "a")).starts_with("known: a"));
  CHECK(suggest_name("zzzzzz", std::vector<std::string>(21, "a")).empty());
}

}  // namespace
}  // namespace wireproof
