// Characters of a reply that came changed, cut or counted.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

FailureEvidence wrong_text(const std::string& expected, const std::string& came) {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.expected = text(expected);
  evidence.came = text(came).bytes;
  return evidence;
}

}  // namespace

TEST_CASE("what happened to a character is told by what came in its place", "[expect]") {
  struct Case {
    std::string expected;
    std::string came;
    std::string cause;
    std::string words;
  };
  const std::vector<Case> cases{
      {"GRÜN", "GR\xdcN", "latin1", "the character `Ü` (c3 9c) came as the one byte dc"},
      // the last character that Latin-1 has, and the first that it has not
      {"aÿb",
       "a\xff"
       "b",
       "latin1", "`ÿ` (c3 bf) came as the one byte ff"},
      {"aĀb",
       "a\x01"
       "b",
       "", ""},
      {"aĀb", std::string("a\0b", 3), "", ""},
      // its second byte differs: the character is taken from its beginning
      {"aÄb",
       "a\xc3\x83\xc2\x84"
       "b",
       "latin1", "came as c3 83 c2 84: the server read"},
      // of three and four bytes
      {"a€b",
       "a\xc3\xa2\xc2\x82\xc2\xac"
       "b",
       "latin1", "came as c3 a2 c2 82 c2 ac"},
      {"a𝄞b", "a\xf0\x9d\x84", "cut-character", "after 3 of its 4 bytes"},
      {"xy€", "xy\xe2\x82", "cut-character",
       "ends inside the character `€` (e2 82 ac), after 2 of"},
      {"a€b", "a\xe2\x82x", "", ""},
      {"€b", "\xe2", "cut-character", "after 1 of its 3 bytes"},
      {"aÀb",
       "a\xc3\x83\xc2\x80"
       "b",
       "latin1", "came as c3 83 c2 80"},
      {"xyÀ", "xy\xc3", "cut-character", "ends inside the character `À` (c3 80), after 1 of"},
      // before it and behind it
      {"xyä", "xy", "short-reply", ""},
      {"xyä\xa4", "xyä", "short-reply", ""},
      // dropped, at a known place
      {"aaäbc", "aabc", "cut-character", "`ä` (c3 a4) at byte 2 is missing"},
      {"Grüße", "Grße", "cut-character", "`ü` (c3 bc) at byte 2 is missing"},
      {"aaäbc", "aabx", "", ""},
      {"aaäbc", "aax", "", ""},
      {"aaä", "aax", "", ""},
      {"aab", "aa\xc3", "", ""},
      // U+007F is no character that could be cut
      {"aa\x7f", "aa\xc3\xa4", "", ""},
      {"aaä", "aa\xef\xbf\xbd", "cut-character", "at byte 2 stands U+FFFD (ef bf bd) for c3"}};
  for (const Case& one : cases) {
    CAPTURE(one.expected, one.came);
    const FailureEvidence evidence = wrong_text(one.expected, one.came);
    CHECK(explain(evidence) == one.cause);
    const std::string words = explain_text(evidence);
    CAPTURE(words);
    CHECK(words.find(one.words) != std::string::npos);
  }
}

TEST_CASE("half a character that was due and did not come was dropped", "[expect]") {
  struct Case {
    std::string expected;
    std::string came;
    bool dropped;
  };
  const std::vector<Case> cases{
      {"aa\xc3", "aa", true},  // its first half
      {"aa\xe2\x82\xac\xe2", "aa€", true},
      {"aa\xa4", "aa", false},        // a second half alone
      {"aa\xc3xy", "aaxy", true},     // three bytes
      {"aa\xc3xyz", "aaxyz", false},  // more is another text
      {"aa\xc3x", "aa\xe4", false}};  // something else that is no text came
  for (const Case& one : cases) {
    CAPTURE(one.expected, one.came);
    const FailureEvidence evidence = wrong_text(one.expected, one.came);
    const bool told =
        explain_text(evidence).find("half a character was dropped") != std::string::npos;
    CHECK(told == one.dropped);
  }
}

TEST_CASE("U+FFFD came from a character of the request, where the reply has none", "[expect]") {
  FailureEvidence evidence = wrong_text("aab", "aa\xef\xbf\xbd");
  evidence.requests = {text("a\x7f")};
  CHECK(explain(evidence).empty());
  evidence.requests = {text("a\xc3\xa4")};
  CHECK(explain(evidence) == "cut-character");
  evidence.requests = {text("a\xc3")};  // the rest may follow
  CHECK(explain(evidence) == "cut-character");
  evidence.requests = {text("a\x80")};  // is no text, and was replaced
  CHECK(explain(evidence).empty());
}

