// What is left of other messages and clients, and connections that the server ends too soon.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

enum class Leaves { before, behind, never };

// Alice asked `half` and left, if she does, before or behind Bob's question, who got `came`.
FailureEvidence after_half_message(Talks& talks, const std::string& half, const std::string& came,
                                   Leaves leaves = Leaves::before) {
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client(half);
  if (leaves == Leaves::before) alice.client("", tcp_flag::kFin);
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  // The times of the two are their own.
  bob.wait(std::chrono::milliseconds(50));
  bob.client("whole message");
  bob.server(came);
  if (leaves == Leaves::behind) alice.client("", tcp_flag::kFin);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(1);
  evidence.requests = {text("whole message")};
  evidence.expected = text("< whole message");
  evidence.came = text(came).bytes;
  OtherClient other;
  other.actor = "alice";
  other.connection = talks.tcp(0);
  evidence.others = {other};
  return evidence;
}

std::string explain_after_half(const std::string& came, const std::string& half = "half",
                               Leaves leaves = Leaves::before) {
  Talks talks;
  return explain(after_half_message(talks, half, came, leaves));
}

// The server's datagrams to Alice in their order, the last of them for `wanted`; those before were
// as she expected. `to_bob` comes before them, or behind.
struct AnsweredDatagrams {
  std::vector<std::string> came;
  std::string wanted;
  std::string to_bob = "";
  bool bob_is_first = true;
  std::string bob_expects = "";
};

std::string explain_datagrams_of(const AnsweredDatagrams& answered) {
  Talks talks;
  const Endpoint server = endpoint("127.0.0.1:7");
  const auto answer_bob = [&] {
    append(talks.store(), TestDatagram{{}, kBob, server, "ask"});
    append(talks.store(), TestDatagram{{}, server, kBob, answered.to_bob});
  };
  append(talks.store(), TestDatagram{{}, kAlice, server, "ask"});
  if (!answered.to_bob.empty() && answered.bob_is_first) answer_bob();
  for (const std::string& one : answered.came) {
    append(talks.store(), TestDatagram{{}, server, kAlice, one});
  }
  if (!answered.to_bob.empty() && !answered.bob_is_first) answer_bob();
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.exchange = talks.udp(0);
  evidence.requests = {text("ask")};
  for (std::size_t i = 0; i + 1 < answered.came.size(); ++i) {
    evidence.replies.push_back(text(answered.came[i]));
  }
  evidence.expected = text(answered.wanted);
  evidence.came = text(answered.came.back()).bytes;
  if (!answered.to_bob.empty()) {
    OtherClient bob;
    bob.actor = "bob";
    bob.exchange = talks.udp(1);
    bob.expected = text(answered.bob_expects).bytes;
    evidence.others = {bob};
  }
  return explain(evidence);
}

// The server ends the connection so long after its opening, before or behind what the client asks.
std::string explain_early_end(bool has_asked, StepEnd end, int milliseconds = 100) {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.wait(std::chrono::milliseconds(milliseconds));
  if (has_asked) alice.client("ping");
  alice.server("", tcp_flag::kFin);
  if (!has_asked) alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, end);
  evidence.requests = {text("ping")};
  evidence.expected = text("pong");
  evidence.connection = talks.tcp(0);
  return explain(evidence);
}

// The server resets the connection so long after the client's window, and has more to send.
std::string tell_reset(std::uint16_t window, int milliseconds, bool is_open_again = false) {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("much");
  alice.server("a part");
  TestSegment full = alice.next_of_client();
  full.window = window;
  full.flags = tcp_flag::kAck;
  append(talks.store(), full);
  alice.wait(std::chrono::milliseconds(milliseconds));
  if (is_open_again) alice.client_ack();
  alice.server("", tcp_flag::kRst);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
  evidence.requests = {text("much")};
  evidence.expected = text("a part of it");
  evidence.came = text("a part").bytes;
  evidence.in_time = evidence.came.size();
  evidence.connection = talks.tcp(0);
  return explain_text(evidence);
}

}  // namespace

TEST_CASE("the rest of a client that has left stands in front of the next one's", "[expect]") {
  CHECK(explain_after_half("< halfwhole message") == "stale-reply");
  CHECK(explain_after_half("< lfwhole message") == "stale-reply");
  CHECK(explain_after_half("< whole halfwhole message") == "stale-reply");
  CHECK(explain_after_half("< fwhole message") != "stale-reply");  // one byte is chance
  CHECK(explain_after_half("< morewhole message") != "stale-reply");
  CHECK(explain_after_half("< whole messaga") != "stale-reply");
  CHECK(explain_after_half("< whole message") != "stale-reply");
  // It may be the client's own, twice.
  const std::string twice = "< whole messagewhole message";
  CHECK(explain_after_half(twice, "whole message") != "stale-reply");
  const std::string came = "< halfwhole message";
  CHECK(explain_after_half(came, "half", Leaves::behind) != "stale-reply");
  CHECK(explain_after_half(came, "half", Leaves::never) != "stale-reply");
  Talks talks;
  CHECK(says(after_half_message(talks, "half", came),
             "in front of what alice sent stands \"half\", the last that alice had"));
}

TEST_CASE("a datagram that goes on as an earlier one did holds the rest of that", "[expect]") {
  CHECK(explain_datagrams_of({{"THREE", "FOURE"}, "FOUR"}) == "stale-tail");
  CHECK(explain_datagrams_of({{"THREE", "FOURX"}, "FOUR"}) != "stale-tail");
  CHECK(explain_datagrams_of({{"FOURE"}, "FOUR"}) != "stale-tail");
  CHECK(explain_datagrams_of({{"FOURE", "THREE", "FOURE"}, "FOUR"}) != "stale-tail");
  // One that another client got, as it should, and before.
  const std::vector<std::string> came{"FOUREN"};
  CHECK(explain_datagrams_of({came, "FOUR", "SEVEEN", true, "SEVEEN"}) == "stale-tail");
  CHECK(explain_datagrams_of({came, "FOUR", "SEVEEN", false, "SEVEEN"}) != "stale-tail");
  CHECK(explain_datagrams_of({came, "FOUR", "FIVEEN", true, "FIVE"}) != "stale-tail");
}

TEST_CASE("a connection that ends before anything was asked ends too early", "[expect]") {
  CHECK(explain_early_end(false, StepEnd::end_of_stream) == "closed-early");
  CHECK(explain_early_end(false, StepEnd::reset) == "closed-early");
  CHECK(explain_early_end(true, StepEnd::end_of_stream) == "closed-before-reply");
  CHECK(explain_early_end(false, StepEnd::end_of_stream, 0) != "closed-early");
}

TEST_CASE("an answer that waits for its reader is not to be given up", "[expect]") {
  const std::string words = "while the rest of its answer had to wait for alice to read";
  CHECK(contains(tell_reset(0, 200), words));
  CHECK_FALSE(contains(tell_reset(100, 200), words));
  CHECK_FALSE(contains(tell_reset(0, 10), words));
  CHECK_FALSE(contains(tell_reset(0, 200, true), words));
}

}  // namespace wireproof
