#include "catch.h"
#include "support/talks.h"

namespace wireproof {
TEST_CASE("one byte of an answer may come to anybody by chance", "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("ab");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  evidence.expected = text("a");
  CHECK(explain(evidence) != "newest-client");
  evidence.expected = text("ab");
  CHECK(explain(evidence) == "newest-client");
  CHECK(says(evidence, "the answer went to bob"));
}

TEST_CASE("the answer of another client that it did not get itself was sent to the newest",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.server("for bob");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.expected = text("for me!");
  evidence.came = text("for bob").bytes;
  evidence.others = {{"bob", talks.tcp(1), nullptr, text("for bob").bytes}};
  CHECK(explain(evidence) == "newest-client");
  CHECK(says(evidence, "this is the answer for bob, which did not get it"));
  evidence.others.front().expected = text("other").bytes;
  CHECK(explain(evidence) != "newest-client");
}

TEST_CASE("an answer that its own client got as well was not sent to the newest", "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("for bob");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.expected = text("for me!");
  evidence.came = text("for bob").bytes;
  evidence.others = {{"bob", talks.tcp(1), nullptr, text("for bob").bytes}};
  CHECK(explain(evidence) != "newest-client");
}

TEST_CASE("as many unread bytes as nobody leaves by chance block the others", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}, 2048}};
  CHECK(explain(evidence) == "blocked-by-reader");
  CHECK(says(evidence, "bob does not read the 2048 bytes that it was sent;"));
  evidence.others.front().unread = 2047;
  CHECK(explain(evidence) != "blocked-by-reader");
}

TEST_CASE("a window that closed too late, or with a reset, blocked nobody", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.wait(std::chrono::milliseconds(50));
  TestSegment full = bob.next_of_client();
  full.window = 0;
  SECTION("closed late") {
    full.flags = tcp_flag::kAck;
  }
  SECTION("a reset") {
    full.flags = tcp_flag::kRst;
  }
  append(talks.store(), full);
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.gave_up = at(20);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) != "blocked-by-reader");
}

TEST_CASE("nothing while an earlier client is connected was served one at a time", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "one-at-a-time");
  CHECK(says(evidence, "nothing came while the connection of bob, who had connected before"));
  SECTION("but not where the request came in pieces") {
    evidence.request_in_pieces = true;
    CHECK(explain(evidence) != "one-at-a-time");
  }
  SECTION("nor where it was served before") {
    evidence.replies = {text("pong")};
    CHECK(explain(evidence) != "one-at-a-time");
  }
  SECTION("nor where an end of the connection was waited for") {
    evidence.goal = StepGoal::end;
    CHECK(explain(evidence) != "one-at-a-time");
  }
  SECTION("nor for the client that connected first") {
    evidence.connection = talks.tcp(0);
    evidence.others = {{"alice", talks.tcp(1), nullptr, {}}};
    CHECK(explain(evidence) != "one-at-a-time");
  }
}

TEST_CASE("a SYN that the kernel dropped met a full accept queue", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestConversation& alice = talks.open(kAlice);
  TestSegment syn = alice.next_of_client();
  syn.flags = tcp_flag::kSyn;
  for (const int time : {10, 1010, 3010}) {
    syn.time = std::chrono::milliseconds(time);
    append(talks.store(), syn);
  }
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::timed_out);
  evidence.actor = "alice";
  evidence.gave_up = at(2010);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "one-at-a-time");
  CHECK(says(evidence,
             "the kernel dropped the SYN of alice (packet 4, sent again as packet 5): the accept "
             "queue is full. 1 client that had connected before had got nothing yet; listen(N)"));
  SECTION("but not where nobody waited before") {
    evidence.others.clear();
    CHECK(explain(evidence).empty());
  }
  SECTION("nor where the SYN was not repeated in time") {
    evidence.gave_up = at(1000);
    CHECK(explain(evidence).empty());
  }
  SECTION("nor where the connect was refused") {
    evidence.end = StepEnd::refused;
    CHECK(explain(evidence) != "one-at-a-time");
  }
}

TEST_CASE("who was served before waits in no accept queue", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("for bob");
  TestConversation& alice = talks.open(kAlice);
  TestSegment syn = alice.next_of_client();
  syn.flags = tcp_flag::kSyn;
  append(talks.store(), syn);
  append(talks.store(), syn);
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::timed_out);
  evidence.gave_up = at(2010);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence).empty());
}

