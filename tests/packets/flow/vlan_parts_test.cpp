// The same addresses and ports in two VLANs are two conversations; one whose directions carry
// different tags, as mirror ports show it, is one.
#include "packets/flow/vlan_parts.h"

#include "catch.h"
#include "packets/flow/captured.h"

namespace wireproof {
namespace {

using Tags = std::vector<std::uint16_t>;

Bytes with_tags(ByteView frame, const Tags& tags) {
  Bytes tagged(frame.begin(), frame.begin() + 12);
  for (const std::uint16_t tag : tags) {
    tagged.insert(tagged.end(), {0x81, 0x00, static_cast<std::uint8_t>(tag >> 8),
                                 static_cast<std::uint8_t>(tag)});
  }
  tagged.insert(tagged.end(), frame.begin() + 12, frame.end());
  return tagged;
}

// A whole conversation in order, its packets still without tags.
std::vector<Bytes> conversation(std::uint32_t client_number, std::string_view text) {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.set_initial_sequences(client_number, client_number + 1'000'000);
  tcp.handshake();
  tcp.client(text);
  tcp.server(text);
  tcp.close();
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < store.size(); ++i) {
    frames.emplace_back(store.at(i).bytes.begin(), store.at(i).bytes.end());
  }
  return frames;
}

struct CapturedVlans : Captured {
  void add(ByteView frame, const Tags& tags) {
    append_frame(store, std::chrono::milliseconds(store.size()), with_tags(frame, tags));
  }
  // Two conversations, packet by packet in turn; those in front of `first` were not captured.
  void add_two(const Tags& one, const Tags& other, std::size_t first = 0) {
    const std::vector<Bytes> a = conversation(1'000, "one");
    const std::vector<Bytes> b = conversation(900'000'000, "two");
    for (std::size_t i = first; i < a.size(); ++i) {
      add(a[i], one);
      add(b[i], other);
    }
  }
  std::vector<std::string> streams() {
    std::vector<std::string> texts;
    for (const TcpConnection& tcp : sort().tcp) texts.emplace_back(as_text(tcp.client_stream));
    return texts;
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the same ends in two VLANs have two conversations", "[flow]") {
  struct Case {
    Tags one;
    Tags other;
  };
  const Case cases[] = {{{10}, {20}},         {{}, {20}},           {{10}, {}},
                        {{10, 30}, {20, 30}}, {{10, 30}, {10, 40}}, {{10}, {10, 40}}};
  for (const Case& item : cases) {
    CapturedVlans capture;
    capture.add_two(item.one, item.other);
    CHECK(capture.streams() == Texts{"one", "two"});
    const std::vector<std::int64_t> shown = capture.shown();
    for (std::size_t i = 0; i < shown.size(); i += 2) CHECK(shown[i] == shown[i + 1]);
  }
}

TEST_CASE("two VLANs are told apart without a SYN, where each has both directions", "[flow]") {
  CapturedVlans capture;
  capture.add_two({10}, {20}, 3);
  CHECK(capture.streams() == Texts{"one", "two"});
}

TEST_CASE("a conversation whose directions have different tags is one", "[flow]") {
  struct Case {
    Tags to_server;
    Tags to_client;
  };
  const Case cases[] = {{{10}, {20}}, {{10}, {}}, {{}, {10}}, {{10, 30}, {10, 40}}};
  for (const Case& item : cases) {
    for (const std::size_t first : {std::size_t{0}, std::size_t{3}}) {
      CapturedVlans capture;
      const std::vector<Bytes> frames = conversation(1'000, "one");
      for (std::size_t i = first; i < frames.size(); ++i) {
        const bool is_to_server = frames[i][14 + 15] == 1;  // the source ends in .1
        capture.add(frames[i], is_to_server ? item.to_server : item.to_client);
      }
      const Conversations sorted = capture.sort();
      REQUIRE(sorted.tcp.size() == 1);
      CHECK(as_text(sorted.tcp[0].client_stream) == "one");
      CHECK(as_text(sorted.tcp[0].server_stream) == "one");
      CHECK(sorted.tcp[0].holes.empty());
    }
  }
}

TEST_CASE("a tag that only copies have holds no conversation", "[flow]") {
  CapturedVlans capture;
  for (const Bytes& frame : conversation(1'000, "one")) {
    capture.add(frame, {});
    capture.add(frame, {10});
  }
  CHECK(capture.streams() == Texts{"one"});
  const std::vector<std::int64_t> shown = capture.shown();
  for (std::size_t i = 0; i < shown.size(); i += 2) CHECK(shown[i] == shown[i + 1]);
}

TEST_CASE("a priority without a VLAN id is no tag", "[flow]") {
  CapturedVlans capture;
  const std::vector<Bytes> frames = conversation(1'000, "one");
  for (std::size_t i = 0; i < frames.size(); ++i)
    capture.add(frames[i], i % 2 == 0 ? Tags{0} : Tags{});
  CHECK(capture.streams() == Texts{"one"});
  CHECK(capture.sort().tcp[0].holes.empty());
}

TEST_CASE("datagrams to the server in two VLANs are two exchanges", "[flow]") {
  const Bytes ask = build_frame(TestDatagram{{}, kClient, kServer, "ask"});
  const Bytes answer = build_frame(TestDatagram{{}, kServer, kClient, "answer"});
  CapturedVlans capture;
  capture.add(ask, {10});
  capture.add(answer, {10});
  capture.add(build_frame(TestDatagram{{}, kClient, kServer, "another"}), {20});
  CHECK(capture.sort(0, 80).udp.size() == 2);
  CapturedVlans asymmetric;
  asymmetric.add(ask, {10});
  asymmetric.add(answer, {20});
  CHECK(asymmetric.sort(0, 80).udp.size() == 1);
}

}  // namespace wireproof
