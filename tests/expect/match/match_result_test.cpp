// What a match says about its rows and packets beside the verdict.
#include <algorithm>

#include "catch.h"
#include "expect/match/script_match.h"

namespace wireproof {
TEST_CASE("a match names the way that the capture went", "[expect]") {
  struct {
    std::string variant;
    Words captured;
    Words table;
  } const cases[] = {
      {"the server's ACK rode on its reply", {"C 5", "S 3"}, {"C PSH,ACK 5", "S ACK", "S PSH,ACK"}},
      {"FIN rode on data", {"C 5 FIN"}, {"C PSH,ACK 5", "C FIN,ACK"}},
      {"3-packet close", {"C FIN", "S FIN", "C ACK"}, {"C FIN,ACK", "S ACK", "S FIN,ACK", "C ACK"}},
      {"simultaneous close", {"C FIN", "S FIN ack=0"}, {"C FIN,ACK", "S FIN,ACK"}},
      {"two sends in one segment", {"C 32"}, {"C PSH,ACK 4", "C PSH,ACK 28"}},
      {"one send in 2 segments", {"C 5", "C 8"}, {"C PSH,ACK 13"}},
      {"an ACK of its own for the client's data", {"C 5", "S ACK"}, {"C PSH,ACK 5"}},
      {"1 retransmission", {"C 5", "C 5 seq=0"}, {"C PSH,ACK 5"}},
  };
  for (const auto& each : cases) {
    // Without SYNs the first byte is at position 1.
    const MatchResult result = match(each.captured, each.table);
    INFO(each.variant << ": " << result.history);
    CHECK(result.matched);
    CHECK(result.variants == Words{each.variant});
  }
}

TEST_CASE("a capture as in its table has no variant", "[expect]") {
  const MatchResult result = match({"C SYN", "S SYN", "C ACK", "C 5", "S ACK"},
                                   {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 5", "S ACK"});
  CHECK(result.matched);
  CHECK(result.variants.empty());
  CHECK(result.history == "SsADa");
}

TEST_CASE("rows and packets name each other", "[expect]") {
  const MatchResult result =
      match({"C SYN", "S SYN", "C ACK", "C 32", "C 32 seq=1", "S 4"},
            {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 4", "C PSH,ACK 28", "S ACK", "S PSH,ACK"});
  REQUIRE(result.matched);
  CHECK(result.rows[2].state == RowState::acknowledged);
  CHECK(result.rows[2].packets == std::vector<std::size_t>{2});
  CHECK(result.rows[4].packets == std::vector<std::size_t>{3});
  CHECK(result.packets[3].rows == std::vector<std::size_t>{3, 4});
  CHECK(result.packets[4].state == PacketState::repeat);
  CHECK(result.packets[4].repeat == Repeat::retransmission);
  CHECK(result.packets[5].rows == std::vector<std::size_t>{5, 6});
}

TEST_CASE("PSH is met by any segment of the run and is a should", "[expect]") {
  const Words table = {"C PSH,ACK 5", "C PSH,ACK 8"};
  CHECK(match({"C 5 nopsh", "C 8"}, table).rows[0].differences.empty());
  const MatchResult result = match({"C 5 nopsh", "C 8 nopsh"}, table);
  CHECK(result.matched);
  REQUIRE(result.rows[0].differences.size() == 1);
  CHECK(result.rows[0].failed(Level::should));
  CHECK_FALSE(result.rows[0].failed(Level::must));
}

TEST_CASE("written values are compared in every strictness", "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN win=100", "S SYN", "C 5"});
  for (const Strictness strictness :
       {Strictness::stream, Strictness::segments, Strictness::exact}) {
    std::vector<Row> rows = script_rows({"C SYN", "S SYN,ACK", "C PSH,ACK 5"});
    MatchContext context;
    context.strictness = strictness;
    rows[0].window = Range{100, 100};
    rows[2].seq = 1;
    rows[2].ack = 1;
    CHECK(match_tcp(rows, capture.connection(), context).matched);
    rows[0].window = Range{0, 99};
    rows[2].seq = 2;
    rows[2].ack = 3;
    rows[1].mss = 1460;
    const MatchResult result = match_tcp(rows, capture.connection(), context);
    CHECK_FALSE(result.matched);
    CHECK(result.rows[0].differences.at(0) == FieldDifference{"Win", "0..99", "100", Level::must});
    CHECK(result.rows[1].differences.at(0) == FieldDifference{"MSS", "1460", "none", Level::must});
    CHECK(result.rows[2].differences.at(0) == FieldDifference{"Seq", "2", "1", Level::must});
    CHECK(result.rows[2].differences.at(1) == FieldDifference{"Ack", "3", "1", Level::must});
  }
}

TEST_CASE("an acknowledgement that never came fails its row alone", "[expect]") {
  const MatchResult result = match({"C SYN", "S SYN", "C ACK", "C 5"},
                                   {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 5", "S ACK"});
  CHECK_FALSE(result.matched);
  CHECK(result.rows[3].state == RowState::matched);
  CHECK(result.rows[4].state == RowState::missing);
  CHECK(result.rows[4].differences.at(0) == FieldDifference{"Ack", "6", "1", Level::must});
  CHECK(result.rows[4].nearest == 1);
}

TEST_CASE("bytes of another size fail their row and no other", "[expect]") {
  for (const Strictness strictness :
       {Strictness::stream, Strictness::segments, Strictness::exact}) {
    const MatchResult result =
        match({"C SYN", "S SYN", "C ACK", "C 5", "S 3", "C ACK"},
              {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 4", "S PSH,ACK 3", "C ACK"}, strictness);
    CHECK_FALSE(result.matched);
    const auto failed = std::count_if(result.rows.begin(), result.rows.end(),
                                      [](const RowResult& row) { return row.failed(Level::must); });
    CHECK(failed == 1);
    CHECK(result.rows[3].differences.at(0) == FieldDifference{"Len", "4", "5", Level::must});
  }
}

TEST_CASE("rows behind an RST say that the connection was reset", "[expect]") {
  const MatchResult result = match(
      {"C SYN", "S SYN", "C ACK", "C 5", "S RST"},
      {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 5", "S FIN,ACK", "C ACK", "C FIN,ACK", "S ACK"});
  CHECK(result.rows[4].nearest == 4);
  CHECK(result.rows[4].differences.at(0) ==
        FieldDifference{"flags", "[FIN, ACK]", "[RST, ACK]", Level::must});
  CHECK(result.rows[6].reason == "packet 5 had reset the connection");
  CHECK(result.packets[4].state == PacketState::unexpected);
}

TEST_CASE("a packet without a row says what it has, and where it stands", "[expect]") {
  struct {
    Words captured;
    Words table;
    std::size_t packet;
    std::string reason;
  } const cases[] = {
      {{"C 2", "S 3"}, {"S PSH,ACK 3"}, 0, "no row has its 2 bytes; it stands before all rows"},
      {{"C 5", "S 3", "S 1"},
       {"C PSH,ACK 5", "S PSH,ACK 3"},
       2,
       "no row has its 1 byte; it stands after row 2, where the table ends"},
      {{"C 5", "S 2", "C 7", "S 3"},
       {"C PSH,ACK 5", "S ACK", "C PSH,ACK 7", "S PSH,ACK 3"},
       1,
       "no row has its 2 bytes; it stands after row 1 and before row 3"},
      {{"C 5", "S 2"},
       {"C PSH,ACK 5", "S ACK"},
       1,
       "no row has its 2 bytes; it stands after row 1, where the table ends"}};
  for (const auto& each : cases) {
    std::vector<Row> rows = script_rows(each.table);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].number = i + 1;
    const ScriptCapture capture = capture_script(each.captured);
    const MatchResult result = match_tcp(rows, capture.connection(), {});
    CHECK(result.packets.at(each.packet).reason == each.reason);
  }
}

TEST_CASE("a row of an acknowledgement takes the one that has what it writes", "[expect]") {
  const ScriptCapture capture =
      capture_script({"C SYN", "S SYN", "C ACK", "C 5", "S ACK", "S ACK win=100"});
  std::vector<Row> rows = script_rows({"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 5", "S ACK"});
  const auto taken = [&] { return match_tcp(rows, capture.connection(), {}).rows.at(4).packets; };
  CHECK(taken() == std::vector<std::size_t>{4});
  rows[4].window = Range{100, 100};
  CHECK(taken() == std::vector<std::size_t>{5});
  rows[4].window = Range{7, 7};  // none of them: the first
  CHECK(taken() == std::vector<std::size_t>{4});
}

TEST_CASE("an ACK that rides on a FIN is a 3-packet close only where it is the other FIN's",
          "[expect]") {
  const auto variants = [](const Words& captured, const Words& table) {
    return match(captured, table).variants;
  };
  CHECK(variants({"C 5", "S FIN", "C FIN"},
                 {"C PSH,ACK 5", "S ACK", "S FIN,ACK", "C ACK", "C FIN,ACK"}) ==
        Words{"the server's ACK rode on its FIN", "3-packet close"});
}

}  // namespace wireproof
