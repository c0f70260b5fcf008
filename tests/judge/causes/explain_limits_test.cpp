// Where an explanation begins and ends to hold: the numbers on both sides of each limit.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// A datagram that was answered, and what the client waits for after it.
struct Datagrams {
  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);

  void send(Side from, const std::string& payload) {
    const bool to_server = from == Side::client;
    append(talks.store(),
           TestDatagram{
               {}, to_server ? kAlice : kEchoServer, to_server ? kEchoServer : kAlice, payload});
  }
  FailureEvidence& read() {
    evidence.exchange = talks.udp(0);
    return evidence;
  }
};

}  // namespace

TEST_CASE("the longest datagram that is no short one and got no answer was too long", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  datagrams.send(Side::server, "ONE");
  FailureEvidence& evidence = datagrams.read();
  evidence.requests = {text("one"), text(std::string(256, 'x'))};
  CHECK(explain(evidence) == "truncated-datagram");
  CHECK(says(evidence, "a datagram of 256 bytes got no answer"));
  evidence.requests.back() = text(std::string(255, 'x'));
  CHECK(explain(evidence) == "lost-reply");
  CHECK(says(evidence,
             "datagram 2 of this client got no answer, although the server lives and "
             "answered 1 other"));
  evidence.requests = {text(std::string(256, 'x')), text(std::string(256, 'x'))};
  CHECK(explain(evidence) == "lost-reply");  // one of that size was answered
}

TEST_CASE("a reply without four bytes or fewer is a slip, not a small buffer", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  datagrams.send(Side::server, "ONE");
  FailureEvidence& evidence = datagrams.read();
  evidence.end = StepEnd::bytes;
  evidence.expected = text("123456789");
  evidence.came = text("12345").bytes;
  CHECK(explain(evidence) == "short-reply");
  evidence.came = text("1234").bytes;
  CHECK(explain(evidence) == "truncated-datagram");
  CHECK(says(evidence, "holds 4 of 9 bytes"));
  evidence.came = text("6789").bytes;  // turned round
  CHECK(explain(evidence) == "truncated-datagram");
  evidence.came = text("5678").bytes;
  CHECK(explain(evidence) != "truncated-datagram");
}

TEST_CASE("a reply once more is a duplicate only where more answers than requests came",
          "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  datagrams.send(Side::server, "ONE");
  datagrams.send(Side::client, "two");
  datagrams.send(Side::server, "ONE");
  SECTION("as many") {
    FailureEvidence& evidence = datagrams.read();
    evidence.end = StepEnd::bytes;
    evidence.replies = {text("ONE")};
    evidence.expected = text("TWO");
    evidence.came = text("ONE").bytes;
    CHECK(explain(evidence) == "stale-reply");
  }
  SECTION("one more") {
    datagrams.send(Side::server, "ONE");
    FailureEvidence& evidence = datagrams.read();
    evidence.end = StepEnd::bytes;
    evidence.replies = {text("ONE")};
    evidence.expected = text("TWO");
    evidence.came = text("ONE").bytes;
    CHECK(explain(evidence) == "duplicate-reply");
    CHECK(says(evidence, "3 datagrams answer 2 requests"));
  }
}

TEST_CASE("nothing is lost where nobody was answered, or the answer was late", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  SECTION("nobody") {
    FailureEvidence& evidence = datagrams.read();
    evidence.requests = {text("one")};
    CHECK(explain(evidence).empty());
  }
  SECTION("late") {
    datagrams.send(Side::server, "ONE");
    FailureEvidence& evidence = datagrams.read();
    evidence.requests = {text("one")};
    evidence.gave_up = at(-1);
    CHECK(explain(evidence) == "late-reply");
  }
}

TEST_CASE("a stray datagram to another client's port is no answer from elsewhere", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  FailureEvidence& evidence = datagrams.read();
  evidence.strays = {{endpoint("127.0.0.1:9"), kBob, text("ONE").bytes}};
  CHECK(explain(evidence) != "other-port");
  evidence.strays.push_back({endpoint("127.0.0.1:9"), kAlice, text("ONE").bytes});
  CHECK(explain(evidence) == "other-port");
  CHECK(says(evidence, "a datagram of 3 bytes came from port 9"));
  evidence.end = StepEnd::bytes;
  CHECK(explain(evidence) != "other-port");
}

