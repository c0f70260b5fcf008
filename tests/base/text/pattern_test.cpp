#include "base/text/pattern.h"

#include "catch.h"

namespace wireproof {
namespace {

std::string end_of(const std::string& pattern, std::string_view text) {
  const auto parsed = Pattern::parse(pattern);
  if (!parsed) return "not read: " + parsed.error();
  const auto end = parsed->find_end(as_bytes(text));
  return end ? std::to_string(*end) : "none";
}

}  // namespace

TEST_CASE("a match ends behind its last byte") {
  CHECK(end_of("[0-9]+\\n", "x12\n34\n") == "4");
  CHECK(end_of("\\d", "abc") == "none");
  CHECK(end_of("", "abc") == "0");
  CHECK(end_of("a\\xe4b",
               "xa\xe4"
               "b") == "4");
}

TEST_CASE("the dot takes no line feed, and the anchors stand at the ends alone") {
  CHECK(end_of("a.b", "a\nb") == "none");
  CHECK(end_of("a.b",
               "a\xe4"
               "b") == "3");
  CHECK(end_of("^b", "a\nb") == "none");
  CHECK(end_of("a$", "a\nb") == "none");
  CHECK(end_of("a$", "a\n") == "none");
  CHECK(end_of("b$", "a\nb") == "3");
}

TEST_CASE("what is no regular expression is said") {
  CHECK(end_of("(", "") == "not read: missing ): (");
  CHECK(end_of("[0-9", "") == "not read: missing ]: [0-9");
  CHECK(end_of("(?=a)", "") == "not read: invalid perl operator: (?=");
  CHECK(end_of("\\u0041", "A") == "not read: invalid escape sequence: \\u");
}

// A matcher that recurses would end the program here, and one that tries all ways would not end.
TEST_CASE("no text and no expression takes the stack or all the time") {
  const std::string text(1'000'000, 'x');
  CHECK(end_of("[^y]*y", text) == "none");
  CHECK(end_of("(a|b|x)*y", text) == "none");
  CHECK(end_of("(x+x+)+y", text) == "none");
}

}  // namespace wireproof
