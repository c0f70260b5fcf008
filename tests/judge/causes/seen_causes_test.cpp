// Causes that one failure shows by itself: bytes that nobody reads, a filling, a skipped request.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// A client that has asked and waits in vain; the server's socket for it has `unread` bytes.
struct Unanswered {
  explicit Unanswered(std::uint32_t unread, bool beside_served = false, bool has_ended = false) {
    TestConversation& alice = talks.open(kAlice);
    alice.handshake();
    alice.client("hello");
    if (has_ended) alice.client("", tcp_flag::kFin);
    if (beside_served) {
      TestConversation& bob = talks.open(kBob);
      bob.handshake();
      bob.client("hi");
      bob.server("HI");
    }
    evidence.connection = talks.tcp(0);
    if (beside_served) evidence.others.push_back({"bob", talks.tcp(1), nullptr, {}});
    evidence.requests = {text("hello")};
    evidence.expected = text("HELLO");
    SocketHolder holder;
    holder.client = evidence.connection->client;
    holder.unread = unread;
    evidence.holders = {holder};
  }

  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
};

// The first of two answers that are awaited.
std::string datagrams_explained(const std::string& came, bool asked_both = true, int answers = 1) {
  Talks talks;
  const Endpoint client = kAlice;
  for (const char* const request : {"one", "two"}) {
    append(talks.store(), TestDatagram{{}, client, kEchoServer, request});
  }
  for (int answer = 0; answer < answers; ++answer) {
    append(talks.store(), TestDatagram{{}, kEchoServer, client, came});
  }
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.exchange = talks.udp(0);
  evidence.requests = {text("one")};
  if (asked_both) evidence.requests.push_back(text("two"));
  evidence.expected = text("ONE");
  evidence.later = {text("TWO")};
  evidence.came = text(came).bytes;
  return explain(evidence);
}

std::string filled(const std::string& came) {
  LayoutSet layouts;
  Layout& layout = layouts["record"];
  layout.name = "record";
  layout.fields.resize(2);
  layout.fields[0].name = "size";
  layout.fields[0].type = FieldType::unsigned_integer;
  layout.fields[1].name = "text";
  layout.fields[1].type = FieldType::text;
  layout.fields[1].count = CountFixed{8};
  layout.fields[1].padding = '-';
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.layout = &layout;
  evidence.layouts = &layouts;
  evidence.expected = EncodedMessage{text("\x03one-----").bytes, {{"size", 0, 1}, {"text", 1, 9}}};
  evidence.came = text(came).bytes;
  return explain(evidence);
}

}  // namespace

TEST_CASE("what waits unread in an accepted socket was never read", "[expect]") {
  CHECK(explain(Unanswered(5).evidence) == "never-read");
  CHECK(explain(Unanswered(6).evidence) == "never-read");
  CHECK(explain(Unanswered(4).evidence).empty());
  CHECK(explain(Unanswered(0).evidence).empty());
  // A server that waits for somebody else may read it later.
  CHECK(explain(Unanswered(5, true).evidence) != "never-read");
  // The client's FIN counts as a byte: of one that was read it is what is left.
  Unanswered ended(5, false, true);
  CHECK(explain(ended.evidence) != "never-read");
  CHECK(explain(Unanswered(6, false, true).evidence) == "never-read");
  Unanswered elsewhere(5);
  elsewhere.evidence.holders.front().client = endpoint("127.0.0.9:9");
  CHECK(explain(elsewhere.evidence).empty());
}

TEST_CASE("the answer to a later datagram says that this one got none", "[expect]") {
  CHECK(datagrams_explained("TWO") == "lost-reply");
  CHECK(datagrams_explained("THREE") != "lost-reply");
  CHECK(datagrams_explained("TWO", false) != "lost-reply");    // nobody has asked for it yet
  CHECK(datagrams_explained("TWO", true, 2) != "lost-reply");  // both were answered
}

TEST_CASE("a field that is filled up otherwise is right up to there", "[expect]") {
  const std::string zeros(5, '\0');
  CHECK(filled("\x03one" + zeros) == "wrong-padding");
  CHECK(filled("\x03one     ") == "wrong-padding");
  CHECK(filled("\x03one  ---") != "wrong-padding");
  CHECK(filled("\x03one\n----") != "wrong-padding");  // one byte too many, no filling
  CHECK(filled("-one-----") != "wrong-padding");
  CHECK(filled("\x03onX" + zeros) != "wrong-padding");
  CHECK(filled("\x04one" + zeros) != "wrong-padding");
  CHECK(filled("\x03one    x") != "wrong-padding");
  CHECK(filled("\x03one    ") != "wrong-padding");  // a byte too few
}

TEST_CASE("what waits unread behind an answer was not read any more", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("one");
  alice.server("ONE");
  alice.client("two");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("one"), text("two")};
  evidence.replies = {text("ONE")};
  evidence.expected = text("TWO");
  SocketHolder holder;
  holder.client = evidence.connection->client;
  holder.unread = 3;
  evidence.holders = {holder};
  CHECK(explain(evidence) == "never-read");
  CHECK(says(evidence, "read no more than it answered: the 3 bytes that came wait"));
  // What came too late was read.
  evidence.expected.reset();
  evidence.came = text("TW").bytes;
  CHECK(explain(evidence) != "never-read");
  evidence.in_time = 2;
  CHECK(explain(evidence) == "never-read");
  evidence.holders.front().unread = 0;
  CHECK(explain(evidence) != "never-read");
}