TEST_CASE("two replies in one datagram are glued, and need one each", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  FailureEvidence& evidence = datagrams.read();
  evidence.end = StepEnd::bytes;
  evidence.expected = text("ONE");
  evidence.later = {text("TWO")};
  evidence.came = text("ONETWO").bytes;
  CHECK(explain(evidence) == "glued-reply");
  CHECK(says(evidence, "one datagram holds this reply and the next"));
}

TEST_CASE("up to eight bytes too many belong to the reply, more are another message", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.replies = {text("reply")};
  evidence.came = Bytes(8, 'x');
  CHECK(explain(evidence) == "long-reply");
  CHECK(says(evidence, "behind the last reply came 8 bytes that belongs to no message"));
  evidence.came = Bytes(9, 'x');
  CHECK(explain(evidence).empty());
  evidence.came = Bytes(1, 'x');
  CHECK(says(evidence, "came 1 byte that"));

  FailureEvidence next = failure(StepGoal::message, StepEnd::bytes);
  next.replies = {text("reply")};
  next.expected = text("next");
  next.came = text("12345678next").bytes;
  CHECK(explain(next) == "long-reply");
  CHECK(says(next, "the reply before had 8 bytes too many"));
  next.came = text("123456789next").bytes;
  CHECK(explain(next) != "long-reply");
}

TEST_CASE("a datagram with up to eight bytes behind its reply is a long one", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "one");
  FailureEvidence& evidence = datagrams.read();
  evidence.end = StepEnd::bytes;
  evidence.expected = text("ONE");
  evidence.came = text("ONE12345678").bytes;
  CHECK(explain(evidence) == "long-reply");
  CHECK(says(evidence, "has 8 bytes too many at its end: 31 32"));
  evidence.came.push_back('9');
  CHECK(explain(evidence) != "long-reply");
  evidence.came = text("TWO1").bytes;
  CHECK(explain(evidence) != "long-reply");
}

TEST_CASE("an earlier answer is stale by how many requests it is late", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("a"), text("b"), text("c")};
  evidence.replies = {text("first"), text("second")};
  evidence.expected = text("third");
  evidence.came = text("first").bytes;
  CHECK(explain(evidence) == "stale-reply");
  CHECK(says(evidence, "an earlier request, 2 requests before this one: \"first\""));
  evidence.came = text("second").bytes;
  CHECK(says(evidence, "an earlier request, 1 request before this one: \"second\""));
  evidence.replies = {text("x")};
  evidence.came = text("x").bytes;
  CHECK(explain(evidence) != "stale-reply");  // one byte is too few to tell
  evidence.replies = {text("third")};
  evidence.expected = text("third");
  evidence.came = text("thirst").bytes;
  CHECK(explain(evidence) != "stale-reply");
}

TEST_CASE("the answer to the next request in place of this one is two messages merged",
          "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("a"), text("b")};
  evidence.expected = text("first");
  evidence.later = {text("second")};
  evidence.came = text("second").bytes;
  CHECK(explain(evidence) == "merged-messages");
  CHECK(says(evidence, "2 messages were taken for one"));
  evidence.requests.pop_back();
  CHECK(explain(evidence) != "merged-messages");
  evidence.requests.push_back(text("b"));
  evidence.later = {text("s")};
  evidence.came = text("s").bytes;
  CHECK(explain(evidence) != "merged-messages");  // one byte is too few to tell
}

TEST_CASE("requests that came in segments of their own were not merged", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.client("ping");
  alice.server("pong");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("ping"), text("ping")};
  evidence.replies = {text("pong")};
  evidence.expected = text("pong");
  evidence.connection = talks.tcp(0);
  evidence.reply_begin = 4;
  CHECK(explain(evidence) != "merged-messages");
}

