#include "packets/capture/pcapng_writer.h"

#include "catch.h"
#include "packets/capture/fate_comment.h"
#include "packets/capture/pcap_file.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

constexpr Timestamp kNoted{Duration(1'700'000'000'123'456'789)};

void append_packet(PacketStore& store, Duration behind, LinkType link, const Bytes& bytes) {
  RawPacket packet;
  packet.time = kNoted + behind;
  packet.original_size = static_cast<std::uint32_t>(bytes.size()) + 5;
  packet.link = link;
  packet.bytes = bytes;
  store.append(packet);
}

}  // namespace

TEST_CASE("a pcapng file that was written is read back, whatever it says beside its packets",
          "[capture]") {
  PacketStore store;
  append_packet(store, Duration(0), LinkType::ethernet, {1, 2, 3});
  append_packet(store, Duration(1), LinkType::raw_ip, {4, 5, 6, 7});
  CaptureNotes notes;
  notes.application = "wireproof";
  notes.comments = {{0, "cause: connect\nrow: 1"}, {1, std::string(70000, 'x')}};
  notes.names = {{*parse_ip_address("127.0.0.1"), "server"}, {*parse_ip_address("::1"), "client"}};
  notes.calls = {{kNoted, "connect = 0", "client", 7}, {kNoted + Duration(9), "close = 0", "c", 0}};
  const TemporaryFolder folder;
  write_pcapng(folder.file("a.pcapng"), store, notes);
  const auto source = open_capture(folder.file("a.pcapng"));
  const StoredPackets read = store_packets(*source);
  CHECK_FALSE(source->damage());
  REQUIRE(read.packets.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const RawPacket got = read.packets.at(i);
    const RawPacket put = store.at(i);
    CHECK(got.time == put.time);
    CHECK(got.link == put.link);
    CHECK(got.original_size == put.original_size);
    CHECK(Bytes(got.bytes.begin(), got.bytes.end()) == Bytes(put.bytes.begin(), put.bytes.end()));
  }
}

TEST_CASE("what a path did with each packet is written and read back", "[capture]") {
  PacketStore store;
  for (int fate = 0; fate <= static_cast<int>(kLastFate); ++fate) {
    RawPacket packet;
    packet.time = kNoted;
    packet.link = LinkType::raw_ip;
    packet.bytes = as_bytes(std::string_view("abcde").substr(static_cast<std::size_t>(fate % 4)));
    packet.fate = static_cast<PacketFate>(fate);
    packet.has_fate = true;
    store.append(packet);
  }
  append_packet(store, Duration(1), LinkType::raw_ip, {1, 2, 3});
  CaptureNotes notes;
  notes.comments = {{1, "remark: retransmission\nfate: arrives late"}, {6, "fate: arrives twice"}};
  const TemporaryFolder folder;
  write_pcapng(folder.file("a.pcapng"), store, notes);
  const StoredPackets read = store_packets(*open_capture(folder.file("a.pcapng")));
  REQUIRE(read.packets.size() == store.size());
  for (std::size_t i = 0; i < store.size(); ++i) {
    CAPTURE(i);
    CHECK(read.packets.at(i).fate == store.at(i).fate);
    CHECK(read.packets.at(i).has_fate == store.at(i).has_fate);
  }
  const Bytes file = render_pcapng(store, notes);
  const std::string_view text = as_text(file);
  CHECK(text.find("fate: lost on the path\nremark: retransmission") != std::string_view::npos);
  CHECK(text.find(kPathInterface) != std::string_view::npos);
}

TEST_CASE("a comment begins with the fate of its packet, or says nothing of it", "[capture]") {
  CHECK(render_fate_line(PacketFate::arrived).empty());
  CHECK(render_fate_line(PacketFate::cut) == "fate: cut on the path");
  CHECK(read_fate_line("") == PacketFate::arrived);
  CHECK(read_fate_line("fate: lost on the path") == PacketFate::lost);
  CHECK(read_fate_line("fate: lost on the path\nrow: 3") == PacketFate::lost);
  CHECK(read_fate_line("row: 3\nfate: lost on the path") == PacketFate::arrived);
  CHECK(read_fate_line("lost on the path") == PacketFate::arrived);
  CHECK(read_fate_line("fate: lost on the path, I think") == std::nullopt);
}

TEST_CASE("a pcapng file without packets is one", "[capture]") {
  const TemporaryFolder folder;
  write_pcapng(folder.file("a.pcapng"), {}, {});
  const auto source = open_capture(folder.file("a.pcapng"));
  CHECK(store_packets(*source).packets.size() == 0);
  CHECK_FALSE(source->damage());
}

}  // namespace wireproof
