// Packets that the sheet's path kept from their receiver: no program is to blame for what it
// missed.
#include "judge/explain/path_fault.h"

#include "catch.h"
#include "support/connection_script.h"
#include "support/talks.h"

namespace wireproof {
namespace {

std::string told(FailureEvidence& evidence) {
  const auto explanation = explain_path(evidence);
  return explanation ? explanation->text : "";
}

// Of a step that waits for an answer in vain, as the script has the packets.
std::string told_of(const std::vector<std::string>& script, StepEnd end = StepEnd::timed_out) {
  const ScriptCapture capture = capture_script(script);
  FailureEvidence evidence = failure(StepGoal::message, end);
  evidence.connection = &capture.connection();
  return told(evidence);
}

std::string words_of(int packet, const std::string& fate) {
  return "packet " + std::to_string(packet) + " did not come as it was sent: " + fate;
}

// A request and what came for it, each with its fate.
struct Asked {
  PacketFate request = PacketFate::arrived;
  PacketFate again = PacketFate::arrived;
  std::string text = "hello";  // of the second request
};

std::string told_of(const Asked& asked) {
  UdpExchange exchange;
  const Bytes first = text("hello").bytes;
  const Bytes second = text(asked.text).bytes;
  for (const auto& [fate, bytes] :
       {std::pair(asked.request, ByteView(first)), std::pair(asked.again, ByteView(second))}) {
    Datagram& datagram = exchange.datagrams.emplace_back();
    datagram.packet = exchange.datagrams.size() - 1;
    datagram.payload = bytes;
    datagram.payload_size = static_cast<std::uint32_t>(bytes.size());
    datagram.fate = fate;
  }
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.exchange = &exchange;
  return told(evidence);
}

}  // namespace

TEST_CASE("a segment that the path lost is missed until another one brings it", "[judge]") {
  const std::vector<std::string> lost = {"C SYN", "S SYN", "C ACK", "C 5 fate=lost"};
  const auto with = [&](const char* const more) {
    std::vector<std::string> script = lost;
    script.emplace_back(more);
    return told_of(script);
  };
  CHECK(told_of(lost) == words_of(4, "lost on the path"));
  CHECK(with("C 5 seq=1 fate=lost") == words_of(4, "lost on the path"));
  CHECK(with("C 3 seq=1") == words_of(4, "lost on the path"));
  CHECK(with("S ACK ack=3") == words_of(4, "lost on the path"));
  CHECK(with("C 5 seq=1").empty());
  CHECK(with("S ACK ack=6").empty());
}

TEST_CASE("an acknowledgement does not make changed bytes right", "[judge]") {
  for (const auto& [fate, words] : {std::pair("corrupted_right",
                                              "corrupted on the path, checksum "
                                              "right"),
                                    std::pair("cut", "cut on the path")}) {
    const std::string sent = std::string("C 5 fate=") + fate;
    CHECK(told_of({"C SYN", "S SYN", sent, "S ACK"}) == words_of(3, words));
    CHECK(told_of({"C SYN", "S SYN", sent, "C 5 seq=1", "S ACK"}).find("path") ==
          std::string::npos);
  }
}

TEST_CASE("what is acknowledged came in another copy than the one that was dropped", "[judge]") {
  const std::string sent = "C 5 fate=corrupted";
  CHECK(told_of({"C SYN", "S SYN", sent}) == words_of(3, "corrupted on the path"));
  CHECK(told_of({"C SYN", "S SYN", sent, "S ACK"}).empty());
}

TEST_CASE("a packet that waited for ever is explained by the rule that held it", "[judge]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C 5 fate=lost"});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = &capture.connection();
  const std::vector<PathPassage> passages{{}, {}, {}, {std::nullopt, 2}};
  evidence.passages = passages;
  const std::string words =
      words_of(4, "rule 2 of the sheet's Path held it for ever, as no packet came behind it");
  CHECK(told(evidence) == words);
  CHECK(explain_path(capture.connection(), passages)->text == words);
}