TEST_CASE("a whole reply where nothing was asked came once more, or too early", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.replies = {text("pong")};
  evidence.came = text("pong").bytes;
  CHECK(explain(evidence) == "glued-reply");
  CHECK(says(evidence, "a reply came once more behind the last one: \"pong\""));
  evidence.replies = {text("other")};
  evidence.later = {text("pong")};
  CHECK(explain(evidence) == "glued-reply");
  CHECK(says(evidence, "the reply \"pong\" came before it was asked for"));
  evidence.later = {text("p")};
  evidence.came = text("p").bytes;
  CHECK(explain(evidence) == "long-reply");
}

TEST_CASE("a request in pieces is told by how many there were and what the server did",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("pi");
  alice.client("n");
  alice.client("g");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.requests = {text("ping")};
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == "one-recv");
  CHECK(says(evidence, "the request of 4 bytes came in 3 pieces and the server did not answer it"));
  evidence.end = StepEnd::reset;
  evidence.requests = {text("ping"), text("")};
  CHECK(explain(evidence) != "one-recv");
  evidence.requests = {text("pi"), text("ng")};
  CHECK(says(evidence, "the request of 2 bytes came in 2 pieces and the server reset the"));
  evidence.requests = {text("ping")};
  evidence.end = StepEnd::refused;
  CHECK(explain(evidence) != "one-recv");
  evidence.end = StepEnd::bytes;
  evidence.came = text("?").bytes;
  CHECK(says(evidence, "in 3 pieces and the server answered wrongly"));
}

TEST_CASE("four sends behind the client's FIN are endless, fewer a stray reply", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.server("before");
  alice.client("", tcp_flag::kFin);
  const int sends = GENERATE(1, 3, 4);
  for (int i = 0; i < sends; ++i) alice.server("ECHO: ");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.came = text("ECHO: ").bytes;
  evidence.connection = talks.tcp(0);
  CHECK(explain(evidence) == (sends < 4 ? "stray-after-eof" : "endless-after-eof"));
  if (sends == 4) CHECK(says(evidence, "sent at least 4 times more"));
}

TEST_CASE("bytes that repeat are endless from 256 on, in rows of up to 64", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("", tcp_flag::kFin);
  alice.server("x");
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::bytes);
  evidence.connection = talks.tcp(0);
  const auto rows = [](std::size_t row, std::size_t size) {
    Bytes bytes;
    while (bytes.size() < size) bytes.push_back(static_cast<std::uint8_t>(bytes.size() % row));
    return bytes;
  };
  evidence.came = rows(64, 256);
  CHECK(explain(evidence) == "endless-after-eof");
  evidence.came = rows(64, 255);
  CHECK(explain(evidence) == "stray-after-eof");
  evidence.came = rows(65, 520);
  CHECK(explain(evidence) == "stray-after-eof");
  evidence.came = rows(1, 256);
  CHECK(says(evidence, "sent at least 256 times more"));
}

TEST_CASE("RST behind another client is of the backlog only while that one is served", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("ping");
  alice.server("pong");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.actor = "bob";
  SECTION("the other's FIN just before") {
    alice.server("", tcp_flag::kFin);
    bob.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(1);
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "reset-in-backlog");
    evidence.others.front().connection = talks.tcp(1);  // no earlier one
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("the other's FIN long before") {
    alice.server("", tcp_flag::kFin);
    bob.client("1");
    bob.client("2");
    bob.client("3");
    bob.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(1);
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "reset-abort");
  }
  SECTION("a client that was answered itself") {
    bob.server("pong");
    bob.server("", tcp_flag::kRst);
    evidence.connection = talks.tcp(1);
    evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
    CHECK(explain(evidence) == "reset-abort");
  }
}

TEST_CASE("unread bytes are counted over all requests", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.requests = {text("12"), text("345")};
  evidence.replies = {text("x")};
  CHECK(explain(evidence) == "reset-unread");
  CHECK(says(evidence, "not all of the client's 5 bytes were answered"));
  evidence.requests = {text("12345")};
  evidence.replies = {text("1234")};
  CHECK(says(evidence, "the reply has 4 bytes for a request of 5"));
  evidence.replies = {text("12345")};
  CHECK(explain(evidence) != "reset-unread");
}

