#include <chrono>

#include "catch.h"
#include "sheet/format_sheet.h"
#include "sheet/lint.h"
#include "sheet/scenario.h"

namespace wireproof {
namespace {

constexpr const char* kPathSession =
    "# T\n## Session\n```session\nconnect\nsend \"Hello\"\nrecv \"Hello\"\nclose\n```\n";

Expected<Scenario, Diagnostics> sheet_with(const std::string& front, const std::string& body) {
  const std::string text = "---\nserver: calc\n" + front + "---\n" + kPathSession + body;
  return parse_scenario("sheet", SourceText("sheet.md", text), {});
}

Expected<Scenario, Diagnostics> network_of(const std::string& entries) {
  return sheet_with("network: {" + entries + "}\n", "");
}

ProblemCode first_code(const Expected<Scenario, Diagnostics>& scenario) {
  return scenario ? ProblemCode{} : scenario.error().front().code;
}

}  // namespace

TEST_CASE("the network's conditions are read with their units", "[path]") {
  const auto plain = network_of("mtu: 1400");
  REQUIRE(plain);
  CHECK_FALSE(has_path(*plain));
  const auto all = network_of("delay: 20ms, rate: 1.5 Mbit/s, queue: 10, loss: 0.5% seed 7");
  REQUIRE(all);
  CHECK(has_path(*all));
  CHECK(all->front.path == PathConditions{std::chrono::milliseconds(20), 1'500'000, 10, 0.5, 7});
  const std::vector<std::pair<const char*, std::uint64_t>> rates{{"1000 bit/s", 1000},
                                                                 {"1kbit/s", 1000},
                                                                 {"0.1 mbit/s", 100'000},
                                                                 {"2.5 Gbit/s", 2'500'000'000},
                                                                 {"100 Gbit/s", 100'000'000'000}};
  for (const auto& [text, bits] : rates) {
    CAPTURE(text);
    const auto scenario = network_of(std::string("rate: ") + text);
    REQUIRE(scenario);
    CHECK(scenario->front.path.rate_bits_per_second == bits);
  }
  const auto loss = network_of("loss: 100%");
  REQUIRE(loss);
  CHECK(loss->front.path == PathConditions{{}, {}, {}, 100, 1});
}

TEST_CASE("conditions that no network has are refused where they stand", "[path]") {
  for (const char* const entry : {"delay: 20",
                                  "delay: 0ms",
                                  "delay: 61s",
                                  "rate: 1",
                                  "rate: 1 MB/s",
                                  "rate: -1 Mbit/s",
                                  "rate: 999 bit/s",
                                  "rate: 101 Gbit/s",
                                  "rate: nan Mbit/s",
                                  "rate: inf kbit/s",
                                  "rate: Mbit/s",
                                  "rate: 1 Mbit/s, queue: 0",
                                  "rate: 1 Mbit/s, queue: 100001",
                                  "rate: 1 Mbit/s, queue: many",
                                  "loss: 5",
                                  "loss: 0%",
                                  "loss: 101%",
                                  "loss: -1%",
                                  "loss: nan%",
                                  "loss: '%'",
                                  "loss: 5% seed",
                                  "loss: 5% seed x",
                                  "loss: 5% 7",
                                  "loss: 5% seed 7 8"}) {
    CAPTURE(entry);
    const auto scenario = network_of(entry);
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().size() == 1);
    CHECK(first_code(scenario) == ProblemCode::value_out_of_range);
    CHECK(scenario.error().front().span);
  }
  const auto queue = network_of("queue: 10");
  CHECK(first_code(queue) == ProblemCode::impossible_path);
  const auto of_wrong_rate = network_of("rate: 1, queue: 10");
  REQUIRE_FALSE(of_wrong_rate);
  CHECK(of_wrong_rate.error().size() == 1);
}

TEST_CASE("a path carries what TUN devices carry", "[path]") {
  const std::string rules = "\n## Path\n| Packets | Do |\n|---|---|\n| any | lose |\n";
  CHECK(network_of("ip: 6"));
  CHECK(network_of("mtu: 65536"));
  CHECK(network_of("delay: 1ms, mtu: 65535"));
  CHECK(first_code(network_of("delay: 1ms, mtu: 65536")) == ProblemCode::impossible_path);
  CHECK(first_code(network_of("delay: 1ms, ip: 6")) == ProblemCode::impossible_path);
  const auto six = sheet_with("network: {ip: 6}\n", rules);
  CHECK(first_code(six) == ProblemCode::impossible_path);
  REQUIRE_FALSE(six);
  CHECK(six.error().front().span);
  CHECK(sheet_with("", rules));
}

TEST_CASE("a Fate needs a path, by rules or by conditions", "[path]") {
  const std::string fated =
      "\n## Packets\n| From | To | Info | Fate |\n|---|---|---|---|\n"
      "| client | server | [SYN] | lost |\n| | | … | |\n";
  const std::string rules = "\n## Path\n| Packets | Do |\n|---|---|\n| any | lose |\n";
  CHECK(first_code(sheet_with("", fated)) == ProblemCode::packet_fate);
  const auto lossy = sheet_with("network: {loss: 5%}\n", fated);
  REQUIRE(lossy);
  CHECK(lossy->packet_tables.front().rows.front().row.fate == PacketFate::lost);
  CHECK(sheet_with("", rules + fated));
  CHECK(sheet_with("", fated + rules));
}

TEST_CASE("what is sent again is compared by more where each packet is a row", "[path]") {
  const std::string table =
      "\n## Packets\n| From | To | Info | Payload |\n|---|---|---|---|\n"
      "| client | server | [PSH, ACK] Seq=1 | \"Hello\" |\n"
      "| client | server | [PSH, ACK] Seq=1 again | \"Hello\" |\n| | | … | |\n";
  const auto exact = sheet_with("match: exact\n", table);
  REQUIRE(exact);
  CHECK_FALSE(exact->packet_tables.front().rows[0].row.again);
  CHECK(exact->packet_tables.front().rows[1].row.again);
  const auto stream = sheet_with("", table);
  REQUIRE_FALSE(stream);
  CHECK(stream.error().size() == 2);
}

TEST_CASE("a datagram that a program sends again is compared like any other", "[path]") {
  const std::string udp = "transport: udp\n";
  const std::string head =
      "\n## Packets\n| From | To | Info | Payload | Cause |\n|---|---|---|---|---|\n";
  const std::string first = "| client | server | UDP Len=5 | \"Hello\" | send |\n";
  const std::string again = "| client | server | UDP Len=5 again | \"Hello\" | send |\n";
  const auto sheet = sheet_with(udp, head + first + again);
  REQUIRE(sheet);
  CHECK_FALSE(sheet->packet_tables.front().rows[0].row.again);
  CHECK(sheet->packet_tables.front().rows[1].row.again);
  CHECK(sheet_with(udp, head + "| | | … | | |\n" + again));
  CHECK(first_code(sheet_with(udp, head + again + first)) == ProblemCode::packet_again);
  const std::string answer = "| server | client | UDP again | | |\n";
  CHECK(first_code(sheet_with(udp, head + first + answer)) == ProblemCode::packet_again);
  CHECK(first_code(sheet_with(udp, head + "| server | client | ICMP port unreachable | | |\n" +
                                       answer)) == ProblemCode::packet_again);
}

TEST_CASE("an acknowledgement is repeated by who has sent an ACK", "[path]") {
  const std::string head = "\n## Packets\n| From | To | Info |\n|---|---|---|\n";
  const std::string syn = "| client | server | [SYN] |\n";
  const std::string answer = "| server | client | [SYN, ACK] |\n";
  const std::string repeated = "| server | client | [ACK] again |\n| | | … |\n";
  CHECK(sheet_with("", head + syn + answer + repeated));
  CHECK(first_code(sheet_with("", head + syn + repeated)) == ProblemCode::packet_again);
  CHECK(first_code(sheet_with("", head + syn + answer + "| client | server | [ACK] again |\n")) ==
        ProblemCode::packet_again);
  CHECK(first_code(
            sheet_with("", head + syn + answer + "| server | client | [RST, ACK] again |\n")) ==
        ProblemCode::packet_again);
}

TEST_CASE("a SYN that is sent again does not say where the server is", "[path]") {
  const std::string text =
      "---\nserver: calc\n---\n# T\n\n## Packets\n| From | To | Info |\n|---|---|---|\n| | | … |\n"
      "| 12345 | 40001 | [SYN] again |\n| 40001 | 12345 | [SYN] |\n"
      "| 40002 | 12345 | [SYN] |\n| 40002 | 12345 | [SYN] again |\n";
  const auto sheet = parse_scenario("sheet", SourceText("sheet.md", text), {});
  REQUIRE(sheet);
  std::vector<std::string> ends;
  for (const PlacedRow& placed : sheet->packet_tables.front().rows) {
    if (placed.row.kind == RowKind::anything) continue;
    ends.push_back(placed.row.client + (placed.row.from == Side::client ? " asks" : " is asked"));
  }
  CHECK(ends ==
        std::vector<std::string>{"40001 is asked", "40001 asks", "40002 asks", "40002 asks"});
}

TEST_CASE("bytes that are sent again are not counted twice", "[path]") {
  const std::string table =
      "\n## Packets\n| From | To | Info |\n|---|---|---|\n| client | server | [SYN] |\n"
      "| client | server | [PSH, ACK] Len=5 |\n| client | server | [PSH, ACK] Len=5 again |\n"
      "| server | client | [PSH, ACK] Len=5 |\n";
  const auto scenario = sheet_with("", table);
  REQUIRE(scenario);
  CHECK(lint_scenario(*scenario).empty());
}

TEST_CASE("rules are aligned as other tables are", "[path]") {
  const std::string front = "---\nserver: calc\n---\n";
  const auto aligned = format_sheet(SourceText(
      "sheet.md", front + "## Path\n|Packets|Do|\n|-|-|\n|any|swap with next|\n|[SYN]|lose|\n"));
  REQUIRE(aligned);
  CHECK(*aligned == front +
                        "## Path\n| Packets | Do             |\n|---------|----------------|\n"
                        "| any     | swap with next |\n| [SYN]   | lose           |\n");
}

}  // namespace wireproof
