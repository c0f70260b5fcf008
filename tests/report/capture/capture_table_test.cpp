#include "report/capture/capture_table.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

// A source over a store.
class StoreSource : public PacketSource {
 public:
  explicit StoreSource(const PacketStore& store) : store_(store) {}
  std::optional<RawPacket> next() override {
    if (index_ == store_.size()) return std::nullopt;
    return store_.at(index_++);
  }
  std::optional<CaptureDamage> damage() const override { return std::nullopt; }

 private:
  const PacketStore& store_;
  std::size_t index_ = 0;
};

PacketStore one_conversation() {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  tcp.client("a|\"b\"\n");
  return store;
}

std::string table(const PacketStore& store, TableFormat format,
                  const std::vector<std::string>& columns = {}) {
  StoreSource source(store);
  std::ostringstream out;
  write_capture_table(source, {format, columns}, out);
  return out.str();
}

TEST_CASE("a capture's text table has Wireshark's columns and relative numbers", "[report]") {
  CHECK(table(one_conversation(), TableFormat::text) ==
        "   No.          Time  Source                 Destination            Protocol    Len  "
        "Info                                      Remark\n"
        "     1   0.000000000  10.0.0.1:5000          10.0.0.2:80            TCP           0  "
        "[SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128 SACK_PERM\n"
        "     2   0.001000000  10.0.0.2:80            10.0.0.1:5000          TCP           0  "
        "[SYN, ACK] Seq=0 Ack=1 Win=64240 Len=0 MSS=1460 WS=128 SACK_PERM\n"
        "     3   0.002000000  10.0.0.1:5000          10.0.0.2:80            TCP           0  "
        "[ACK] Seq=1 Ack=1 Win=8222720 Len=0\n"
        "     4   0.003000000  10.0.0.1:5000          10.0.0.2:80            TCP           6  "
        "[PSH, ACK] Seq=1 Ack=1 Win=8222720 Len=6\n");
}