TEST_CASE("a text cut after as many bytes as it has characters was counted in characters",
          "[expect]") {
  CHECK(explain(wrong_text("ÄÖabcdefgh", "ÄÖabcdef")) == "counted-characters");
  CHECK(explain(wrong_text("ÄÖabcdefgh", "ÄÖabcdefg")) == "short-reply");
  CHECK(explain(wrong_text("ÄÖabcdefgh",
                           "ÄÖabcdef"
                           "gh"))
            .empty());
  CHECK(explain(wrong_text("abcdÄÖ", "abcdÄ")) == "counted-characters");  // two bytes less
  CHECK(explain(wrong_text("abcdÄÖ", "abxdÄ")).empty());
  CHECK(explain(wrong_text("abcdeÖ", "abcde\xc3")) == "cut-character");  // one byte less
}

TEST_CASE("only ASCII letters in upper case are upper() of bytes", "[expect]") {
  FailureEvidence evidence = wrong_text("GRÜN", "GRüN");
  evidence.requests = {text("grün")};
  CHECK(explain(evidence) == "ascii-only");
  evidence.expected.reset();  // a pattern
  CHECK(explain(evidence) == "ascii-only");
  evidence.came = text("GRüNE").bytes;
  CHECK(explain(evidence) != "ascii-only");
  evidence = wrong_text("GRÜN", "grün");
  evidence.requests = {text("grün")};
  CHECK(explain(evidence) != "ascii-only");  // an echo
  evidence = wrong_text("x", "GRUN");
  evidence.requests = {text("grun")};
  CHECK(explain(evidence) != "ascii-only");
}

TEST_CASE("characters in reverse order are told from bytes in reverse order", "[expect]") {
  FailureEvidence evidence = wrong_text("b\xa4\xc3", "bä");
  evidence.requests = {text("äb")};
  CHECK(explain(evidence) == "reversed-characters");
  evidence.came = text("äb").bytes;
  CHECK(explain(evidence) != "reversed-characters");
  evidence = wrong_text("äb", "bä");
  evidence.requests = {text("äb")};
  CHECK(explain(evidence) != "reversed-characters");  // the protocol turns nothing round
}

TEST_CASE("an answer that ends at its first zero byte was taken for a C string", "[expect]") {
  const std::string zero("a\0bcdefghij", 11);
  FailureEvidence evidence = wrong_text("got: " + zero, "got: a");
  CHECK(explain(evidence) == "zero-ended");
  CHECK(explain_text(evidence).find("6 of 16 bytes came") != std::string::npos);
  evidence.came = text("got: ").bytes;
  CHECK(explain(evidence) == "short-reply");
  evidence = wrong_text("got: " + zero, "got: " + zero.substr(0, 4));
  CHECK(explain(evidence) == "short-reply");
  evidence = wrong_text(zero.substr(0, 2), "a");
  CHECK(explain(evidence) == "short-reply");  // a zero at the end is a byte that was forgotten
}

TEST_CASE("a replacement character that nobody sent is half of one that was cut", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.came = text("ab\xef\xbf\xbdx").bytes;
  evidence.requests = {text("ab\xc3"), text("\xa4x")};
  CHECK(explain(evidence) == "cut-character");
  CHECK(explain_text(evidence).find("at byte 2") != std::string::npos);
  for (const char* const other : {"ab", "\xff", "\xc3", "\xef\xbf\xbd\xc3\xa4"}) {
    evidence.requests = {text(other)};
    CHECK(explain(evidence) != "cut-character");
  }
}

TEST_CASE("who ends the connection at half a character decodes each read by itself", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
  evidence.expected = text("ECHO: ab");
  evidence.requests = {text("ab\xc3")};
  CHECK(explain(evidence) == "cut-character");
  CHECK(explain_text(evidence).find("(c3 at byte 2)") != std::string::npos);
  for (const char* const whole : {"ab", "ab\xc3\xa4"}) {
    evidence.requests = {text(whole)};
    CHECK(explain(evidence) == "closed-before-reply");
  }
  for (const char* const other : {"ab\xff", "ab\xe2\x82x", "ab\xa4"}) {
    evidence.requests = {text(other)};
    CHECK(explain(evidence) == "not-decoded");
  }
}

}  // namespace wireproof
