#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// version u8, size u32 (of the rest).
LayoutSet sized_layouts() {
  Layout layout;
  layout.name = "message";
  layout.fields.resize(3);
  layout.fields[0].name = "version";
  layout.fields[1].name = "size";
  layout.fields[1].size = 4;
  layout.fields[1].rule = ValueSizeOf{"rest"};
  layout.fields[0].type = layout.fields[1].type = FieldType::unsigned_integer;
  layout.fields[2].name = "rest";
  layout.fields[2].count = CountRest{};
  return {{"message", layout}};
}

}  // namespace

TEST_CASE("a refused connect means that nothing listens", "[expect]") {
  CHECK(explain(failure(StepGoal::connect, StepEnd::refused)) == "nothing-listens");
}

TEST_CASE("a server that ended is explained by what it met last", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("garbage");
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::refused);
  evidence.actor = "bob";
  evidence.server_end = "exited with code 1";
  SECTION("an input") {
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "died-on-input");
  }
  SECTION("a reset") {
    alice.client("", tcp_flag::kRst);
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "died-on-reset");
  }
}

TEST_CASE("a restart that finds its port in use, and a server that is never idle", "[expect]") {
  CHECK(explain(failure(StepGoal::server_restart, StepEnd::port_in_use)) == "port-not-reusable");
  CHECK(explain(failure(StepGoal::server_restart, StepEnd::other)).empty());
  CHECK(explain(failure(StepGoal::server_idle, StepEnd::other)) == "busy-loop");
}

TEST_CASE("RST is explained by what was unread, closed or aborted before it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::reset);
  evidence.requests = {text("ping")};
  evidence.replies = {text("pong")};
  SECTION("after its FIN") {
    alice.server("", tcp_flag::kFin);
    alice.client("more");
    alice.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "reset-after-close");
  }
  SECTION("with all answered") {
    alice.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("with a text answered that was shorter than what came") {
    alice.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("ping pong")};
    CHECK(explain(evidence) == "reset-unread");
    const LayoutSet layouts = sized_layouts();
    evidence.layouts = &layouts;  // a reply of another form may be shorter
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("with more requests than replies") {
    alice.client("ping");
    alice.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(0);
    evidence.requests.push_back(text("ping"));
    CHECK(explain(evidence) == "reset-unread");
  }
}

TEST_CASE("RST for a connection that waited behind another is one of the backlog", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  bob.server("", tcp_flag::kRst);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.actor = "bob";
  evidence.connection = talks.tcp(1);
  evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "reset-in-backlog");
  evidence.goal = StepGoal::silence;  // bob has asked, and waits for his turn
  evidence.requests.push_back(text("ping"));
  CHECK(explain(evidence) == "reset-in-backlog");
}

TEST_CASE("a server that does not close is in CLOSE-WAIT only after the client's FIN", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  SECTION("without a FIN") {
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "never-closed");
  }
  SECTION("with one") {
    alice.client("", tcp_flag::kFin);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "close-wait");
    evidence.gave_up = at(0);  // the session's own end sent it
    CHECK(explain(evidence) == "never-closed");
  }
  SECTION("and another process has the socket") {
    evidence.connection = talks.tcp(0);
    evidence.holders = {{kAlice, 42, false}};
    CHECK(explain(evidence) == "fin-held");
    evidence.holders.push_back({kAlice, 41, true});
    CHECK(explain(evidence) == "never-closed");
    evidence.holders.back().had_children = true;  // the child has not closed it either
    CHECK(explain(evidence) == "never-closed");
    evidence.holders = {{kAlice, 41, true, true}};
    CHECK(explain(evidence) == "fin-held");
  }
  SECTION("because it waits for the bytes that a header announced") {
    evidence.connection = talks.tcp(0);
    evidence.requests = {{{1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1}, {}}};
    CHECK(explain(evidence) == "never-closed");  // no layout says that there is a length
    const LayoutSet layouts = sized_layouts();
    evidence.layouts = &layouts;
    CHECK(explain(evidence) == "trusted-length");
    evidence.requests = {{{1, 0, 0, 0, 4, 0, 0, 0, 1}, {}}};
    CHECK(explain(evidence) == "never-closed");  // all of it came
  }
}

