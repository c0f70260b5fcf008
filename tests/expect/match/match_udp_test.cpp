#include "catch.h"
#include "expect/match/match.h"

namespace wireproof {
namespace {

// `C 5`, `S 3`, and `S !` for a port unreachable; `…` among rows.
UdpExchange exchange(const std::vector<std::string>& words) {
  UdpExchange result;
  for (const std::string& word : words) {
    Datagram datagram;
    datagram.packet = result.datagrams.size();
    datagram.from = word[0] == 'C' ? Side::client : Side::server;
    datagram.port_unreachable = word[2] == '!';
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

TEST_CASE("a datagram of another size names its row", "[expect]") {
  const MatchResult result = match_udp(rows({"C 5", "S 3"}), exchange({"C 5", "S 4"}), {});
  REQUIRE(result.rows[1].differences.size() == 1);
  CHECK(result.rows[1].differences[0] == FieldDifference{"Len", "3", "4", Level::must});
  CHECK(result.packets[1].state == PacketState::row);
}

}  // namespace wireproof
