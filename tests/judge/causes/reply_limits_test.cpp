// Replies and datagrams: what tells one explanation from the next where they differ by one thing.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// What a client waits for whose datagrams went between these times in milliseconds.
struct TimedDatagrams {
  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);

  void send(Side from, int milliseconds, const std::string& payload,
            const Endpoint& client = kAlice) {
    TestDatagram datagram{std::chrono::milliseconds(milliseconds), client, kEchoServer, payload};
    if (from == Side::server) std::swap(datagram.from, datagram.to);
    append(talks.store(), datagram);
  }
};

}  // namespace

TEST_CASE("two bytes of an answer are enough to know it again, one is not", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.replies = {text("ab")};
  evidence.expected = text("xyz");
  evidence.came = text("ab").bytes;
  CHECK(explain(evidence) == "stale-reply");
  evidence.expected.reset();
  CHECK(explain(evidence).empty());
  // Without its beginning, behind another that begins the same way.
  evidence.requests = {text("1"), text("2")};
  evidence.replies = {text("= one")};
  evidence.expected = text("= 12");
  evidence.came = text("12").bytes;
  CHECK(explain(evidence) == "merged-messages");
  evidence.expected = text("= 1");
  evidence.came = text("1").bytes;
  CHECK(explain(evidence) != "merged-messages");
}

TEST_CASE("requests in one segment were merged where one of them lacks its answer", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("one!two!six!");
  alice.server("ONETWO");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("one!"), text("two!"), text("six!")};
  evidence.replies = {text("ONE"), text("TWO")};
  evidence.expected = text("SIX");
  evidence.connection = talks.tcp(0);
  evidence.reply_begin = 6;
  CHECK(explain(evidence) == "merged-messages");
  CHECK(says(evidence, "3 requests arrived together and 2 were answered"));
  SECTION("one of two") {
    evidence.requests.pop_back();
    evidence.replies.pop_back();
    CHECK(says(evidence, "2 requests arrived together and one was answered"));
  }
  SECTION("not where all were answered") {
    evidence.replies.push_back(text("SIX"));
    CHECK(explain(evidence).empty());
  }
  SECTION("nor where none was") {
    evidence.replies.clear();
    CHECK(explain(evidence).empty());
  }
  SECTION("nor where something came") {
    evidence.end = StepEnd::bytes;
    evidence.came = text("???").bytes;
    CHECK(explain(evidence).empty());
  }
  SECTION("nor where the session sent the last in pieces") {
    evidence.request_in_pieces = true;
    CHECK(explain(evidence).empty());
  }
}

TEST_CASE("an answer is early by the packets and bytes that are known of it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();     // packets 1 to 3
  alice.client("one!");  // 4
  alice.server("ONE!");  // 5
  alice.client("pi");    // 6
  alice.server("xx");    // 7
  alice.client("ng");    // 8
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("one!"), text("ping")};
  evidence.replies = {text("ONE!")};
  evidence.expected = text("pong");
  evidence.came = text("xx").bytes;
  evidence.connection = talks.tcp(0);
  evidence.reply_begin = 4;
  CHECK(explain(evidence) == "answered-early");
  CHECK(says(evidence,
             "the answer began (packet 7) before the request was complete (packet 8): 2 of its 4 "
             "bytes had been sent"));
}

TEST_CASE("the segment right behind a request is no part of it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("?");
  alice.client("more");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("ping")};
  evidence.expected = text("pong");
  evidence.came = text("?").bytes;
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence).empty());
}

TEST_CASE("no request, and no datagram, came in pieces", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.request_in_pieces = true;
  CHECK(explain(evidence).empty());
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 0, "ping");
  evidence.exchange = datagrams.talks.udp(0);
  evidence.requests = {text("ping")};
  CHECK(explain(evidence).empty());
}

TEST_CASE("two replies in one stream are no datagram that holds both", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.expected = text("ONE");
  evidence.later = {text("TWO")};
  evidence.came = text("ONETWO").bytes;
  CHECK(explain(evidence).empty());
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 0, "one");
  evidence.exchange = datagrams.talks.udp(0);
  evidence.came = text("ONETW").bytes;
  CHECK(explain(evidence) == "long-reply");
  evidence.came = text("ONE").bytes;
  CHECK(explain(evidence).empty());  // nothing too many
  evidence.later = {text("")};
  CHECK(explain(evidence).empty());  // nothing glued to it
}

TEST_CASE("the next reply tells that this one is short, by more bytes than it lacks", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.expected = text("ab12345678");
  evidence.later = {text("next reply")};
  evidence.came = text("abnext reply").bytes;
  CHECK(explain(evidence) == "short-reply");
  CHECK(says(evidence, "ends 8 bytes early: 2 of 10 bytes came, then the next reply"));
  evidence.expected = text("ab123456789");
  CHECK(explain(evidence).empty());
  evidence.expected = text("ab12");
  evidence.later = {text("xy")};
  evidence.came = text("abxy").bytes;
  CHECK(explain(evidence).empty());  // a wrong reply of the right size
  evidence.later = {text("xyz")};
  evidence.came = text("abxyz").bytes;
  CHECK(explain(evidence) == "short-reply");
}

