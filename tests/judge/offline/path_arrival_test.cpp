// A kept capture has the packets as they were sent: what a session read of them is what came.
#include "judge/offline/path_arrival.h"

#include "catch.h"
#include "judge/ends.h"
#include "judge/offline/read_evidence.h"
#include "judge/parsed_sheet.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

using Fates = std::vector<PacketFate>;

// Datagrams "1", "2", … of a client, with these fates.
PacketStore sent_datagrams(const Fates& fates) {
  PacketStore store;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    const std::string payload = std::to_string(i + 1);
    const Bytes frame = build_frame(TestDatagram{{}, kAlice, endpoint("127.0.0.1:5000"), payload});
    RawPacket packet;
    packet.time = kTestStart + std::chrono::milliseconds(i);
    packet.original_size = static_cast<std::uint32_t>(frame.size());
    packet.bytes = frame;
    packet.fate = fates[i];
    packet.has_fate = true;
    store.append(packet);
  }
  return store;
}

// What the session's reads say: the messages of those that failed, behind them how many were not
// judged.
std::vector<std::string> read_datagrams(const Fates& fates, const std::string& steps) {
  std::string session;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    session += "client: send \"" + std::to_string(i + 1) + "\"\n";
  }
  const Scenario sheet = parse_sheet(
      "---\ntransport: udp\n---\n# One\n\n## Session\n```session\norigin: listen 5000\n"
      "client: connect\n" +
      session + "origin: accept\n" + steps +
      "```\n\n## Measures\n| Measure | Expected |\n|---|---|\n| packets | < 100 |\n");
  const PacketStore store = sent_datagrams(fates);
  const Evidence evidence = read_evidence(sheet, store, 0, 0);
  std::vector<std::string> told;
  for (const FailedStep& failed : evidence.played.failures) {
    told.push_back(failed.diagnostic.message);
  }
  if (!evidence.played.skipped.empty()) {
    told.push_back(std::to_string(evidence.played.skipped.size()) + " not judged");
  }
  return told;
}

PathArrival arrival_of_script(const std::vector<std::string>& script) {
  return arrival_of(capture_script(script).connection(), Side::client);
}

}  // namespace

TEST_CASE("a kept capture's reader gets the datagrams that came", "[judge]") {
  using enum PacketFate;
  using Told = std::vector<std::string>;
  const std::string one = "origin: recv \"1\"\n";
  const std::string two = "origin: recv \"2\"\n";
  CHECK(read_datagrams({arrived, arrived}, one + two) == Told{});
  CHECK(read_datagrams({lost, arrived}, two) == Told{});
  CHECK(read_datagrams({corrupted, arrived}, two) == Told{});  // dropped for its checksum
  CHECK(read_datagrams({lost, arrived}, one) == Told{"byte 0 of the message differs"});
  CHECK(read_datagrams({arrived, lost}, one + two) ==
        Told{"the capture has no such datagram of the client"});
  CHECK(read_datagrams({twice, arrived}, one + one + two) == Told{});
  CHECK(read_datagrams({twice}, one + one + one) ==
        Told{"the capture has no such datagram of the client"});
}

TEST_CASE("what a path may have changed is not judged by a kept capture", "[judge]") {
  using enum PacketFate;
  using Told = std::vector<std::string>;
  const std::string one = "origin: recv \"1\"\n";
  const std::string two = "origin: recv \"2\"\n";
  CHECK(read_datagrams({late, arrived}, two + one) == Told{"2 not judged"});
  CHECK(read_datagrams({late, lost}, one) == Told{});  // nothing passes it by
  CHECK(read_datagrams({arrived, cut}, one + "origin: recv \"\"\n") == Told{"1 not judged"});
  CHECK(read_datagrams({arrived, corrupted_right}, one + two) == Told{"1 not judged"});
  CHECK(read_datagrams({arrived, corrupted_right}, two) == Told{"byte 0 of the message differs"});
}

TEST_CASE("of a stream comes what is sent again or acknowledged", "[judge]") {
  constexpr std::size_t kAll = PathArrival::kAll;
  const struct {
    std::vector<std::string> script;
    std::size_t size;
    std::size_t known;
  } cases[] = {
      {{"C SYN", "S SYN", "C 5", "C 5", "S ACK"}, kAll, kAll},
      {{"C SYN", "S SYN", "C 5", "C 5 fate=lost", "S ACK ack=6"}, 5, kAll},
      {{"C SYN", "S SYN", "C 5", "C 5 fate=lost", "S ACK ack=6", "C 5 seq=6"}, kAll, kAll},
      {{"C SYN", "S SYN", "C 5", "C 5 fate=cut", "S ACK ack=9", "C 2 seq=9", "S ACK"}, kAll, kAll},
      {{"C SYN", "S SYN", "C 5", "C FIN fate=lost", "S ACK ack=6"}, 5, kAll},
      {{"C SYN", "S SYN", "C 5", "C 5 fate=corrupted_right", "S ACK"}, kAll, 5},
      {{"C SYN", "S SYN", "C 5 fate=corrupted", "S ACK ack=1", "C 5 seq=1", "S ACK"}, kAll, kAll},
      {{"C SYN fate=lost"}, 0, kAll},
  };
  for (const auto& each : cases) {
    CAPTURE(each.script);
    const PathArrival arrival = arrival_of_script(each.script);
    CHECK(arrival.size == each.size);
    CHECK(arrival.known == each.known);
  }
}

}  // namespace wireproof
