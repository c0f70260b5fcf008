// What is left of other messages and clients, and connections that the server ends too soon.
#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

// Alice left in the middle of a message, then Bob asked `request`, and got `came`.
FailureEvidence after_half_message(Talks& talks, const std::string& request,
                                   const std::string& came, bool has_left = true) {
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.client("half");
  if (has_left) alice.client("", tcp_flag::kFin);
  TestConversation& bob = talks.open(kBob);
  bob.handshake();
  bob.client(request);
  bob.server(came);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.connection = talks.tcp(1);
  evidence.requests = {text(request)};
  evidence.expected = text("< " + request);
  evidence.came = text(came).bytes;
  OtherClient other;
  other.actor = "alice";
  other.connection = talks.tcp(0);
  evidence.others = {other};
  return evidence;
}

std::string explain_after_half(const std::string& came, bool has_left = true) {
  Talks talks;
  return explain(after_half_message(talks, "whole message", came, has_left));
}

// The server's datagrams in their order, the last of them for `wanted`.
std::string explain_datagrams_of(const std::vector<std::string>& came, const std::string& wanted) {
  Talks talks;
  const Endpoint server = endpoint("127.0.0.1:7");
  append(talks.store(), TestDatagram{{}, kAlice, server, "ask"});
  for (const std::string& one : came) append(talks.store(), TestDatagram{{}, server, kAlice, one});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.exchange = talks.udp(0);
  evidence.requests = {text("ask")};
  evidence.expected = text(wanted);
  evidence.came = text(came.back()).bytes;
  return explain(evidence);
}

// The server ends the connection, before or behind what the client asks.
std::string explain_early_end(bool has_asked, StepEnd end) {
  Talks talks;
  TestConversation& alice = talks.open(kAlice);
  alice.handshake();
  alice.wait(Duration(100'000'000));
  if (has_asked) alice.client("ping");
  alice.server("", tcp_flag::kFin);
  if (!has_asked) alice.client("ping");
  FailureEvidence evidence = failure(StepGoal::message, end);
  evidence.requests = {text("ping")};
  evidence.expected = text("pong");
  evidence.connection = talks.tcp(0);
  return explain(evidence);
}

}  // namespace

TEST_CASE("the rest of a client that has left stands in front of the next one's", "[expect]") {
  CHECK(explain_after_half("< halfwhole message") == "stale-reply");
  CHECK(explain_after_half("< fwhole message") == "stale-reply");
  CHECK(explain_after_half("< halfwhole message", false) != "stale-reply");
  CHECK(explain_after_half("< morewhole message") != "stale-reply");
  CHECK(explain_after_half("< whole messaga") != "stale-reply");
  CHECK(explain_after_half("< whole halfwhole message") == "stale-reply");
  CHECK(explain_after_half("< whole message") != "stale-reply");
  Talks talks;
  const FailureEvidence evidence =
      after_half_message(talks, "whole message", "< halfwhole message");
  CHECK(says(evidence, "in front of what alice sent stands \"half\", the last that alice had"));
}

TEST_CASE("a datagram that goes on as an earlier one did holds the rest of that", "[expect]") {
  CHECK(explain_datagrams_of({"THREE", "FOURE"}, "FOUR") == "stale-tail");
  CHECK(explain_datagrams_of({"THREE", "FOURX"}, "FOUR") != "stale-tail");
  CHECK(explain_datagrams_of({"FOURE"}, "FOUR") != "stale-tail");
  CHECK(explain_datagrams_of({"FOURE", "THREE", "FOURE"}, "FOUR") != "stale-tail");
}

TEST_CASE("a connection that ends before anything was asked ends too early", "[expect]") {
  CHECK(explain_early_end(false, StepEnd::end_of_stream) == "closed-early");
  CHECK(explain_early_end(false, StepEnd::reset) == "closed-early");
  CHECK(explain_early_end(true, StepEnd::end_of_stream) == "closed-before-reply");
}

TEST_CASE("an answer that waits for its reader is not to be given up", "[expect]") {
  const auto explain_end = [](std::uint16_t window) {
    Talks talks;
    TestConversation& alice = talks.open(kAlice);
    alice.handshake();
    alice.client("much");
    alice.server("a part");
    TestSegment full = alice.next_of_client();
    full.window = window;
    full.flags = tcp_flag::kAck;
    append(talks.store(), full);
    alice.wait(Duration(200'000'000));
    alice.server("", tcp_flag::kRst);
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::reset);
    evidence.requests = {text("much")};
    evidence.expected = text("a part of it");
    evidence.came = text("a part").bytes;
    evidence.in_time = evidence.came.size();
    evidence.connection = talks.tcp(0);
    return explain_text(evidence);
  };
  CHECK(contains(explain_end(0), "while the rest of its answer had to wait for alice to read"));
  CHECK_FALSE(contains(explain_end(100), "had to wait"));
}

}  // namespace wireproof