TEST_CASE("a reply once more where silence is due is glued, also behind the client's FIN",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin);
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::silence, StepEnd::bytes);
  evidence.replies = {text("pong")};
  evidence.came = text("pong").bytes;
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "glued-reply");
  evidence.goal = StepGoal::end;
  CHECK(explain(evidence) == "stray-after-eof");
  evidence.goal = StepGoal::send;
  CHECK(explain(evidence).empty());
}

TEST_CASE("silence is broken by an end only where a request was still open", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::silence, StepEnd::end_of_stream);
  evidence.requests = {text("pi")};
  evidence.replies = {text("pong")};
  CHECK(explain(evidence).empty());
  evidence.replies.clear();
  CHECK(explain(evidence) == "one-recv");
  CHECK(says(evidence, "after the first 2 bytes of a request"));
  evidence.end = StepEnd::reset;
  CHECK(explain(evidence) == "reset-unread");
  evidence.end = StepEnd::timed_out;
  CHECK(explain(evidence).empty());
  evidence.came = text("x").bytes;
  CHECK(says(evidence, "1 byte came for a request of which only 2 bytes had been sent"));
}

TEST_CASE("an end between two pieces is one only where the server had said nothing", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("pi");
  FailureEvidence evidence = failure(StepGoal::send, StepEnd::other);
  evidence.request_in_pieces = true;
  SECTION("nothing") {
    alice.server("", tcp_flag::kFin);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence) == "one-recv");
    CHECK(says(evidence, "ended the connection (packet 5) while"));
  }
  SECTION("a reply") {
    alice.server("pong");
    alice.server("", tcp_flag::kFin);
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence).empty());
  }
  SECTION("no end") {
    evidence.connection = talks.tcp(0);
    CHECK(explain(evidence).empty());
  }
}

TEST_CASE("a datagram is cut where it is known what was due and something came", "[expect]") {
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 0, "one");
  FailureEvidence& evidence = datagrams.evidence;
  evidence.exchange = datagrams.talks.udp(0);
  evidence.expected = text("A LONG REPLY");
  CHECK(explain(evidence).empty());
  evidence.end = StepEnd::bytes;
  evidence.came = text("A LONG").bytes;
  CHECK(explain(evidence) == "truncated-datagram");
  evidence.expected.reset();
  CHECK(explain(evidence).empty());
  evidence.expected = text("SHORT");
  evidence.came = text("A LONG").bytes;
  CHECK(explain(evidence).empty());
  evidence.goal = StepGoal::silence;
  evidence.end = StepEnd::timed_out;
  evidence.came.clear();
  evidence.requests = {text(std::string(256, 'x'))};
  CHECK(explain(evidence).empty());  // nothing was due
}

TEST_CASE("a lost datagram is told by what other clients got", "[expect]") {
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 0, "one");
  datagrams.send(Side::client, 1, "two", kBob);
  datagrams.send(Side::server, 2, "TWO", kBob);
  FailureEvidence& evidence = datagrams.evidence;
  evidence.requests = {text("one")};
  evidence.exchange = datagrams.talks.udp(0);
  CHECK(explain(evidence).empty());
  evidence.others = {{"bob", nullptr, nullptr, {}}};
  CHECK(explain(evidence).empty());
  evidence.others = {{"bob", nullptr, datagrams.talks.udp(1), {}}};
  CHECK(explain(evidence) == "lost-reply");
  CHECK(says(evidence,
             "datagram 1 of this client got no answer, although the server lives and "
             "answered 1 other"));
}

TEST_CASE("a datagram at the moment in which the step gave up is not late", "[expect]") {
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 1, "one");
  datagrams.send(Side::server, 5, "ONE");
  datagrams.send(Side::client, 7, "two");
  datagrams.send(Side::server, 9, "TWO");
  FailureEvidence& evidence = datagrams.evidence;
  evidence.requests = {text("one")};
  evidence.exchange = datagrams.talks.udp(0);
  evidence.gave_up = at(9);
  CHECK(explain(evidence) == "lost-reply");
  evidence.gave_up = at(5);
  CHECK(explain(evidence) == "late-reply");
  CHECK(says(evidence, "came 4.000 ms after"));  // the second answer, not the second request
  evidence.gave_up = at(3);
  CHECK(says(evidence, "came 2.000 ms after"));  // the first answer behind it
  evidence.end = StepEnd::bytes;
  CHECK(explain(evidence).empty());
}

TEST_CASE("an empty datagram without an answer is told where the server lives", "[expect]") {
  TimedDatagrams datagrams;
  datagrams.send(Side::client, 0, "");
  FailureEvidence& evidence = datagrams.evidence;
  evidence.requests = {text("")};
  evidence.expected = text("");
  evidence.exchange = datagrams.talks.udp(0);
  CHECK(explain(evidence) == "empty-datagram");
  CHECK(says(evidence, "a datagram of 0 bytes is a message, too"));
  evidence.server_end = "exited with code 1";
  CHECK(explain(evidence) == "died-on-input");
  evidence.server_end = "";
  evidence.requests = {text("one")};
  CHECK(explain(evidence).empty());
}

}  // namespace wireproof
