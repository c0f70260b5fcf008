#include "sheet/text/cursor.h"

#include "catch.h"

namespace wireproof {
namespace {

TEST_CASE("a cursor takes whole words and numbers, and skips the blanks behind them",
          "[scenario]") {
  Cursor cursor(make_fragment("  send-all 12 12a a.b-c ü \"x\"", 0));
  CHECK(cursor.offset() == 2);
  CHECK_FALSE(cursor.take_word("send"));
  CHECK(cursor.is_word("send-all"));
  CHECK(cursor.take_word("send-all"));
  CHECK(cursor.take_number() == 12U);
  CHECK_FALSE(cursor.take_number());
  CHECK(cursor.next_token() == "12a");
  CHECK(cursor.take_token() == "12a");
  CHECK(cursor.take_path() == "a.b-c");
  CHECK(cursor.take_any_word() == "ü");
  CHECK_FALSE(cursor.at_end());
  CHECK(cursor.peek() == '"');
  Problems problems;
  CHECK(cursor.take_quoted(problems) == "x");
  CHECK(cursor.at_end());
  CHECK(cursor.peek() == '\0');
  CHECK_FALSE(problems.has_errors());
}

TEST_CASE("a quote's escapes are decoded, and a wrong one is shown", "[scenario]") {
  const auto read = [](const std::string& text) {
    Problems problems;
    Cursor cursor(make_fragment(text, 0));
    const auto found = cursor.take_quoted(problems);
    const Diagnostics wrong = problems.take();
    return wrong.empty() ? *found : wrong.front().message;
  };
  CHECK(read(R"("a\n\r\t\\\"\x41")") == "a\n\r\t\\\"A");
  CHECK(read(R"("\0")") == std::string(1, '\0'));
  CHECK(read(R"("\q")") == "unknown escape `\\q`");
  CHECK(read(R"("\x4")") == "unknown escape `\\x`");
  CHECK(read(R"("\xg1")") == "unknown escape `\\x`");
  CHECK(read(R"("\ü")") == "unknown escape `\\ü`");
  CHECK(read(R"("a)") == "the quote is not closed");
  CHECK(read(R"("a\")") == "the quote is not closed");
}

TEST_CASE("a pattern ends at its slash, and only a slash loses its backslash", "[scenario]") {
  const auto read = [](const std::string& text) {
    Problems problems;
    Cursor cursor(make_fragment(text, 0));
    const auto found = cursor.take_pattern(problems);
    const Diagnostics wrong = problems.take();
    return wrong.empty() ? *found : wrong.front().message;
  };
  CHECK(read("/a b/ c") == "a b");
  CHECK(read("/\\d\\/\\\\/") == "\\d/\\\\");
  CHECK(read("//") == "");
  CHECK(read("/a") == "the regular expression is not closed");
  CHECK(read("/a\\/") == "the regular expression is not closed");
}

TEST_CASE("a span ends before the blanks that were skipped", "[scenario]") {
  Cursor cursor(make_fragment("one two  ", 100));
  cursor.take_any_word();
  CHECK(cursor.span_from(0) == (Span{100, 103}));
  CHECK(cursor.next_span() == (Span{104, 107}));
  cursor.take_any_word();
  CHECK(cursor.at_end());
  CHECK(cursor.span_from(0) == (Span{100, 107}));
  CHECK(cursor.span_from(4) == (Span{104, 107}));
}

}  // namespace
}  // namespace wireproof
