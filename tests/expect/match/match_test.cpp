#include "expect/match/match.h"

#include "catch.h"
#include "expect/match/script_match.h"

namespace wireproof {
namespace {

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

struct Consequence {
  std::string name;
  Words captured;
  Words table;
  bool stream;
  bool segments;
  bool exact;
};

const Words kClose = {"C FIN", "S ACK", "S FIN", "C ACK"};
const Words kCloseRows = {"C FIN,ACK", "S ACK", "S FIN,ACK", "C ACK"};

const std::vector<Consequence> kConsequences = {
    {"15 packets as in the table",
     kHandshake + Words{"C 4", "S ACK", "C 28", "S ACK", "S 4", "C ACK", "S 8", "C ACK"} + kClose,
     kHandshakeRows +
         Words{"C PSH,ACK 4", "S ACK", "C PSH,ACK 28", "S ACK", "S PSH,ACK 4", "C ACK",
               "S PSH,ACK 8", "C ACK"} +
         kCloseRows,
     true, true, true},
    {"the server's ACK of the client's FIN rides on its FIN",
     kHandshake + Words{"C 4", "S ACK", "C 28", "S ACK", "S 4", "C ACK", "S 8", "C ACK", "C FIN",
                        "S FIN", "C ACK"},
     kHandshakeRows +
         Words{"C PSH,ACK 4", "S ACK", "C PSH,ACK 28", "S ACK", "S PSH,ACK 4", "C ACK",
               "S PSH,ACK 8", "C ACK"} +
         kCloseRows,
     true, true, false},
    {"4+28 bytes in one segment of 32", kHandshake + Words{"C 32", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 4", "S ACK", "C PSH,ACK 28", "S ACK"} + kCloseRows, true,
     false, false},
    {"the server answers after 5 of 13 bytes",
     kHandshake + Words{"C 5", "S 4", "C 8", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 13", "S PSH,ACK 4"} + kCloseRows, false, false, false},
    {"the rest of the request is concurrent with the answer",
     kHandshake + Words{"C 5", "S 4", "C 8 ack=1", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 13", "S PSH,ACK 4"} + kCloseRows, true, false, false},
    {"the client closes first where the table has the server first",
     kHandshake + Words{"C FIN", "S FIN", "C ACK"},
     kHandshakeRows + Words{"S FIN,ACK", "C FIN,ACK"}, false, false, false},
    {"both close at the same time, the table has the server first",
     kHandshake + Words{"C FIN", "S FIN ack=1", "C ACK", "S ACK"},
     kHandshakeRows + Words{"S FIN,ACK", "C FIN,ACK", "C ACK", "S ACK"}, true, true, false},
    {"both close at the same time, as captured",
     kHandshake + Words{"C FIN", "S FIN ack=1", "C ACK", "S ACK"},
     kHandshakeRows + Words{"C FIN,ACK", "S FIN,ACK", "C ACK", "S ACK"}, true, true, true},
    {"a retransmitted segment", kHandshake + Words{"C 5", "C 5 seq=1", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 5", "S ACK"} + kCloseRows, true, true, false},
    {"pipelined requests, lengths unknown",
     kHandshake + Words{"C 5", "C 6", "S 3 ack=6", "S 2", "C ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK", "S PSH,ACK", "C PSH,ACK", "S PSH,ACK", "C ACK"} +
         kCloseRows,
     true, true, false},
    {"both requests had arrived before the first answer",
     kHandshake + Words{"C 5", "C 6", "S 3", "S 2", "C ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK", "S PSH,ACK", "C PSH,ACK", "S PSH,ACK", "C ACK"} +
         kCloseRows,
     false, false, false},
    {"RST after the data instead of FIN", kHandshake + Words{"C 5", "S RST"},
     kHandshakeRows + Words{"C PSH,ACK 5", "S FIN,ACK"}, false, false, false},
    {"the table ends at the handshake", kHandshake + Words{"C 5", "S ACK"}, kHandshakeRows, false,
     false, false},
    {"the table ends with a row for anything", kHandshake + Words{"C 5", "S 3", "C ACK"} + kClose,
     kHandshakeRows + Words{"…"}, true, true, true},
    {"a row for anything takes no RST", kHandshake + Words{"C 5", "S RST"},
     kHandshakeRows + Words{"…"}, false, false, false},
    {"a row for anything stands between rows", kHandshake + Words{"C 5", "S 3"} + kClose,
     kHandshakeRows + Words{"…"} + kCloseRows, true, true, true},
    {"FIN rides on data", kHandshake + Words{"C 5 FIN", "S ACK", "S FIN", "C ACK"},
     kHandshakeRows + Words{"C PSH,ACK 5"} + kCloseRows, true, false, false},
    {"FIN on data as in the table", kHandshake + Words{"C 5 FIN", "S ACK", "S FIN", "C ACK"},
     kHandshakeRows + Words{"C FIN,PSH,ACK 5", "S ACK", "S FIN,ACK", "C ACK"}, true, true, true},
    {"one send in two segments", kHandshake + Words{"C 5 nopsh", "C 8", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 13", "S ACK"} + kCloseRows, true, false, false},
    {"segments out of order", kHandshake + Words{"C 8 seq=6", "C 5 seq=1", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 5", "C PSH,ACK 8", "S ACK"} + kCloseRows, true, true, false},
    {"an unknown length before a known one in one run",
     kHandshake + Words{"C 5", "C 8", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK", "C PSH,ACK 10", "S ACK"} + kCloseRows, true, false, false},
    {"an RST that the table has", kHandshake + Words{"C 5", "S RST"},
     kHandshakeRows + Words{"C PSH,ACK 5", "S RST,ACK"}, true, true, true},
    {"rows that race are not ordered against the other direction",
     kHandshake + Words{"S 3", "C 5", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 5 any", "S PSH,ACK 3", "S ACK"} + kCloseRows, true, true,
     false},
    {"a FIN that races falls into the middle of an answer",
     kHandshake + Words{"C 5", "S 2", "C FIN", "S 2", "S FIN", "C ACK"},
     kHandshakeRows +
         Words{"C PSH,ACK 5", "C FIN,ACK any", "S PSH,ACK 4 any", "S FIN,ACK", "C ACK"},
     true, false, false},
    {"the same FIN in order does not match",
     kHandshake + Words{"C 5", "S 2", "C FIN", "S 2", "S FIN", "C ACK"},
     kHandshakeRows + Words{"C PSH,ACK 5", "C FIN,ACK", "S PSH,ACK 4", "S FIN,ACK", "C ACK"}, false,
     false, false},
    {"the same rows in order do not match", kHandshake + Words{"S 3", "C 5", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 5", "S PSH,ACK 3", "S ACK"} + kCloseRows, false, false,
     false},
    {"a length outside of its range", kHandshake + Words{"C 5", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 6..8", "S ACK"} + kCloseRows, false, false, false},
    {"a length within its range", kHandshake + Words{"C 5", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 4..8", "S ACK"} + kCloseRows, true, true, true},
    {"a should row that is not there", kHandshake + Words{"C 5", "S ACK"} + kClose,
     kHandshakeRows + Words{"C PSH,ACK 5", "S ACK", "S PSH,ACK 3 should"} + kCloseRows, true, true,
     true},
};

std::string describe(const MatchResult& result) {
  std::string text = result.history + "\n";
  for (const RowResult& row : result.rows) {
    text += "row " + std::to_string(row.row + 1) + " state " +
            std::to_string(static_cast<int>(row.state)) + " " + row.reason;
    for (const auto& packet : row.packets) text += " p" + std::to_string(packet + 1);
    for (const auto& difference : row.differences) {
      text +=
          " [" + difference.field + ": " + difference.expected + " / " + difference.captured + "]";
    }
    text += "\n";
  }
  for (const PacketResult& packet : result.packets) {
    if (packet.state != PacketState::unexpected) continue;
    text += "packet " + std::to_string(packet.packet + 1) + ": " + packet.reason + "\n";
  }
  return text + result.beyond_limit;
}

}  // namespace

TEST_CASE("the consequences of the definition hold in each strictness", "[expect]") {
  for (const Consequence& consequence : kConsequences) {
    const struct {
      Strictness strictness;
      const char* name;
      bool expected;
    } modes[] = {{Strictness::stream, "stream", consequence.stream},
                 {Strictness::segments, "segments", consequence.segments},
                 {Strictness::exact, "exact", consequence.exact}};
    for (const auto& mode : modes) {
      const MatchResult result = match(consequence.captured, consequence.table, mode.strictness);
      INFO(consequence.name << " (" << mode.name << ")\n" << describe(result));
      CHECK(result.matched == mode.expected);
    }
  }
}

}  // namespace wireproof