TEST_CASE("each format escapes what it must", "[report]") {
  const std::vector<std::string> columns = {"no.", "INFO", "Payload"};
  const std::string markdown = table(one_conversation(), TableFormat::markdown, columns);
  CHECK_THAT(markdown, Catch::StartsWith("| No. | Info | Payload |\n| --: | --- | --- |\n"));
  CHECK_THAT(markdown,
             Catch::Contains(R"(| 4 | [PSH, ACK] Seq=1 Ack=1 Win=8222720 Len=6 | "a\|\"b\"\n" |)"));
  const std::string csv = table(one_conversation(), TableFormat::csv, columns);
  CHECK_THAT(csv, Catch::StartsWith("No.,Info,Payload\r\n"));
  CHECK_THAT(csv, Catch::Contains("3,[ACK] Seq=1 Ack=1 Win=8222720 Len=0,\r\n"));
  CHECK_THAT(csv, Catch::EndsWith("4,\"[PSH, ACK] Seq=1 Ack=1 Win=8222720 Len=6\","
                                  "\"\"\"a|\\\"\"b\\\"\"\\n\"\"\"\r\n"));
  const auto json = nlohmann::json::parse(table(one_conversation(), TableFormat::json, columns));
  REQUIRE(json.size() == 4);
  CHECK(json[3]["No."] == 4);
  CHECK(json[3]["Payload"] == R"("a|\"b\"\n")");
  CHECK(nlohmann::json::parse(table(one_conversation(), TableFormat::json))[1]["Time"] == 0.001);
}

TEST_CASE("an empty capture is an empty table of each format", "[report]") {
  CHECK(table({}, TableFormat::json) == "[\n]\n");
  CHECK(table({}, TableFormat::csv, {"No.", "Len"}) == "No.,Len\r\n");
  CHECK(table({}, TableFormat::text, {"Len", "Info"}) == "  Len  Info\n");
}

TEST_CASE("a table may have any number of columns, the same one again as well", "[report]") {
  const std::vector<std::string> columns(20, "Len");
  CHECK_THAT(table({}, TableFormat::csv, columns), Catch::StartsWith("Len,Len,Len"));
  const std::string rows = table(one_conversation(), TableFormat::text, columns);
  CHECK(std::ranges::count(rows.substr(0, rows.find('\n')), 'L') == 20);
}

TEST_CASE("a row that is longer than the buffer so far arrives whole", "[report]") {
  PacketStore store;
  append(store, TestDatagram{{}, endpoint("10.0.0.1:1"), endpoint("10.0.0.2:2"), "x"});
  const std::string rows = table(store, TableFormat::csv, std::vector<std::string>(5000, "Info"));
  CHECK(std::ranges::count(rows, '=') == 5000);
  CHECK_THAT(rows, Catch::EndsWith(",UDP Len=1\r\n"));
}

TEST_CASE("an unknown column is refused before anything is written", "[report]") {
  const PacketStore store = one_conversation();
  StoreSource source(store);
  std::ostringstream out;
  CHECK_THROWS_AS(write_capture_table(source, {TableFormat::text, {"Colour"}}, out),
                  std::invalid_argument);
  CHECK(out.str().empty());
}

TEST_CASE("packets before the first in time and far apart have a time all the same", "[report]") {
  PacketStore store;
  const Bytes frame(14, 0);
  store.append(RawPacket{kTestStart, 14, LinkType::ethernet, frame});
  store.append(
      RawPacket{kTestStart - std::chrono::milliseconds(1500), 14, LinkType::ethernet, frame});
  CHECK(table(store, TableFormat::csv, {"Time"}) == "Time\r\n0.000000000\r\n-1.500000000\r\n");
  store = {};
  store.append(RawPacket{Timestamp::min(), 14, LinkType::ethernet, frame});
  store.append(RawPacket{Timestamp::max(), 14, LinkType::ethernet, frame});
  CHECK(table(store, TableFormat::csv, {"Time"}) ==
        "Time\r\n0.000000000\r\n9223372036.854775807\r\n");
}

TEST_CASE("a packet without a time has an empty cell and begins no count", "[report]") {
  PacketStore store;
  const Bytes frame(14, 0);
  RawPacket packet{kTestStart, 14, LinkType::ethernet, frame};
  RawPacket untimed{{}, 14, LinkType::ethernet, frame, false};
  store.append(untimed);
  store.append(packet);
  untimed.time = packet.time;
  store.append(untimed);
  packet.time += std::chrono::seconds(1);
  store.append(packet);
  CHECK(table(store, TableFormat::csv, {"No.", "Time"}) ==
        "No.,Time\r\n1,\r\n2,0.000000000\r\n3,\r\n4,1.000000000\r\n");
}

TEST_CASE("a table says what was not read of its capture", "[report]") {
  PacketStore store;
  Bytes frame(14, 0);
  frame[12] = 0x88;
  frame[13] = 0xcc;
  append_frame(store, {}, frame);
  StoreSource source(store);
  std::ostringstream out;
  const UnreadPackets unread =
      write_capture_table(source, {TableFormat::csv, {"Info", "Defect"}}, out);
  CHECK(out.str() ==
        "Info,Defect\r\nether type 0x88cc (LLDP) is not supported,"
        "byte 14: ether type 0x88cc (LLDP) is not supported\r\n");
  CHECK(unread.all());
}

TEST_CASE("a column widens for good with the first cell that needs it", "[report]") {
  PacketStore store;
  append(store, TestDatagram{{}, endpoint("[2001:db8::1:2:3]:50000"), endpoint("[::1]:53"), "x"});
  append(store, TestDatagram{{}, endpoint("10.0.0.1:1"), endpoint("10.0.0.2:2"), "x"});
  CHECK(table(store, TableFormat::text, {"Source", "Info"}) ==
        "Source                 Info\n"
        "[2001:db8::1:2:3]:50000  UDP Len=1\n"
        "10.0.0.1:1               UDP Len=1\n");
}

// The remarks of a capture whose packets are `frames`, 20 ms apart.
std::vector<std::string> remarks(const std::vector<Bytes>& frames) {
  PacketStore store;
  for (const Bytes& frame : frames) {
    append_frame(store, std::chrono::milliseconds(20 * store.size()), frame);
  }
  const auto rows = nlohmann::json::parse(table(store, TableFormat::json, {"Remark"}));
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.push_back(row["Remark"]);
  return texts;
}

TEST_CASE("a row says what its segment is, where it is not the usual", "[report]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  tcp.client("abcdef");
  tcp.server_ack();
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < store.size(); ++i) {
    frames.emplace_back(store.at(i).bytes.begin(), store.at(i).bytes.end());
  }
  TestSegment segment = tcp.next_of_client();
  segment.flags = tcp_flag::kAck;
  segment.sequence -= 6;
  const auto add = [&](std::uint32_t ahead, std::string_view text) {
    TestSegment next = segment;
    next.sequence += ahead;
    next.payload = text;
    frames.push_back(build_frame(next));
  };
  add(0, "abXdef");
  add(9, "jkl");
  add(6, "ghi");
  TestSegment ack = tcp.next_of_server();
  ack.acknowledgement += 9;
  frames.push_back(build_frame(ack));
  CHECK(remarks(frames) ==
        std::vector<std::string>{"", "", "", "", "", "retransmission with other bytes",
                                 "3 bytes before it were not captured so far", "out of order",
                                 "acknowledges 3 bytes that were not captured"});
}

