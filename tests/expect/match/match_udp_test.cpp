#include "catch.h"
#include "expect/match/match.h"

namespace wireproof {
namespace {

// The fate that a word ends with: `C 5 lost`.
std::optional<PacketFate> fate_of(const std::string& word) {
  if (word.ends_with(" corrupted_right")) return PacketFate::corrupted_right;
  for (const PacketFate fate :
       {PacketFate::arrived, PacketFate::lost, PacketFate::late, PacketFate::corrupted}) {
    if (word.ends_with(" " + fate_words(fate))) return fate;
  }
  return std::nullopt;
}

// `C 5`, `S 3`, and `S !` for a port unreachable; `…` among rows.
UdpExchange exchange(const std::vector<std::string>& words) {
  UdpExchange result;
  for (const std::string& word : words) {
    Datagram datagram;
    datagram.packet = result.datagrams.size();
    datagram.from = word[0] == 'C' ? Side::client : Side::server;
    datagram.port_unreachable = word[2] == '!';
    datagram.fate = fate_of(word).value_or(PacketFate::arrived);
    if (!datagram.port_unreachable) {
      datagram.payload_size = static_cast<std::uint32_t>(std::stoul(word.substr(2)));
    }
    result.datagrams.push_back(datagram);
  }
  return result;
}

std::vector<Row> rows(const std::vector<std::string>& words) {
  std::vector<Row> result;
  for (const std::string& word : words) {
    Row row;
    row.number = result.size() + 1;
    row.kind = RowKind::udp;
    if (word == "…") {
      row.kind = RowKind::anything;
    } else {
      row.from = word[0] == 'C' ? Side::client : Side::server;
      if (word[2] == '!') {
        row.kind = RowKind::port_unreachable;
      } else {
        const std::uint64_t size = std::stoull(word.substr(2));
        row.length = Range{size, size};
      }
      row.any_order = word.ends_with("any");
      if (word.ends_with("should")) row.level = Level::should;
      row.fate = fate_of(word);
      row.again = word.find("again") != std::string::npos;
    }
    result.push_back(row);
  }
  return result;
}

struct UdpCase {
  std::string name;
  std::vector<std::string> captured;
  std::vector<std::string> table;
  bool expected;
};

}  // namespace

TEST_CASE("datagrams keep their boundaries and the order of their direction", "[expect]") {
  const std::vector<UdpCase> cases = {
      {"request and reply", {"C 5", "S 3"}, {"C 5", "S 3"}, true},
      {"a reply before its request", {"S 3", "C 5"}, {"C 5", "S 3"}, false},
      {"the same without order", {"S 3", "C 5"}, {"C 5 any", "S 3"}, true},
      {"the client did not wait", {"C 1", "C 2", "S 3", "S 4"}, {"C 1", "S 3", "C 2", "S 4"}, true},
      {"replies swapped", {"C 1", "S 4", "S 3"}, {"C 1", "S 3", "S 4"}, false},
      {"two datagrams are not one", {"C 1", "C 2"}, {"C 3"}, false},
      {"a lost reply", {"C 5"}, {"C 5", "S 3"}, false},
      {"a reply too many", {"C 5", "S 3", "S 3"}, {"C 5", "S 3"}, false},
      {"anything", {"C 5", "S 3", "S 3"}, {"C 5", "…"}, true},
      {"port unreachable", {"C 5", "S !"}, {"C 5", "S !"}, true},
      {"port unreachable for a reply", {"C 5", "S !"}, {"C 5", "S 3"}, false},
  };
  for (const UdpCase& each : cases) {
    INFO(each.name);
    CHECK(match_udp(rows(each.table), exchange(each.captured), {}).matched == each.expected);
  }
}

TEST_CASE("a table says what arrived, and of what was lost where it says so", "[expect]") {
  const std::vector<UdpCase> cases = {
      {"lost, without a row", {"C 5 lost", "C 5", "S 3"}, {"C 5", "S 3"}, true},
      {"lost, with a row", {"C 5 lost", "C 5", "S 3"}, {"C 5 lost", "C 5", "S 3"}, true},
      {"lost, one of them with a row", {"C 5 lost", "C 5 lost"}, {"C 5 lost"}, true},
      {"lost last", {"C 5", "S 3", "S 3 lost"}, {"C 5", "S 3"}, true},
      {"all lost, and no rows", {"C 5 lost", "S 3 lost"}, {}, true},
      {"a row has none that was lost", {"C 5 lost", "S 3"}, {"C 5", "S 3"}, false},
      {"a row of a lost one has none that arrived", {"C 5", "S 3"}, {"C 5 lost", "S 3"}, false},
      {"arrived", {"C 5 lost", "C 5"}, {"C 5 arrived"}, true},
      {"late is not arrived", {"C 5 late"}, {"C 5 arrived"}, false},
      {"late", {"C 5 late"}, {"C 5 late"}, true},
      {"late, and the row says nothing", {"C 5 late"}, {"C 5"}, true},
      {"what arrives keeps its order", {"C 5 lost", "C 5"}, {"C 5", "C 5 lost"}, false},
      {"anything", {"C 5", "S 3 lost", "S 4"}, {"C 5", "…"}, true},
      {"corrupted and dropped, without a row", {"C 5 corrupted", "C 5"}, {"C 5"}, true},
      {"corrupted and dropped did not arrive", {"C 5 corrupted"}, {"C 5"}, false},
      {"corrupted", {"C 5 corrupted"}, {"C 5 corrupted"}, true},
      {"corrupted is not lost", {"C 5 corrupted"}, {"C 5 lost"}, false},
      {"checksum right, and no row says so", {"C 5 corrupted_right"}, {"C 5"}, true},
      {"checksum right", {"C 5 corrupted_right"}, {"C 5 corrupted"}, true},
      {"checksum right, without a row", {"C 5 corrupted_right"}, {}, false},
      {"arrived is not corrupted", {"C 5"}, {"C 5 corrupted"}, false},
  };
  for (const UdpCase& each : cases) {
    INFO(each.name);
    CHECK(match_udp(rows(each.table), exchange(each.captured), {}).matched == each.expected);
  }
  const MatchResult left = match_udp(rows({"C 5"}), exchange({"C 5 lost", "C 5"}), {});
  CHECK(left.packets[0].state == PacketState::lost);
  // A saved capture does not tell.
  MatchContext saved;
  saved.fates = FateCells::unknown;
  CHECK(match_udp(rows({"C 5 lost", "S 3"}), exchange({"C 5", "S 3"}), saved).matched);
}

TEST_CASE("an exact table has the order of the capture, and a row for what was lost", "[expect]") {
  struct ExactCase {
    std::string name;
    std::vector<std::string> captured;
    std::vector<std::string> table;
    bool expected;
  };
  const std::vector<ExactCase> cases = {
      {"in order", {"C 1", "S 3", "C 2", "S 4"}, {"C 1", "S 3", "C 2", "S 4"}, true},
      {"did not wait", {"C 1", "C 2", "S 3", "S 4"}, {"C 1", "S 3", "C 2", "S 4"}, false},
      {"did not wait, as the row says", {"C 1", "C 2", "S 3"}, {"C 1", "S 3", "C 2 any"}, true},
      {"one too many", {"C 5", "S 3", "S 3"}, {"C 5", "S 3"}, false},
      {"anything", {"C 5", "S 3", "C 5"}, {"C 5", "…"}, true},
      {"lost, without a row", {"C 5 lost", "C 5", "S 3"}, {"C 5", "S 3"}, false},
      {"lost, with a row", {"C 5 lost", "C 5", "S 3"}, {"C 5 lost", "C 5", "S 3"}, true},
  };
  MatchContext exact;
  exact.strictness = Strictness::exact;
  for (const ExactCase& each : cases) {
    INFO(each.name);
    CHECK(match_udp(rows(each.table), exchange(each.captured), exact).matched == each.expected);
  }
  const MatchResult lost = match_udp(rows({"C 5"}), exchange({"C 5 lost", "C 5"}), exact);
  CHECK(lost.packets[0].state == PacketState::unexpected);
  const MatchResult early = match_udp(rows({"S 3", "C 2"}), exchange({"C 2", "S 3"}), exact);
  CHECK(early.rows[1].reason == "packet 1 was captured before packet 2, which the rows above have");
}

TEST_CASE("a datagram sent again has the bytes of one before it", "[expect]") {
  CHECK(match_udp(rows({"C 5", "C 5 again"}), exchange({"C 5", "C 5"}), {}).matched);
  CHECK(match_udp(rows({"C 5 again", "S 3"}), exchange({"C 5 lost", "C 5", "S 3"}), {}).matched);
  const MatchResult first = match_udp(rows({"C 5", "C 4 again"}), exchange({"C 5", "C 4"}), {});
  CHECK_FALSE(first.matched);
  CHECK(
      first.rows[1].differences ==
      std::vector<FieldDifference>{{"Info", "sent again", "sent for the first time", Level::must}});
  CHECK_FALSE(match_udp(rows({"C 5", "S 5 again"}), exchange({"C 5", "S 5"}), {}).matched);
}

TEST_CASE("a datagram of another size names its row", "[expect]") {
  const MatchResult result = match_udp(rows({"C 5", "S 3"}), exchange({"C 5", "S 4"}), {});
  REQUIRE(result.rows[1].differences.size() == 1);
  CHECK(result.rows[1].differences[0] == FieldDifference{"Len", "3", "4", Level::must});
  CHECK(result.packets[1].state == PacketState::row);
}

namespace {

// "1=1 2=2[Len 4/3] 3- !3": what is said of each row, and of the packets without one.
std::string marks_of_rows(const MatchResult& result) {
  constexpr const char* kStates[] = {"", "a", "o", "-", "~"};
  std::string text;
  for (const RowResult& row : result.rows) {
    text += std::to_string(row.row + 1) + kStates[static_cast<std::size_t>(row.state)];
    for (const std::size_t packet : row.packets) text += "=" + std::to_string(packet + 1);
    if (row.nearest) text += "?" + std::to_string(*row.nearest + 1);
    for (const FieldDifference& difference : row.differences) {
      text += "[" + difference.field + " " + difference.expected + "/" + difference.captured + "]";
    }
    text += " ";
  }
  for (const PacketResult& packet : result.packets) {
    if (packet.state != PacketState::row) text += "!" + std::to_string(packet.packet + 1) + " ";
  }
  return text + (result.matched ? "matched" : "failed");
}

struct Repair {
  std::string name;
  std::vector<std::string> captured;
  std::vector<std::string> table;
  std::string expected;
};

}  // namespace

TEST_CASE("datagrams that do not fit are explained by as little as possible", "[expect]") {
  const std::vector<Repair> repairs = {
      {"another size", {"C 5", "S 3"}, {"C 5", "S 4"}, "1=1 2=2[Len 4/3] failed"},
      {"another size, a should", {"C 5", "S 3"}, {"C 5", "S 4 should"}, "1=1 2=2[Len 4/3] matched"},
      {"a row that is missing", {"C 5"}, {"C 5", "S 3"}, "1=1 2- failed"},
      {"what was lost", {"C 5 lost"}, {"C 5", "S 3"}, "1=1[Fate arrived/lost] 2- failed"},
      {"what was not lost",
       {"C 5", "S 3"},
       {"C 5 lost", "S 3"},
       "1=1[Fate lost/arrived] 2=2 failed"},
      {"a row and what was lost before it", {"C 5 lost", "C 4"}, {"C 5"}, "1=2[Len 5/4] !1 failed"},
      {"a should row that is missing",
       {"C 5", "C 2"},
       {"C 5", "S 3 should", "C 2"},
       "1=1 2- 3=2 matched"},
      {"a datagram more", {"C 5", "S 3", "S 3"}, {"C 5", "S 3"}, "1=1 2=2 !3 failed"},
      {"a datagram more between others",
       {"C 5", "S 2", "S 3", "C 7"},
       {"C 5", "S 3", "C 7"},
       "1=1 2=3 3=4 !2 failed"},
      {"an answer that came early", {"S 3", "C 5"}, {"C 5", "S 3"}, "1=2 2~=1 failed"},
      {"an answer of another size that came early",
       {"S 4", "C 5"},
       {"C 5", "S 3"},
       "1=2 2- !1 failed"},
      {"a should answer of another size that came early",
       {"S 4", "C 5"},
       {"C 5", "S 3 should"},
       "1=2 2- !1 failed"},
      {"ICMP in place of an answer",
       {"C 5", "S !"},
       {"C 5", "S 3"},
       "1=1 2-?2[kind UDP datagram/ICMP port unreachable] !2 failed"},
      {"an answer in place of ICMP",
       {"C 5", "S 3"},
       {"C 5", "S !"},
       "1=1 2-?2[kind ICMP port unreachable/UDP datagram] !2 failed"},
      {"ICMP as in the table", {"C 5", "S !"}, {"C 5", "S !"}, "1=1 2=2 matched"},
      {"anything takes the rest of both sides",
       {"C 5", "S 3", "C 2"},
       {"C 5", "…"},
       "1=1 2o=3=2 matched"},
      {"anything, and nothing there", {"C 5"}, {"C 5", "…"}, "1=1 2o matched"},
      {"anything before a row that is missing",
       {"C 5", "S 3"},
       {"C 5", "…", "S 4"},
       "1=1 2o=2 3- failed"},
      {"anything between",
       {"C 5", "S 3", "C 2", "S 4"},
       {"C 5", "…", "S 4"},
       "1=1 2o=3=2 3=4 matched"},
      {"nothing of the rows", {"C 1", "C 2"}, {"S 3", "S 4"}, "1- 2- !1 !2 failed"},
      {"nothing of the capture", {"C 1", "S 2"}, {}, "!1 !2 failed"},
      {"nothing captured", {}, {"C 1", "S 2"}, "1- 2- failed"},
      {"the answers exchanged",
       {"C 1", "C 2", "S 4", "S 3"},
       {"C 1", "C 2", "S 3", "S 4"},
       "1=1 2=2 3- 4=3 !4 failed"},
      {"the second request did not wait",
       {"C 1", "C 2", "S 3"},
       {"C 1", "S 3", "C 2"},
       "1=1 2=3 3=2 matched"},
      {"the answer to the second request came before it",
       {"C 1", "S 3", "S 4", "C 2"},
       {"C 1", "S 3", "C 2", "S 4"},
       "1=1 2=2 3=4 4~=3 failed"},
  };
  for (const Repair& one : repairs) {
    CAPTURE(one.name);
    CHECK(marks_of_rows(match_udp(rows(one.table), exchange(one.captured), {})) == one.expected);
  }
}

}  // namespace wireproof