TEST_CASE("an earlier client that had gone before the request kept nobody waiting", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  bob.client("", tcp_flag::kFin);
  alice.wait(std::chrono::milliseconds(5));
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) != "one-at-a-time");
}

TEST_CASE("an answer in time is not late, and one behind the limit says by how much", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();     // 0..2 ms
  alice.client("ping");  // 3 ms
  alice.server("pong");  // 4 ms
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.gave_up = at(4);
  CHECK(explain(evidence) != "late-reply");
  evidence.gave_up = at(3);
  CHECK(explain(evidence) == "late-reply");
  CHECK(says(evidence, "the answer came 1.000 ms after the step's time limit was over"));
  evidence.reply_begin = 4;  // it was the answer to an earlier request
  CHECK(explain(evidence) != "late-reply");
}

TEST_CASE("a datagram behind the limit is a late reply", "[expect]") {
  Talks talks;
  const Endpoint client = kAlice;
  const Endpoint server = endpoint("127.0.0.1:7");
  append(talks.store(), TestDatagram{std::chrono::milliseconds(1), client, server, "one"});
  append(talks.store(), TestDatagram{std::chrono::milliseconds(9), server, client, "ONE"});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("one")};
  evidence.exchange = talks.udp(0);
  evidence.gave_up = at(5);
  CHECK(explain(evidence) == "late-reply");
  CHECK(says(evidence, "4.000 ms after"));
}

TEST_CASE("a thread that died shows by the FIN that the next client brings", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("half");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  alice.server("", tcp_flag::kFin);
  bob.server("pong");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  evidence.gave_up = at(3);
  CHECK(explain(evidence) == "thread-died");
  CHECK(says(evidence, "(the FIN came when the next client connected)"));
  evidence.gave_up = at(30);  // the FIN came in time
  CHECK(explain(evidence) != "thread-died");
}

TEST_CASE("a request that got its answer, and silence for all, killed no thread", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  SECTION("answered") {
    bob.server("pong");
    FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("ping")};
    evidence.replies = {text("pong")};
    evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
    CHECK(explain(evidence) == "never-closed");
  }
  SECTION("nobody was served") {
    FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("ping")};
    evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
    CHECK(explain(evidence) == "never-closed");
  }
}

TEST_CASE("who got whose answer is known where what both expect is known", "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server(
      "xx"
      "cc"
      "xx");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.expected = text("for alice");
  const TcpConnection* const of_bob = talks.tcp(1);
  struct Case {
    std::vector<OtherClient> others;
    bool mixed_up;
  };
  const auto bytes = [](const std::string& of) { return text(of).bytes; };
  const std::vector<Case> cases{
      {{{"bob", of_bob, nullptr, bytes("bb")}, {"carol", nullptr, nullptr, bytes("cc")}}, true},
      // what bob expects is not known
      {{{"bob", of_bob, nullptr, {}}, {"carol", nullptr, nullptr, bytes("cc")}}, false},
      // one byte may come by chance
      {{{"bob", of_bob, nullptr, bytes("bb")}, {"carol", nullptr, nullptr, bytes("c")}}, false},
      // bob expects the same, and got it once
      {{{"bob", of_bob, nullptr, bytes("cc")}, {"carol", nullptr, nullptr, bytes("cc")}}, false},
      // bob got his own twice
      {{{"bob", of_bob, nullptr, bytes("xx")}}, false},
      // carol got nothing
      {{{"carol", nullptr, nullptr, bytes("cc")}, {"dave", nullptr, nullptr, bytes("dd")}}, false}};
  for (const Case& one : cases) {
    evidence.others = one.others;
    CAPTURE(one.others.front().actor, one.others.size(), one.others.front().expected.size());
    CHECK((explain(evidence) == "newest-client") == one.mixed_up);
  }
}

TEST_CASE("two bytes of another's answer are enough to know it by", "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  talks.open(kBob).handshake();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, text("bo").bytes}};
  evidence.expected = text("me");
  evidence.came = text("bo").bytes;
  CHECK(explain(evidence) == "newest-client");
  evidence.came = text("b").bytes;
  CHECK(explain(evidence) != "newest-client");
  // What came begins as it should, and so does what bob expects.
  evidence.expected = text("bo");
  evidence.came = text("bo and more than eight bytes").bytes;
  CHECK(explain(evidence).empty());
}

