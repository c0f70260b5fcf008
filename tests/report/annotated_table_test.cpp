#include <stdexcept>

#include "catch.h"
#include "report/report.h"
#include "report/sample_run.h"
#include "support/doers.h"
#include "support/golden.h"

namespace wireproof {

namespace {

std::vector<PacketLine> sample_packets() {
  return sample_run().scenarios.front().result.packets;
}

}  // namespace

TEST_CASE("the packet table has one form per format, with hostile text made safe", "[report]") {
  const auto packets = sample_packets();
  const std::vector<std::pair<TableFormat, std::string>> forms = {
      {TableFormat::text, "expected.txt"},
      {TableFormat::markdown, "expected.md"},
      {TableFormat::csv, "expected.csv"},
      {TableFormat::json, "expected.json"}};
  for (const auto& [format, name] : forms) {
    const std::string table = render_packet_table(packets, format, {});
    CHECK(table == expect_golden(golden_file("report/packet_table/" + name), table));
  }
}

TEST_CASE("a payload cannot leave its cell in any format", "[report]") {
  const std::string table =
      render_packet_table(sample_packets(), TableFormat::markdown, {"No.", "Payload"});
  CHECK(table == expect_golden(golden_file("report/packet_table/expected.payload.md"), table));
}

TEST_CASE("columns are chosen by name in the order asked for", "[report]") {
  const std::string table =
      render_packet_table(sample_packets(), TableFormat::csv, {"info", "NO.", "Len"});
  CHECK(table.starts_with("Info,No.,Len\r\n[SYN] Seq=0 Len=0,1,0\r\n"));
}

TEST_CASE("the remark says what the path did with a packet", "[report]") {
  auto packets = sample_packets();
  packets[2].fate = PacketFate::lost;
  CHECK(render_packet_table({packets[2]}, TableFormat::csv, {"Remark"}) ==
        "Remark\r\nlost on the path; pure ACK\r\n");
}

TEST_CASE("what was inferred stands in parentheses", "[report]") {
  const std::string table =
      render_packet_table(sample_packets(), TableFormat::csv, {"Cause", "Blocked"});
  CHECK(table.starts_with("Cause,Blocked\r\nconnect,(accept)\r\n(accept),connect\r\n,\r\n"));
}

TEST_CASE("a German table has German headings, and no command where the kernel acts", "[report]") {
  std::vector<PacketLine> packets(2);
  packets[0].info = "[PSH, ACK] Seq=1 Ack=1 Len=4";
  packets[0].from_port = 40000;
  packets[0].to_port = 12345;
  packets[0].cause = called("send");
  packets[0].blocked = called("recv");
  packets[1].info = "[ACK] Seq=1 Ack=5 Len=0";
  packets[1].cause = kByKernel;
  packets[1].cause_side = Side::server;
  const std::vector<std::string> columns{"Src Port", "Dst Port", "Flags",
                                         "Side",     "Befehl",   "blocked"};
  CHECK(render_packet_table(packets, TableFormat::csv, columns, Language::german) ==
        "Src Port,Dst Port,Flags,Script,Befehl,blockierender Befehl\r\n"
        "40000,12345,\"[PSH, ACK]\",Client,send,recv\r\n"
        "0,0,[ACK],Server,,\r\n");
  CHECK(render_packet_table(packets, TableFormat::csv, {"Cause"}) == "Cause\r\nsend\r\nkernel\r\n");
}

TEST_CASE("a spreadsheet finds no formula in the CSV table", "[report]") {
  std::vector<PacketLine> packets = sample_packets();
  packets.resize(1);
  packets[0].from = "=cmd|x";
  packets[0].to = "@sum";
  CHECK(render_packet_table(packets, TableFormat::csv, {"From", "To"}) ==
        "From,To\r\n'=cmd|x,'@sum\r\n");
}

TEST_CASE("an unknown column is refused by name", "[report]") {
  CHECK_THROWS_AS(render_packet_table({}, TableFormat::text, {"Color"}), std::invalid_argument);
}

TEST_CASE("a table without packets has its heading alone", "[report]") {
  CHECK(render_packet_table({}, TableFormat::csv, {"No.", "Info"}) == "No.,Info\r\n");
  CHECK(render_packet_table({}, TableFormat::json, {}) == "[]\n");
}

}  // namespace wireproof
