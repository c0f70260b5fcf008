#include "judge/traffic/soundness.h"

#include "catch.h"

namespace wireproof {
namespace {

Endpoint client() {
  return *parse_endpoint("127.0.0.2:40000");
}

std::vector<std::string> faults_of(const Conversations& conversations) {
  Soundness soundness;
  add_stream_faults(conversations, soundness);
  return soundness.faults;
}

}  // namespace

TEST_CASE("bytes that were acknowledged but never captured are a fault of the capture", "[judge]") {
  Conversations conversations;
  TcpConnection& connection = conversations.tcp.emplace_back();
  connection.client = client();
  CHECK(faults_of(conversations).empty());
  connection.holes = {{Side::server, 3, 7}};
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"bytes 3..6 of the server at 127.0.0.2:40000 were acknowledged "
                                 "but never captured"});
  connection.holes[0].from = Side::client;
  CHECK(faults_of(conversations)[0].starts_with("bytes 3..6 of the client"));
}

TEST_CASE("packets that the capture cut are a fault, of either transport", "[judge]") {
  Conversations conversations;
  conversations.tcp.emplace_back().client = client();
  conversations.tcp.back().truncated = true;
  UdpExchange& exchange = conversations.udp.emplace_back();
  exchange.client = client();
  exchange.datagrams.resize(2);
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut packets of 127.0.0.2:40000 (snaplen)"});
  exchange.datagrams[1].truncated = true;
  conversations.tcp.clear();
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut datagrams of 127.0.0.2:40000 (snaplen)"});
  conversations.udp.clear();
  conversations.cut_packets = 2;
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut headers of 2 packets (snaplen)"});
}

TEST_CASE("what a capture counted is its soundness, with the faults that follow", "[judge]") {
  CaptureCounts counts;
  counts.delivered = 3;
  counts.received = 4;
  counts.start_marker = counts.end_marker = true;
  Soundness soundness = judge_soundness(counts);
  CHECK(soundness.captured);
  CHECK(soundness.delivered == 3);
  CHECK(soundness.received == 4);
  CHECK(soundness.faults == find_capture_faults(counts));
  counts.dropped = 1;
  soundness = judge_soundness(counts);
  CHECK(soundness.dropped == 1);
  CHECK_FALSE(soundness.faults.empty());
}

}  // namespace wireproof
