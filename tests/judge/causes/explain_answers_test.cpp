// What all answers of a server have in common.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// One connection whose client asked `request` and got `answer`, where `expected` should have come.
struct Exchange {
  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);

  FailureEvidence& ask(const std::string& request, const std::string& answer,
                       const std::string& expected) {
    TestConversation& alice = talks.open(kAlice);
    alice.handshake();
    alice.client(request);
    alice.server(answer);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text(request)};
    evidence.expected = text(expected);
    evidence.came = text(answer).bytes;
    evidence.prefix = text("ECHO: ").bytes;
    return evidence;
  }
};

}  // namespace

TEST_CASE("an answer that begins otherwise is told with both beginnings", "[expect]") {
  struct Case {
    std::string answer;
    std::string says;  // empty: it is something else
  };
  const auto one =
      GENERATE(Case{"ECHO:hello", "the answer begins with \"ECHO:\" instead of \"ECHO: \""},
               Case{"Got: hello", "the answer begins with \"Got: \" instead of \"ECHO: \""},
               Case{"hello", "the answer comes without \"ECHO: \" before it"},
               Case{"ECHO: hallo", ""}, Case{"ECHO: hel", ""}, Case{"something else", ""});
  Exchange exchange;
  const FailureEvidence& evidence = exchange.ask("hello", one.answer, "ECHO: hello");
  CAPTURE(one.answer);
  CHECK((explain(evidence) == "wrong-beginning") == !one.says.empty());
  if (!one.says.empty()) CHECK(explain_text(evidence) == one.says);
}

TEST_CASE("a greeting before an answer that is cut is no beginning of it", "[expect]") {
  Exchange exchange;
  CHECK(explain(exchange.ask("hello", "Welcome\nECHO: hel", "ECHO: hello")) == "sent-unasked");
}

TEST_CASE("two messages that were answered as one have no wrong beginning", "[expect]") {
  Exchange exchange;
  FailureEvidence& evidence = exchange.ask("two", "two", "ECHO: two");
  evidence.replies = {text("ECHO: one")};
  CHECK(explain(evidence) != "wrong-beginning");
}

TEST_CASE("what comes before anything was asked is a greeting", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.server("220 ready");
  alice.client("hello");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("hello")};
  evidence.expected = text("ECHO: hello");
  evidence.came = text("220 ready").bytes;
  CHECK(explain(evidence) == "sent-unasked");
  CHECK(explain_text(evidence) == "the server sent \"220 ready\" before it was asked for anything");
  SECTION("also where the server ended of it later") {
    evidence.server_end = "exited with code 1";
    CHECK(explain(evidence) == "sent-unasked");
  }
  SECTION("not where the session waits for it") {
    evidence.requests.clear();
    CHECK(explain(evidence) != "sent-unasked");
  }
}

TEST_CASE("a line in front of the first answer is a greeting", "[expect]") {
  Exchange exchange;
  CHECK(explain(exchange.ask("hello", "welcome\nECHO: hello", "ECHO: hello")) == "sent-unasked");
}

TEST_CASE("zeros and line ends behind the answer are told from a byte too many", "[expect]") {
  struct Case {
    std::string behind;
    std::string cause;
  };
  const auto one = GENERATE(Case{std::string(100, '\0'), "zeros-behind"},
                            Case{std::string(2, '\0'), "zeros-behind"},
                            Case{std::string(1, '\0'), "long-reply"}, Case{"\n", "line-end-behind"},
                            Case{"\r\n", "line-end-behind"}, Case{"x", "long-reply"});
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("hello");
  alice.server("HELLO" + one.behind);
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("hello")};
  evidence.replies = {text("HELLO")};
  evidence.came = text(one.behind).bytes;
  CAPTURE(one.cause);
  CHECK(explain(evidence) == one.cause);
}

TEST_CASE("a binary reply that comes once more is no zeros", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ask");
  const std::string reply("\0\0\0\x07", 4);
  alice.server(reply + reply);
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  LayoutSet layouts;
  layouts["reply"].name = "reply";
  evidence.layouts = &layouts;
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("ask")};
  evidence.replies = {text(reply)};
  evidence.came = text(reply).bytes;
  CHECK(explain(evidence) == "glued-reply");
}

// A client that has failed ends its connection, with a reset where bytes are unread.
TEST_CASE("a server that ends of what a failed client did has no cause in that", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("hello");
  alice.server("wrong");
  alice.client("", tcp_flag::kRst);
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::reset);
  evidence.server_end = "exited with code 1";
  evidence.actor = "bob";
  evidence.connection = talks.tcp(1);
  evidence.others.resize(1);
  evidence.others[0].actor = "alice";
  evidence.others[0].connection = talks.tcp(0);
  CHECK(explain(evidence) == "died-on-reset");
  evidence.others[0].gave_up = talks.tcp(0)->segments[4].time;  // of the wrong answer
  CHECK(explain(evidence) != "died-on-reset");
  CHECK(explain(evidence) != "died-on-input");
}