TEST_CASE("a number that announces less than 256 bytes, or what came, is not blindly trusted",
          "[expect]") {
  Layout layout;
  layout.name = "message";
  layout.fields.resize(2);
  layout.fields[0].name = "size";
  layout.fields[0].size = 4;
  layout.fields[0].type = FieldType::unsigned_integer;
  layout.fields[0].rule = ValueSizeOf{"rest"};
  layout.fields[1].name = "rest";
  layout.fields[1].count = CountRest{};
  const LayoutSet layouts{{"message", layout}};
  FailureEvidence evidence = failure(StepGoal::end, StepEnd::timed_out);
  Talks talks;
  talks.open(kAlice).handshake();
  evidence.connection = talks.tcp(0);
  evidence.layouts = &layouts;
  evidence.requests = {{{0, 0, 1, 0, 'x'}, {}}};
  CHECK(explain(evidence) == "trusted-length");
  CHECK(says(evidence, "`size` of the request announces 256 bytes and 1 followed"));
  evidence.requests = {{{0, 0, 0, 255, 'x'}, {}}};
  CHECK(explain(evidence) != "trusted-length");
  evidence.requests = {{{0, 0, 1}, {}}};
  CHECK(explain(evidence) != "trusted-length");
  evidence.requests = {{{0, 0, 1, 0}, {}}};
  CHECK(explain(evidence) == "trusted-length");
  Bytes whole{0, 0, 1, 0};
  whole.resize(4 + 256);
  evidence.requests = {{whole, {}}};
  CHECK(explain(evidence) != "trusted-length");
  whole.pop_back();
  evidence.requests = {{whole, {}}};
  CHECK(explain(evidence) == "trusted-length");
  evidence.replies = {text("answer")};
  CHECK(explain(evidence) != "trusted-length");  // it was answered
  evidence.replies.clear();
  evidence.came = {1};
  CHECK(explain(evidence) != "trusted-length");
}

TEST_CASE("a server dies of the first input that it no longer answered", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("good");
  alice.server("fine");
  alice.client("bad");
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client("later");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.server_end = "exited with code 1";
  evidence.actor = "bob";
  evidence.connection = talks.tcp(1);
  evidence.others = {{"alice", talks.tcp(0), nullptr, {}}};
  CHECK(explain(evidence) == "died-on-input");
  CHECK(says(evidence,
             "the server's process exited with code 1; the last that it was sent is "
             "\"bad\" by alice (packet 6)"));
}

TEST_CASE("a server that ended before anybody said something has no input to blame", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::connect, StepEnd::refused);
  evidence.server_end = "exited with code 1";
  CHECK(explain(evidence) == "died-on-input");
  CHECK(explain_text(evidence) == "the server's process exited with code 1");
}

TEST_CASE("an empty datagram that ended the server is called one", "[expect]") {
  Datagrams datagrams;
  datagrams.send(Side::client, "");
  FailureEvidence& evidence = datagrams.read();
  evidence.server_end = "exited with code 1";
  CHECK(says(evidence, "is the empty datagram by alice (packet 1)"));
}

TEST_CASE("products and sums that do not fit are told apart from other numbers", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  const auto ask = [&](Bytes numbers, Bytes answer) {
    evidence.requests = {{numbers, {{"numbers", 0, numbers.size()}}}};
    evidence.came = std::move(answer);
    return explain(evidence);
  };
  CHECK(ask({0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 2}, {0xff, 0xff, 0xff, 0xfe}) == "wrapped-number");
  CHECK(says(evidence, "the product of `numbers` is 4294967294"));
  CHECK(ask({0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 2}, {0x80, 0, 0, 1}) == "wrapped-number");
  CHECK(says(evidence, "the sum of `numbers` is 2147483649"));
  CHECK(ask({0, 0, 0, 1, 0, 0, 0, 2}, {0, 0, 0, 3}).empty());              // fits
  CHECK(ask({0x7f, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff}).empty());  // a single number
  CHECK(ask({0x80, 0, 0, 0, 0, 0, 0, 0}, {0x80, 0, 0, 0}).empty());        // the least that fits
}

}  // namespace wireproof