TEST_CASE("an answer that the path made late for the step is told, with the packet it held back",
          "[judge]") {
  using std::chrono::milliseconds;
  const std::vector<std::string> talk = {"C SYN", "S SYN", "C ACK", "C 5", "S 3"};
  // When each is sent, and how long it takes.
  struct Sent {
    int at;
    int takes;
  };
  const auto told_at = [&](const std::vector<Sent>& sent, const std::vector<std::string>& script) {
    ScriptCapture capture = capture_script(script);
    std::vector<PathPassage> passages;
    for (std::size_t index = 0; index < sent.size(); ++index) {
      capture.conversations.tcp[0].segments[index].time = kTestStart + milliseconds(sent[index].at);
      passages.push_back({milliseconds(sent[index].takes)});
    }
    FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
    evidence.connection = &capture.connection();
    evidence.gave_up = kTestStart + milliseconds(100);
    evidence.passages = passages;
    return told(evidence);
  };
  CHECK(told_at({{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 300}}, talk) ==
        "packet 5 was still on the sheet's path when the step gave up: it takes 300.000 ms there");
  CHECK(told_at({{0, 1}, {1, 1}, {2, 1}, {3, 90}, {110, 1}}, talk) ==
        "packet 5 was sent too late for the step because packet 4 had taken 90.000 ms on the "
        "sheet's path");
  // It was the server that took its time.
  CHECK(told_at({{0, 1}, {1, 1}, {2, 1}, {3, 9}, {110, 1}}, talk).empty());
  // It had all in time and answers nothing but the client's end.
  CHECK(told_at({{0, 1}, {1, 1}, {2, 1}, {3, 20}, {101, 20}, {111, 20}},
                {"C SYN", "S SYN", "C ACK", "C 5", "C FIN", "S FIN"})
            .empty());
}

TEST_CASE("what came late is missed by who waits, and by nobody else", "[judge]") {
  const std::vector<std::string> late = {"C SYN", "S SYN", "C 5 fate=late"};
  CHECK(told_of(late) == words_of(3, "arrives late"));
  CHECK(told_of(late, StepEnd::bytes).find("late") == std::string::npos);
}

TEST_CASE("acknowledgements and copies change nothing of what came", "[judge]") {
  CHECK(told_of({"C SYN", "S SYN fate=twice", "C ACK fate=lost"}).find("packet 3 did not") ==
        std::string::npos);
}

TEST_CASE("a datagram that the path lost is missed until the same is sent again", "[judge]") {
  using Fate = PacketFate;
  CHECK(told_of(Asked{Fate::lost}).empty());
  CHECK(told_of(Asked{Fate::lost, Fate::lost}) == words_of(1, "lost on the path"));
  CHECK(told_of(Asked{Fate::cut, Fate::lost, "other"}) == words_of(1, "cut on the path"));
  CHECK(told_of(Asked{Fate::arrived, Fate::twice}).empty());
}

TEST_CASE("a server that a datagram reached, if late, and that is silent is not excused",
          "[judge]") {
  using Fate = PacketFate;
  CHECK(told_of(Asked{Fate::late, Fate::lost}).empty());
  CHECK(told_of(Asked{Fate::cut, Fate::arrived, "other"}).empty());
}

TEST_CASE("a server that has ended is told of before a path", "[judge]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C 5 fate=lost"});
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.connection = &capture.connection();
  evidence.server_end = "exited with code 1";
  CHECK(told(evidence).find("path") == std::string::npos);
}

TEST_CASE("a reply to each copy of a request is no reply too many", "[judge]") {
  Talks talks;
  append(talks.store(), TestDatagram{{}, kAlice, kEchoServer, "one"});
  append(talks.store(), TestDatagram{{}, kEchoServer, kAlice, "ONE"});
  append(talks.store(), TestDatagram{{}, kEchoServer, kAlice, "ONE"});
  UdpExchange exchange = *talks.udp(0);
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.exchange = &exchange;
  evidence.replies = {text("ONE")};
  evidence.expected = text("TWO");
  evidence.came = text("ONE").bytes;
  CHECK(explain(evidence) == "duplicate-reply");
  exchange.datagrams[0].fate = PacketFate::twice;
  CHECK(explain(evidence) != "duplicate-reply");
}

}  // namespace wireproof