TEST_CASE("a server that ends when a silent client leaves is told so", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin | tcp_flag::kAck);
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::refused);
  evidence.actor = "bob";
  evidence.server_end = "exited with code 1";
  evidence.others.resize(1);
  evidence.others[0].actor = "alice";
  evidence.others[0].connection = talks.tcp(0);
  CHECK(explain(evidence) == "died-on-input");
  CHECK(explain_text(evidence) ==
        "the server's process exited with code 1 after alice had closed its side of the "
        "connection without a word (packet 4)");
}

TEST_CASE("an answer that comes when the client has given up and closed waited for that",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("hello");
  const auto answer_after = [&](std::chrono::milliseconds wait,
                                std::chrono::milliseconds silence = {}) {
    alice.wait(silence);
    alice.client("", tcp_flag::kFin | tcp_flag::kAck);
    alice.wait(wait);
    alice.server("HELLO\n");
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("hello")};
    evidence.expected = text("HELLO");
    evidence.gave_up = talks.tcp(0)->segments[3].time;  // of the request
    return explain(evidence);
  };
  SECTION("at once") {
    CHECK(answer_after(std::chrono::milliseconds(5)) == "waits-for-end");
  }
  SECTION("in its own time") {
    CHECK(answer_after(std::chrono::milliseconds(250)) == "late-reply");
  }
  SECTION("in a small part of the silence before, on a machine with much to do") {
    CHECK(answer_after(std::chrono::milliseconds(240), std::chrono::seconds(2)) == "waits-for-end");
  }
  SECTION("in its own time behind a long silence") {
    CHECK(answer_after(std::chrono::milliseconds(260), std::chrono::seconds(2)) == "late-reply");
  }
}

TEST_CASE("the end of a longer answer behind a shorter one is what the buffer still holds",
          "[expect]") {
  Exchange exchange;
  FailureEvidence& evidence = exchange.ask("x", "llo", "ECHO: you");
  evidence.replies = {text("ECHO: hello"), text("ECHO: hi")};
  evidence.came = text("lloECHO: you").bytes;
  CHECK(explain(evidence) == "stale-tail");
  evidence.came = text("l").bytes;
  CHECK(explain(evidence) != "stale-tail");
}

TEST_CASE("a zero byte in a right text is told with what stands before it", "[expect]") {
  Exchange exchange;
  FailureEvidence& evidence = exchange.ask("x", "y", "ECHO: hello");
  evidence.came = text(std::string("ECHO: \0hell", 11)).bytes;
  CHECK(explain(evidence) == "extra-byte");
  CHECK(says(evidence, "a zero byte stands behind \"ECHO: \""));
  evidence.came = text(std::string("\0ECHO: hell", 11)).bytes;
  CHECK(says(evidence, "the answer begins with a zero byte"));
  evidence.came = text(std::string("ECHO: \0jell", 11)).bytes;
  CHECK(explain(evidence) != "extra-byte");
  evidence.came = text(std::string("ECHO: \0h", 8)).bytes;  // one byte may be right by chance
  CHECK(explain(evidence) != "extra-byte");
  const LayoutSet layouts{{"number", Layout{}}};
  evidence.came = text(std::string("ECHO: \0hell", 11)).bytes;
  evidence.layouts = &layouts;
  evidence.layout = &layouts.at("number");
  CHECK(explain(evidence) != "extra-byte");
}

TEST_CASE("blanks, line ends and zero bytes that are missing at the ends were trimmed",
          "[expect]") {
  struct Case {
    std::string wanted;
    std::string came;
    bool is_trimmed = true;
  };
  const auto one = GENERATE(Case{"ECHO:  a b\n", "ECHO: a b"}, Case{"ECHO: a b\r\n", "ECHO: a b"},
                            Case{std::string("\0\r\nabc", 6), "abc"}, Case{"  abc", "abc"},
                            Case{"abc  ", "abc"}, Case{" a b ", "ab", false},
                            Case{" abc ", "xabc", false}, Case{"abcd", "abc", false});
  Exchange exchange;
  FailureEvidence& evidence = exchange.ask("x", "y", one.wanted);
  evidence.came = text(one.came).bytes;
  CAPTURE(one.wanted, one.came);
  CHECK((explain(evidence) == "trimmed") == one.is_trimmed);
}

TEST_CASE("a number in front of an answer that is its length is told", "[expect]") {
  Exchange exchange;
  FailureEvidence& evidence = exchange.ask("x", "y", "ECHO: hello");
  const auto is_told = [&](const std::string& front) {
    evidence.came = text(front + "ECHO: hello").bytes;
    return explain(evidence) == "length-in-front";
  };
  CHECK(is_told(std::string("\0\0\0\x0b", 4)));
  CHECK(is_told(std::string("\0\x0b", 2)));
  CHECK(is_told("\x0b"));
  CHECK_FALSE(is_told(std::string("\0\0\0\x0c", 4)));
}

}  // namespace wireproof
