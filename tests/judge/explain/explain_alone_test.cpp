#include "judge/explain/explain_alone.h"

#include "support/talks.h"

namespace wireproof {
namespace {

std::string told(const FailureEvidence& evidence) {
  return explain_alone(evidence).value_or("");
}

// Alice asks once more what she had been answered before, and gets something else.
struct Again {
  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);

  explicit Again(const std::string& second, const std::string& first_answer = "250 OK\n") {
    TestConversation& alice = talks.open(kAlice);
    alice.handshake();
    alice.server("220 ready\n");
    alice.client("MAIL a\n");
    alice.server(first_answer);
    alice.client("DATA\n");
    alice.server("250 taken\n");
    alice.client(second);
    alice.server("503 a sender is there\n");
    evidence.connection = talks.tcp(0);
    evidence.came = text("503 a sender is there\n").bytes;
    evidence.reply_begin = 20 + first_answer.size();
    evidence.pattern = "^250 .*\\n";
  }
};

// Bob asks for what Alice has said.
struct Apart {
  Talks talks;
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);

  Apart(const std::string& alice_says, const std::string& bob_asks, const std::string& bob_gets) {
    TestConversation& alice = talks.open(kAlice);
    TestConversation& bob = talks.open(kBob);
    alice.handshake();
    bob.handshake();
    alice.client(alice_says);
    alice.server("ok\n");
    bob.client(bob_asks);
    bob.server(bob_gets);
    evidence.actor = "bob";
    evidence.connection = talks.tcp(1);
    evidence.came = text(bob_gets).bytes;
    evidence.expected = text("green\n");
    evidence.others = {{"alice", talks.tcp(0), nullptr, text("ok\n").bytes}};
  }
};

}  // namespace

TEST_CASE("two bytes of an answer that stand in each other's place are told", "[judge]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.expected = text("erofeb");
  const auto of = [&](const std::string& came) {
    evidence.came = text(came).bytes;
    return told(evidence);
  };
  CHECK(of("erfoeb") ==
        "all bytes of the answer came, but those at offset 2 and 3, the two in the middle of an "
        "even number, have changed places");
  CHECK(of("refoeb").empty());   // more of them
  CHECK(of("erofXb").empty());   // another one
  CHECK(of("erofeb!").empty());  // one more
  CHECK(of("brofee") ==
        "all bytes of the answer came, but those at offset 0 and 5 have changed places");
  evidence.expected = text("12345");
  CHECK(contains(of("13245"), "at offset 1 and 2 have changed"));
}

TEST_CASE("a request that was answered right before, and is not now, finds something left",
          "[judge]") {
  CHECK(told(Again("MAIL a\n").evidence) ==
        "\"MAIL a\\n\" was answered as it should be earlier on this connection, by \"250 OK\\n\" "
        "(packet 6), and is not any more: most likely something that the server keeps of that time "
        "is not cleared");
  CHECK(told(Again("MAIL b\n").evidence).empty());
  CHECK(told(Again("MAIL a\n", "251 OK\n").evidence).empty());
  Again spelled("MAIL a\n");
  spelled.evidence.expected = text("250 OK\n");
  CHECK_FALSE(told(spelled.evidence).empty());
  spelled.evidence.expected = text("250 ok\n");
  CHECK(told(spelled.evidence).empty());
  Again unknown("MAIL a\n");
  ++unknown.evidence.reply_begin;
  CHECK(told(unknown.evidence).empty());
}

TEST_CASE("what one client has said, and another asks for in vain, is kept apart", "[judge]") {
  CHECK(told(Apart("SET color green\n", "GET color\n", "none\n").evidence) ==
        "alice had said \"SET color green\\n\" before, which was answered (packet 8), and bob, who "
        "asks for it on another connection, gets nothing of it: most likely it is kept for each "
        "connection, where it belongs to all clients");
  CHECK(told(Apart("SET color green\n", "GET name\n", "none\n").evidence).empty());
  CHECK(told(Apart("SET color red\n", "GET color\n", "none\n").evidence).empty());
  CHECK(told(Apart("SET color green\n", "GET color green\n", "none\n").evidence).empty());
  CHECK(told(Apart("SET color green\n", "GET color\n", "a green\n").evidence).empty());
  // The word that both begin with says nothing of what it is about.
  CHECK(told(Apart("USE green\n", "USE it\n", "none\n").evidence).empty());
}

}  // namespace wireproof