TEST_CASE("a window that closed at the moment of giving up blocked the others", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestSegment full = bob.next_of_client();  // 3 ms
  full.window = 0;
  full.flags = tcp_flag::kAck;
  append(talks.store(), full);
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  evidence.gave_up = at(3);
  CHECK(explain(evidence) == "blocked-by-reader");
  CHECK(says(evidence, "bob does not read and its window was closed;"));
  evidence.gave_up = at(2);
  CHECK(explain(evidence) != "blocked-by-reader");
}

TEST_CASE("clients that never connected, or were not accepted, explain nothing", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.client("", tcp_flag::kSyn);
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.requests = {text("ping")};
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}, {"carol", nullptr, nullptr, {}}};
  CHECK(explain(evidence).empty());
  evidence.goal = StepGoal::end;
  CHECK(explain(evidence) == "never-closed");
}

TEST_CASE("a client that connected later is none that was served first", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence).empty());
}

TEST_CASE("an earlier client's end is named where the answer came behind it", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();  // packets 1 to 3
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();     // 4 to 6
  alice.client("ping");  // 7
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.gave_up = at(20);
  const auto read = [&] {
    evidence.connection = talks.tcp(1);
    evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
    return explain(evidence);
  };
  SECTION("behind it") {
    bob.client("", tcp_flag::kFin);  // 8
    alice.wait(std::chrono::milliseconds(50));
    alice.server("pong");
    CHECK(read() == "one-at-a-time");
    CHECK(says(evidence, "was ended (packet 8)"));
  }
  SECTION("before it") {
    alice.wait(std::chrono::milliseconds(50));
    alice.server("pong");
    bob.client("", tcp_flag::kFin);
    CHECK(read() == "late-reply");
  }
  SECTION("not at all") {
    alice.wait(std::chrono::milliseconds(50));
    alice.server("pong");
    CHECK(read() == "late-reply");
  }
  SECTION("no answer") {
    bob.client("", tcp_flag::kFin);
    CHECK(read() == "one-at-a-time");
    CHECK(says(evidence, "nothing came while the connection of bob"));
  }
}

TEST_CASE("a thread that answered in time did not die", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  bob.server("pong");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("ping")};
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence) == "never-closed");
  evidence.reply_begin = 4;  // that was the answer to an earlier request
  CHECK(explain(evidence) == "thread-died");
}

TEST_CASE("clients served side by side, and one more when one of them has gone, are a pool",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  TestConversation& bob = talks.open(kBob);
  TestConversation& carol = talks.open(endpoint("127.0.0.4:40002"));
  for (TestConversation* const one : {&carol, &alice, &bob}) one->handshake();
  carol.client("carol");
  alice.client("alice");
  alice.server("ALICE");
  const auto carols = [&](std::size_t served) {
    bob.wait(std::chrono::milliseconds(50));
    bob.client("", tcp_flag::kFin);
    carol.wait(std::chrono::milliseconds(50));
    carol.server("CAROL");
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
    evidence.actor = "carol";
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("carol")};
    evidence.gave_up = at(20);
    evidence.others = {{"alice", talks.tcp(1), nullptr, {}}, {"bob", talks.tcp(2), nullptr, {}}};
    CAPTURE(served, explain_text(evidence));
    return explain(evidence);
  };
  SECTION("two of three") {
    bob.client("bob");
    bob.server("BOB");
    CHECK(carols(2) == "limited-clients");
  }
  SECTION("the first to be served alone, who connected later") {
    alice.wait(std::chrono::milliseconds(50));
    alice.client("", tcp_flag::kFin);
    CHECK(carols(1) == "one-at-a-time");
  }
}

TEST_CASE("an answer that came on its own and on another connection is sent to all", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.server("for bob");
  alice.server("for me!");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("for bob");
  bob.server("for me!");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  evidence.expected = text("for me!");
  evidence.came = text("for bob").bytes;
  evidence.others = {{"bob", talks.tcp(1), nullptr, text("for bob").bytes}};
  CHECK(explain(evidence) == "sent-to-all");
  evidence.others.front().expected = text("for bobfor me!").bytes;  // he asked for the same
  CHECK(explain(evidence) != "sent-to-all");
}

TEST_CASE("what all are told, as in a chat, is no answer that went to another client", "[expect]") {
  const bool are_all_told = GENERATE(false, true);
  Talks talks;
  talks.open(kAlice).server("one\n");
  TestConversation& bob = talks.open(kBob);
  if (are_all_told) bob.server("one\n");
  bob.server("two\n");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.expected = text("two\n");
  evidence.replies = {text("one\n")};
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK((explain(evidence) == "newest-client") == !are_all_told);
}

}  // namespace wireproof