TEST_CASE("what comes behind the client's FIN is one stray reply or an endless row", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin);
  alice.server("ECHO: ");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.came = text("ECHO: ").bytes;
  SECTION("one") {
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "stray-after-eof");
  }
  SECTION("many") {
    for (int i = 0; i < 5; ++i) alice.server("ECHO: ");
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "endless-after-eof");
  }
  SECTION("many in one segment") {
    std::string row = "ECHO: ";
    while (row.size() < 300) row += "ECHO: ";
    row += "EC";
    alice.server(row);
    evidence.connection = talks.tcp(0);
    evidence.came = text(row).bytes;
    CHECK(explain(evidence) == "endless-after-eof");
    evidence.came = text(row + "something else").bytes;
    CHECK(explain(evidence) == "stray-after-eof");
  }
}

TEST_CASE("a request before the FIN that stays unanswered is a half-close not understood",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
  evidence.requests = {text("ping")};
  SECTION("the client's FIN first") {
    alice.client("", tcp_flag::kFin);
    alice.server("", tcp_flag::kFin);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "half-close-deaf");
    evidence.end = StepEnd::timed_out;
    evidence.gave_up = talks.tcp(0)->segments[4].time;  // and ended only then
    CHECK(explain(evidence) != "half-close-deaf");
  }
  SECTION("the server's first") {
    alice.server("", tcp_flag::kFin);
    alice.client("", tcp_flag::kFin);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "closed-before-reply");
  }
}

TEST_CASE("an answer before the last piece of its request is early", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("pi");
  alice.server("xx");
  alice.client("ng");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("ping")};
  evidence.expected = text("pong");
  evidence.came = text("xx").bytes;
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "answered-early");
}

TEST_CASE("silence after a part of a request is broken by an answer or by an end", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::silence, StepEnd::end_of_stream);
  evidence.requests = {text("pi")};
  CHECK(explain(evidence) == "one-recv");
  evidence.end = StepEnd::bytes;
  evidence.came = text("x").bytes;
  CHECK(explain(evidence) == "answered-early");
  evidence.replies = {text("pong")};
  CHECK(explain(evidence) == "long-reply");
}

TEST_CASE("two requests in one segment with one answer were merged", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("pingping");
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("ping"), text("ping")};
  evidence.replies = {text("pong")};
  evidence.expected = text("pong");
  evidence.connection = talks.tcp(0);
  evidence.reply_begin = 4;
  CHECK(explain(evidence) == "merged-messages");
  evidence.end = StepEnd::end_of_stream;  // it may have seen both, and serve one only
  CHECK(explain(evidence) == "closed-before-reply");
}

TEST_CASE("an answer on another connection went to the newest client", "[expect]") {
  Talks talks;
  talks.open(kAlice).handshake();
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("ECHO: a");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.expected = text("ECHO: a");
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence) == "newest-client");
  evidence.others.front().expected = text("ECHO: a").bytes;  // it was bob's own
  CHECK(explain(evidence) != "newest-client");
}

TEST_CASE("an answer after the earlier client's end was served one at a time", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  bob.client("", tcp_flag::kFin);
  alice.wait(std::chrono::milliseconds(50));
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  evidence.gave_up = at(20);
  CHECK(explain(evidence) == "one-at-a-time");
  evidence.others.clear();
  CHECK(explain(evidence) == "late-reply");
}

TEST_CASE("the server's own end of the earlier connection lets the next client in as well",
          "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  bob.server("", tcp_flag::kFin);
  alice.wait(std::chrono::milliseconds(50));
  alice.server("pong");
  bob.client("", tcp_flag::kFin);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  evidence.gave_up = at(20);
  CHECK(explain(evidence) == "one-at-a-time");
}

TEST_CASE("a server that ends the connection between two pieces took one for the request",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("pi");
  alice.server("", tcp_flag::kFin);
  FailureEvidence evidence = failure(StepGoal::send, StepEnd::reset);
  evidence.connection = talks.tcp(0);
  evidence.request_in_pieces = true;
  CHECK(explain(evidence) == "one-recv");
  evidence.request_in_pieces = false;
  CHECK(explain(evidence) == "reset-after-close");
}

TEST_CASE("nothing for one client while a later one is served: its thread died", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("half");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  bob.server("pong");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("half")};
  evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
  CHECK(explain(evidence) == "thread-died");
  evidence.others.clear();
  CHECK(explain(evidence) == "never-closed");
}

