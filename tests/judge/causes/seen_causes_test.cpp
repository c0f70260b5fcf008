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
std::string datagrams_explained(const std::string& came, bool asked_both = true) {
  Talks talks;
  const Endpoint client = kAlice;
  for (const char* const request : {"one", "two"}) {
    append(talks.store(), TestDatagram{{}, client, kEchoServer, request});
  }
  append(talks.store(), TestDatagram{{}, kEchoServer, client, came});
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
  CHECK(datagrams_explained("TWO", false) != "lost-reply");  // nobody has asked for it yet
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

}  // namespace wireproof
