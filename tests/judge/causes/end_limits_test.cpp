// Ends of a connection: what tells one explanation from the next where they differ by one thing.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
TEST_CASE("a reset after the server's FIN names the packet of the FIN", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();                 // packets 1 to 3
  alice.server("", tcp_flag::kFin);  // 4
  alice.client("more");              // 5
  alice.server("", tcp_flag::kRst);  // 6
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "reset-after-close");
  CHECK(says(evidence, "had closed its socket (packet 4)"));
}

TEST_CASE("a connection waits in the backlog only behind a client that was served", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.actor = "bob";
  SECTION("not behind one that was not") {
    TestConversation& bob = talks.open(kBob);
    bob.handshake();
    bob.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(1);
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("nor behind one that did not connect") {
    TestConversation& bob = talks.open(kBob);
    bob.handshake();
    bob.server("", tcp_flag::kRst);
    const TcpConnection nothing;
    evidence.connection = talks.tcp(1);
    evidence.others = {{"carol", nullptr, nullptr, {}}, {"dave", &nothing, nullptr, {}}};
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("nor where no RST was captured, or none ended the step") {
    alice.server("pong");
    TestConversation& bob = talks.open(kBob);
    bob.handshake();
    SECTION("none captured") {
      evidence.connection = talks.tcp(1);
      evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
      CHECK(explain(evidence) == "reset-abort");
    }
    SECTION("another end") {
      bob.server("", tcp_flag::kRst);
      evidence.end = StepEnd::end_of_stream;
      evidence.connection = talks.tcp(1);
      evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
      CHECK(explain(evidence).empty());
    }
  }
}

TEST_CASE("a reset after a reply to no known request is an abort", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.server("hello");
  alice.server("", tcp_flag::kRst);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.replies = {text("hello")};
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "reset-abort");
}

TEST_CASE("a half-close is not understood where its FIN came before the step gave up", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();                 // 0..2 ms
  alice.client("ping");              // 3 ms
  alice.client("", tcp_flag::kFin);  // 4 ms
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("ping")};
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "half-close-deaf");
  evidence.gave_up = at(5);
  CHECK(explain(evidence) == "half-close-deaf");
  evidence.gave_up = at(4);  // the session's own end sent it
  CHECK(explain(evidence).empty());
  evidence.gave_up.reset();
  evidence.end = StepEnd::other;
  CHECK(explain(evidence).empty());
}

TEST_CASE("a FIN at the moment in which the step gave up is still the session's", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin);  // 3 ms, packet 4
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.gave_up = at(3);
  CHECK(explain(evidence) == "close-wait");
  CHECK(says(evidence, "after the client's FIN (packet 4)"));
  evidence.gave_up = at(2);
  CHECK(explain(evidence) == "never-closed");
}

TEST_CASE("bytes behind the client's FIN that nobody received are no stray reply", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin);
  alice.server("x");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "close-wait");
}

TEST_CASE("a socket is held where an end was waited for, on a connection that is known",
          "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.holders = {{kAlice, 42, false}};
  CHECK(explain(evidence) == "never-closed");
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "fin-held");
  evidence.goal = StepGoal::message;
  CHECK(explain(evidence).empty());
}

TEST_CASE("only a field of several numbers that does not fit is answered modulo 2^32", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  // The version, the numbers, and what stands behind them.
  evidence.requests = {
      {{0, 0, 0, 9, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0}, {{"numbers", 4, 12}}}};
  evidence.came = {0x80, 0, 0, 0};
  CHECK(explain(evidence) == "wrapped-number");
  CHECK(says(evidence, "the sum of `numbers` is 2147483648"));
  evidence.end = StepEnd::timed_out;
  CHECK(explain(evidence) != "wrapped-number");
  evidence.end = StepEnd::bytes;
  evidence.requests.front().fields = {{"numbers", 4, 14}};  // no whole numbers
  CHECK(explain(evidence).empty());
  evidence.requests = {{{0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0}, {{"numbers", 0, 8}}}};
  evidence.came = {0x7f, 0xff, 0xff, 0xff};  // the most that fits
  CHECK(explain(evidence).empty());
}

TEST_CASE("where all was answered, the first that was sent is what the server ended by",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");  // packet 4
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::reset);
  evidence.server_end = "exited with code 1";
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "died-on-input");
  CHECK(says(evidence, "is \"ping\" by alice (packet 4)"));
}

TEST_CASE("a reset that ended the server is named with its packet", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kRst);  // packet 4
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::refused);
  evidence.server_end = "exited with code 1";
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "died-on-reset");
  CHECK(says(evidence, "after alice had reset the connection (packet 4)"));
}

TEST_CASE("an end in place of the answer to text that cannot be decoded is told so", "[expect]") {
  struct Case {
    std::string request;
    bool told;
  };
  const std::string long_text(1023, 'x');
  const std::vector<Case> cases{{"gr\xff", true},
                                {"\xff", true},
                                {"grün", false},
                                {long_text + "ä", true},
                                {long_text + "xä", false}};
  for (const Case& one : cases) {
    CAPTURE(one.request);
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
    evidence.requests = {text(one.request)};
    CHECK((explain(evidence) == "not-decoded") == one.told);
    evidence.end = StepEnd::timed_out;
    CHECK(explain(evidence) != "not-decoded");
  }
}

TEST_CASE("a connection that ends behind an answer, before the next request, is closed early",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  const bool had_next = GENERATE(false, true);
  if (had_next) alice.client("pang");
  alice.server("", tcp_flag::kFin);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
  evidence.requests = {text("ping"), text("pang")};
  evidence.replies = {text("pong")};
  evidence.expected = text("pung");
  evidence.connection = talks.tcp(0);
  evidence.reply_begin = 4;
  CHECK(explain(evidence) == (had_next ? "closed-before-reply" : "closed-early"));
}

TEST_CASE("an answer in another client's exchange was sent to an address that is kept",
          "[expect]") {
  Talks talks;
  const Endpoint alice = endpoint("127.0.0.2:40000");
  const Endpoint bob = endpoint("127.0.0.3:40000");
  const Endpoint server = endpoint("127.0.0.1:7");
  append(talks.store(), TestDatagram{{}, alice, server, "one"});
  append(talks.store(), TestDatagram{{}, server, alice, "ONE"});
  append(talks.store(), TestDatagram{{}, bob, server, "two"});
  append(talks.store(), TestDatagram{{}, server, alice, "TWO"});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.exchange = talks.udp(1);
  evidence.requests = {text("two")};
  evidence.expected = text("TWO");
  evidence.others = {{"alice", nullptr, talks.udp(0), {}}};
  CHECK(explain(evidence) == "kept-address");
  evidence.expected = text("THREE");
  CHECK(explain(evidence) == "lost-reply");
}

}  // namespace wireproof