TEST_CASE("a row says that its packet was captured twice, and of which it is a copy", "[report]") {
  constexpr std::size_t kIdentificationAt = 14 + 5;
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  append(store, TestDatagram{{}, endpoint("10.0.0.1:1"), endpoint("10.0.0.2:2"), "x"});
  PacketStore twice;
  for (std::size_t i = 0; i < store.size(); ++i) {
    Bytes frame(store.at(i).bytes.begin(), store.at(i).bytes.end());
    frame[kIdentificationAt] = static_cast<std::uint8_t>(i + 1);
    append_frame(twice, {}, frame);
    append_frame(twice, {}, frame);
  }
  const auto rows = nlohmann::json::parse(table(twice, TableFormat::json, {"Info", "Remark"}));
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    CHECK(rows[i]["Remark"] == "");
    CHECK(rows[i + 1]["Remark"] == "captured twice: a copy of packet " + std::to_string(i + 1));
    CHECK(rows[i]["Info"] == rows[i + 1]["Info"]);
  }
}

TEST_CASE("a row says that a packet was damaged where the good one is there", "[report]") {
  TestSegment segment;
  segment.from = endpoint("10.0.0.1:5000");
  segment.to = endpoint("10.0.0.2:80");
  segment.flags = tcp_flag::kAck;
  segment.payload = "abc";
  const Bytes good = build_frame(segment);
  Bytes damaged = good;
  damaged.back() ^= 1;
  CHECK(remarks({good, damaged}).back() ==
        "wrong checksum: damaged copy of packet 1; retransmission");
  CHECK(remarks({damaged, good}).back() ==
        "packet 1 was damaged, its checksum is wrong; retransmission");
}

TEST_CASE("more output than the buffer holds arrives whole", "[report]") {
  PacketStore store;
  for (int i = 0; i < 5000; ++i) {
    append(store, TestDatagram{{}, endpoint("10.0.0.1:1"), endpoint("10.0.0.2:2"), "x"});
  }
  const auto json = nlohmann::json::parse(table(store, TableFormat::json));
  REQUIRE(json.size() == 5000);
  CHECK(json[4999]["No."] == 5000);
}

TEST_CASE("each capture in captures/ has the table beside it", "[report]") {
  namespace fs = std::filesystem;
  std::size_t count = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(WIREPROOF_SOURCE_DIR) / "captures")) {
    if (entry.path().extension() != ".pcap") continue;
    INFO(entry.path().string());
    const std::unique_ptr<PacketSource> source = open_capture(entry.path());
    std::ostringstream out;
    write_capture_table(*source, {}, out);
    std::ifstream expected(fs::path(entry.path()).replace_extension(".txt"));
    std::ostringstream text;
    text << expected.rdbuf();
    CHECK(out.str() == text.str());
    ++count;
  }
  CHECK(count > 0);
}

}  // namespace
}  // namespace wireproof
