#include "cli/record/record_table.h"

#include "catch.h"
#include "result/packet_line.h"
#include "support/doers.h"

namespace wireproof {

namespace {

const std::string kHead =
    "---\nserver: echo-threads\n---\n# T\n\n## Session\n```session\nconnect\nrecv "
    "eof\nclose\n```\n";

Scenario sheet(const std::string& table) {
  auto parsed = parse_scenario("t", SourceText("t.md", kHead + table), {});
  REQUIRE(parsed);
  return *std::move(parsed);
}

PacketLine packet(bool from_client, const std::string& info, const std::string& rows,
                  const std::string& remark = "") {
  PacketLine line;
  line.from = from_client ? "client" : "server";
  line.to = from_client ? "server" : "client";
  line.info = info;
  line.rows = parse_rows(rows).value();
  line.remark = parse_remark(remark).value();
  return line;
}

// Row `number` of the first table has failed.
Failure failed_row(const Scenario& scenario, std::size_t number) {
  Failure failure;
  failure.diagnostic.span = scenario.packet_tables.front().rows.at(number - 1).place.row;
  return failure;
}

const std::string kTable =
    "\n## Packets\n"
    "| From   | To     | Info       | Len  | Why   |\n"
    "|--------|--------|------------|------|-------|\n"
    "| client | server | [SYN]      |      | first |\n"
    "| server | client | [SYN, ACK] |      |       |\n"
    "| client | server | [PSH, ACK] | 1..9 | data  |\n"
    "| client | server | …          |      |       |\n";

}  // namespace

TEST_CASE("recording leaves a table alone that matches", "[cli]") {
  const Scenario scenario = sheet(kTable);
  ScenarioResult result;
  result.packets = {packet(true, "[SYN]", "1"), packet(false, "[SYN, ACK]", "2"),
                    packet(true, "[ACK]", "", "pure ACK"), packet(true, "[PSH, ACK] Len=4", "3"),
                    packet(true, "[FIN, ACK]", "4")};
  CHECK(record_packets(scenario, result) == scenario.source.text());
}

TEST_CASE("a new table has the fates of a path's packets, and what was sent again", "[cli]") {
  ScenarioResult result;
  result.packets = {packet(true, "[SYN] Seq=0", "", "unexpected"),
                    packet(true, "[SYN] Seq=0", "", "retransmission"),
                    packet(false, "[SYN, ACK] Seq=0", "", "unexpected")};
  Scenario scenario = sheet("");
  CHECK(record_packets(scenario, result).find("Fate") == std::string::npos);
  CHECK(record_packets(scenario, result).find("again") == std::string::npos);
  result.packets[0].fate = PacketFate::lost;
  const std::string recorded = record_packets(scenario, result);
  CHECK(recorded.find("| From   | To     | Info        | Len | Fate | Cause | Blocked |\n") !=
        std::string::npos);
  CHECK(recorded.find("| client | server | [SYN]       |     | lost |") != std::string::npos);
  CHECK(recorded.find("| client | server | [SYN] again |     |      |") != std::string::npos);
}

TEST_CASE("recording leaves rows alone that do not count in this run", "[cli]") {
  std::string text = kHead +
                     "\n## Packets\n"
                     "| From   | To     | Info       | If     |\n"
                     "|--------|--------|------------|--------|\n"
                     "| client | server | [SYN]      | a=1    |\n"
                     "| client | server | [RST]      | a=2    |\n"
                     "| server | client | [SYN, ACK] |        |\n";
  text.replace(4, 0, "parameters: {a: 1}\n");
  const auto scenario = parse_scenario("t", SourceText("t.md", text), {});
  REQUIRE(scenario);
  ScenarioResult result;
  result.packets = {packet(true, "[SYN]", "1"), packet(false, "[SYN, ACK]", "3")};
  CHECK(record_packets(*scenario, result) == text);
}

TEST_CASE("recording replaces rows that failed and keeps the ranges of those that match", "[cli]") {
  const Scenario scenario = sheet(kTable);
  ScenarioResult result;
  result.packets = {packet(true, "[SYN]", "1"), packet(false, "[RST, ACK] Len=0", "", "unexpected"),
                    packet(true, "[PSH, ACK] Len=4", "3"), packet(true, "[FIN, ACK]", "4")};
  result.failures = {failed_row(scenario, 2)};
  CHECK(record_packets(scenario, result) ==
        kHead +
            "\n## Packets\n"
            "| From   | To     | Info       | Len  | Why   |\n"
            "|--------|--------|------------|------|-------|\n"
            "| client | server | [SYN]      |      | first |\n"
            "| server | client | [RST, ACK] |      |       |\n"
            "| client | server | [PSH, ACK] | 1..9 | data  |\n"
            "| client | server | …          |      |       |\n");
}

TEST_CASE("recording writes a row anew whose packet was found with other values", "[cli]") {
  const Scenario scenario = sheet(kTable);
  ScenarioResult result;
  PacketLine data = packet(true, "[PSH, ACK] Len=12", "3");
  data.length = 12;
  result.packets = {packet(true, "[SYN]", "1"), packet(false, "[SYN, ACK]", "2"), data,
                    packet(true, "[FIN, ACK]", "4")};
  result.failures = {failed_row(scenario, 3)};
  CHECK(record_packets(scenario, result) ==
        kHead +
            "\n## Packets\n"
            "| From   | To     | Info       | Len  | Why   |\n"
            "|--------|--------|------------|------|-------|\n"
            "| client | server | [SYN]      |      | first |\n"
            "| server | client | [SYN, ACK] |      |       |\n"
            "| client | server | [PSH, ACK] | 12   |       |\n"
            "| client | server | …          |      |       |\n");
}

TEST_CASE("recording never writes what comes and goes on the wire", "[cli]") {
  const Scenario scenario = sheet(kTable);
  ScenarioResult result;
  result.packets = {packet(true, "[SYN]", "1"), packet(true, "[SYN]", "", "retransmission"),
                    packet(false, "[SYN, ACK]", "2"), packet(true, "[PSH, ACK] Len=4", "3"),
                    packet(true, "[ACK]", "", "window update")};
  CHECK(record_packets(scenario, result) == scenario.source.text());
}

TEST_CASE("recording names the ends as the table does", "[cli]") {
  const Scenario scenario = sheet(
      "\n## Packets\n| Src | Dst | Info |\n|---|---|---|\n"
      "| 63671 | server | [SYN] |\n| server | 63671 | [SYN, ACK] |\n");
  ScenarioResult result;
  result.packets = {packet(true, "[SYN]", "1"), packet(false, "[SYN, ACK]", "2"),
                    packet(true, "[FIN, ACK]", "", "unexpected")};
  CHECK(record_packets(scenario, result)
            .ends_with("| server | 63671 | [SYN, ACK] |\n"
                       "| 63671 | server | [FIN, ACK] |\n"));
}

TEST_CASE("a sheet without a packet table gets one with all packets", "[cli]") {
  const Scenario scenario = sheet("");
  ScenarioResult result;
  PacketLine data = packet(true, "[PSH, ACK] Seq=1 Ack=1 Len=3", "");
  data.length = 3;
  data.cause = called("send");
  data.blocked = called("recv");
  data.blocked_inferred = true;
  PacketLine stranger = packet(true, "ARP", "");
  stranger.to = "10.0.0.1";
  result.packets = {packet(true, "[SYN] Seq=0", ""), data, stranger};
  CHECK(record_packets(scenario, result) ==
        kHead +
            "\n## Packets\n"
            "| From   | To     | Info       | Len | Cause | Blocked |\n"
            "| ------ | ------ | ---------- | --: | ----- | ------- |\n"
            "| client | server | [SYN]      |     |       |         |\n"
            "| client | server | [PSH, ACK] |   3 | send  | recv    |\n");
}

}  // namespace wireproof