TEST_CASE("an answer that repeats earlier texts comes from a buffer that is not cleared",
          "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.prefix = text("> ").bytes;
  evidence.requests = {text("one"), text("two"), text("three")};
  evidence.replies = {text("> one"), text("> two")};
  evidence.expected = text("> three");
  const auto of = [&](const std::string& came) {
    evidence.came = text(came).bytes;
    return explain(evidence) + ": " + explain_text(evidence);
  };
  const std::string says = "stale-reply: the answer repeats what was sent before, ";
  CHECK(of("> onetwothree").starts_with(says + "\"onetwo\", in front of \"three\""));
  CHECK(of("> twothree").starts_with(says + "\"two\", in front of \"three\""));
  CHECK(of("> one").starts_with("stale-reply: the answer is the one to an earlier request"));
  CHECK_FALSE(of("> onethree").starts_with(says));
  CHECK_FALSE(of("onetwothree").starts_with(says));
}

TEST_CASE("who is refused where another was served met a closed socket, or one that is connected",
          "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("hi");
  alice.server("HI");
  append(talks.store(), TestDatagram{{}, kBob, kEchoServer, "hi"});
  append(talks.store(), TestDatagram{{}, kEchoServer, kBob, "HI"});
  FailureEvidence tcp = failure(StepGoal::connect, StepEnd::refused);
  CHECK(explain(tcp) == "nothing-listens");
  tcp.others = {{"bob", talks.tcp(0), nullptr, {}}};
  CHECK(explain(tcp) == "reset-in-backlog");
  tcp.server_end = "exited with code 1";
  CHECK(explain(tcp) != "reset-in-backlog");
  // What followed bob's failure may have ended the process: no listening socket was closed alone.
  tcp.others.front().gave_up = Timestamp();
  CHECK(explain(tcp) == "nothing-listens");

  FailureEvidence udp = failure(StepGoal::message, StepEnd::refused);
  udp.exchange = talks.udp(0);
  CHECK(explain(udp) == "nothing-listens");
  CHECK(says(udp, "ICMP port unreachable"));
  udp.others = {{"bob", nullptr, talks.udp(0), {}}};
  CHECK(explain(udp) == "kept-address");
  CHECK(says(udp, "has called connect() on its socket"));
}

TEST_CASE("a server that ended after the wait is no cause of it", "[expect]") {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("hi");
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = talks.tcp(0);
  evidence.requests = {text("hi")};
  evidence.server_end = "exited with code 1";
  CHECK(explain(evidence) != "died-on-input");
  evidence.end = StepEnd::end_of_stream;
  CHECK(explain(evidence) == "died-on-input");
}

TEST_CASE("bytes that came later were not dropped", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.requests = {text("aaa\xc3\xa4")};
  evidence.expected = text("> aaa\xc3");
  evidence.came = text("> aaa").bytes;
  CHECK(explain(evidence) == "cut-character");
  evidence.came = text("> aaa> \xc3\xa4").bytes;
  CHECK(explain(evidence) != "cut-character");
}

TEST_CASE("a result of the numbers of earlier requests as well names them", "[expect]") {
  Field result;
  result.name = "result";
  result.type = FieldType::signed_integer;
  result.size = 4;
  Field numbers = result;
  numbers.name = "numbers";
  numbers.is_array = true;
  numbers.count = CountRest{};
  const LayoutSet layouts{{"reply", {"reply", {result}}}, {"request", {"request", {numbers}}}};
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.layouts = &layouts;
  evidence.layout = &layouts.at("reply");
  evidence.requests = {{{0, 0, 0, 5}, {{"numbers", 0, 4}}},
                       {{0, 0, 0, 2, 0, 0, 0, 3}, {{"numbers", 0, 8}}}};
  const auto of = [&](std::uint8_t expected, std::uint8_t came) {
    evidence.expected = EncodedMessage{{0, 0, 0, expected}, {{"result", 0, 4}}};
    evidence.came = {0, 0, 0, came};
    return explain(evidence);
  };
  CHECK(of(5, 10) == "stale-reply");  // 2 + 3, and 5 before
  CHECK(of(6, 30) == "stale-reply");
  CHECK(of(2, 30) != "stale-reply");  // of one operation alone
  CHECK(of(5, 11) != "stale-reply");
  evidence.requests.erase(evidence.requests.begin());
  CHECK(of(5, 10) != "stale-reply");
}

TEST_CASE("an answer that begins again inside the message was made from smaller pieces",
          "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.prefix = text("> ").bytes;
  evidence.requests = {text("abcdef")};
  evidence.expected = text("> abcdef");
  evidence.came = text("> abc> def").bytes;
  CHECK(explain(evidence) == "short-reply");
  CHECK(says(evidence, "behind 3 bytes of the message comes \"> \" again"));
  evidence.came = text("> abc> xyz").bytes;
  CHECK_FALSE(says(evidence, "again, and then the rest"));
  evidence.came = text("> abc> def").bytes;
  evidence.request_in_pieces = true;
  CHECK_FALSE(says(evidence, "again, and then the rest"));
}

}  // namespace wireproof