TEST_CASE("a client that got another's answer tells why a third one got none", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("a");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.server("ECHO: c");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
  evidence.expected = text("ECHO: a");
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(1), nullptr, text("ECHO: b").bytes},
                     {"carol", nullptr, nullptr, text("ECHO: c").bytes}};
  CHECK(explain(evidence) == "newest-client");
  evidence.others.pop_back();
  CHECK(explain(evidence) != "newest-client");
}

TEST_CASE("a client that resets ends a server that still answered it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.client("", tcp_flag::kRst);
  alice.server("pong");  // crossed the reset
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.server_end = "was ended by signal Broken pipe";
  evidence.actor = "bob";
  evidence.connection = talks.tcp(1);
  evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "died-on-reset");
}

TEST_CASE("a server that ended a connection of a reset did so before its client failed",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  alice.client("", tcp_flag::kRst);
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("ping");
  bob.server("", tcp_flag::kFin);
  bob.client("", tcp_flag::kFin);  // having failed
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::end_of_stream);
  evidence.server_end = "exited with code 1";
  evidence.actor = "bob";
  evidence.requests = {text("ping")};
  evidence.connection = talks.tcp(1);
  evidence.gave_up = talks.tcp(1)->segments[4].time;  // of the server's FIN
  evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "died-on-reset");
  evidence.end = StepEnd::timed_out;  // what the client did then may have ended it
  CHECK(explain(evidence) != "died-on-reset");
}

TEST_CASE("a client that leaves its answers unread explains why nobody is served", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}, 10'000}};
  CHECK(explain(evidence) == "blocked-by-reader");
  evidence.others.front().unread = 10;
  CHECK(explain(evidence) != "blocked-by-reader");
}

TEST_CASE("a closed window of another client explains why nobody is served", "[expect]") {
  Talks talks;
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  TestSegment full = bob.next_of_client();
  full.flags = tcp_flag::kAck;
  full.window = 0;
  append(talks.store(), full);
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(1);
  evidence.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "blocked-by-reader");
}

TEST_CASE("datagrams from elsewhere, twice, cut and lost are told apart", "[expect]") {
  Talks talks;
  const Endpoint client = kAlice;
  const Endpoint server = endpoint("127.0.0.1:7");
  append(talks.store(), TestDatagram{{}, client, server, "one"});
  append(talks.store(), TestDatagram{{}, server, client, "ONE"});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("one"), text("two")};
  SECTION("from another port") {
    evidence.exchange = talks.udp(0);
    evidence.strays = {{endpoint("127.0.0.1:9"), client, text("TWO").bytes}};
    CHECK(explain(evidence) == "other-port");
  }
  SECTION("twice") {
    append(talks.store(), TestDatagram{{}, server, client, "ONE"});
    evidence.exchange = talks.udp(0);
    evidence.end = StepEnd::bytes;
    evidence.replies = {text("ONE")};
    evidence.expected = text("TWO");
    evidence.came = text("ONE").bytes;
    CHECK(explain(evidence) == "duplicate-reply");
  }
  SECTION("cut") {
    evidence.exchange = talks.udp(0);
    evidence.end = StepEnd::bytes;
    evidence.expected = text("A LONG REPLY");
    evidence.came = text("A LONG").bytes;
    CHECK(explain(evidence) == "truncated-datagram");
    evidence.came = text("A LONG REPL").bytes;
    CHECK(explain(evidence) == "short-reply");
  }
  SECTION("lost") {
    evidence.exchange = talks.udp(0);
    CHECK(explain(evidence) == "lost-reply");
  }
}

TEST_CASE("nobody waits for the end of a stream who answered another one before it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  TestConversation& bob = talks.open(kBob);
  alice.handshake();
  bob.handshake();
  alice.client("alice");
  const auto read = [&] {
    alice.wait(std::chrono::milliseconds(50));
    alice.client("", tcp_flag::kFin | tcp_flag::kAck);
    alice.server("ALICE");
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
    evidence.connection = talks.tcp(0);
    evidence.requests = {text("alice")};
    evidence.gave_up = at(20);
    evidence.others = {{"bob", talks.tcp(1), nullptr, {}}};
    return explain(evidence);
  };
  SECTION("nobody else was served") {
    CHECK(read() == "waits-for-end");
  }
  SECTION("bob was served") {
    bob.client("bob");
    bob.server("BOB");
    CHECK(read() != "waits-for-end");
  }
}

}  // namespace wireproof
