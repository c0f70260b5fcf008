// Rows of what a path of wireproof's own did, and of what was sent again because of it.
#include "catch.h"
#include "expect/match/script_match.h"

namespace wireproof {
namespace {

// The client's SYN is lost, and its data.
const Words kLossy = {"C SYN fate=lost", "C SYN seq=0",          "S SYN",       "C ACK",
                      "C 5 fate=lost",   "C 5 seq=1 fate=twice", "S ACK ack=6", "S 3"};
const Words kLossyRows = {"C SYN",       "C SYN again",       "S SYN,ACK",  "C ACK",
                          "C PSH,ACK 5", "C PSH,ACK 5 again", "S PSH,ACK 3"};

Words with(Words rows, std::size_t index, const std::string& row) {
  rows.at(index) = row;
  return rows;
}

}  // namespace

TEST_CASE("a fate is that of the packets that first had what a row stands for", "[expect]") {
  for (const Strictness strictness :
       {Strictness::stream, Strictness::segments, Strictness::exact}) {
    const Words captured = {"C SYN fate=lost", "C SYN seq=0", "S SYN fate=late"};
    const Words table = {"C SYN fate=lost", "C SYN again fate=arrived", "S SYN,ACK fate=late"};
    CHECK(match(captured, table, strictness).matched);
    const MatchResult result = match(captured, with(table, 0, "C SYN fate=arrived"), strictness);
    CHECK_FALSE(result.matched);
    CHECK(result.rows[0].differences ==
          std::vector<FieldDifference>{{"Fate", "arrived", "lost", Level::must}});
  }
}

TEST_CASE("a row of several packets arrived when all of them did", "[expect]") {
  const Words captured = {"C 5", "C 8 fate=lost", "C 8 seq=5"};
  CHECK(match(captured, {"C PSH,ACK 13 fate=lost"}).matched);
  CHECK_FALSE(match(captured, {"C PSH,ACK 13 fate=arrived"}).matched);
  CHECK_FALSE(match(captured, {"C PSH,ACK 13 fate=late"}).matched);
  CHECK(match({"C 5", "C 8"}, {"C PSH,ACK 13 fate=arrived"}).matched);
}

TEST_CASE("a reset that was lost ends nothing: its connection goes on", "[expect]") {
  const Words captured = {"C SYN", "S RST fate=lost", "C SYN seq=0", "S RST"};
  CHECK(match(captured, {"C SYN", "S RST fate=lost", "C SYN again", "S RST fate=arrived"}).matched);
  CHECK_FALSE(match(captured, {"C SYN", "S RST fate=lost", "C SYN again"}).matched);
  CHECK_FALSE(match(captured, {"C SYN", "S RST", "S RST fate=lost"}).matched);
}

TEST_CASE("fates that nobody knows are not compared", "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C 5", "S ACK"});
  const std::vector<Row> rows =
      script_rows({"C SYN fate=lost", "S SYN,ACK", "C PSH,ACK 5", "S ACK fate=late"});
  MatchContext context;
  CHECK_FALSE(match_tcp(rows, capture.connection(), context).matched);
  context.fates = FateCells::unknown;
  CHECK(match_tcp(rows, capture.connection(), context).matched);
}

TEST_CASE("an acknowledgement row has the fate of its packet", "[expect]") {
  const Words captured = {"C 5", "S ACK fate=lost", "S ACK fate=late"};
  const MatchResult result = match(captured, {"C PSH,ACK 5", "S ACK fate=late"});
  CHECK(result.matched);
  CHECK(result.rows[1].packets == std::vector<std::size_t>{2});
  CHECK_FALSE(match(captured, {"C PSH,ACK 5", "S ACK fate=cut"}).matched);
}

TEST_CASE("a row `again` has a packet that repeats what rows above it have", "[expect]") {
  const MatchResult result = match(kLossy, kLossyRows);
  CHECK(result.matched);
  CHECK(result.rows[1].state == RowState::matched);
  CHECK(result.rows[1].packets == std::vector<std::size_t>{1});
  CHECK(result.rows[5].packets == std::vector<std::size_t>{5});
  CHECK(result.packets[5].state == PacketState::row);
  CHECK(result.packets[5].rows == std::vector<std::size_t>{5});
  CHECK(result.variants.back() == "2 retransmissions");
  // Without such rows they are repeats as ever.
  CHECK(match(kLossy, {"C SYN", "S SYN,ACK", "C ACK", "C PSH,ACK 5", "S PSH,ACK 3"}).matched);
}

TEST_CASE("a row `again` is missing where nothing was sent again", "[expect]") {
  const MatchResult none =
      match({"C SYN", "S SYN", "C 5"}, {"C SYN", "C SYN again", "S SYN,ACK", "C PSH,ACK 5"});
  CHECK_FALSE(none.matched);
  CHECK(none.rows[1].state == RowState::missing);
  CHECK(none.rows[1].reason == "the client sent nothing again");
  // A kind of another packet, the other side's, or what stands below it.
  for (const auto& row : {"C FIN,ACK again", "S SYN,ACK again", "S PSH,ACK 3 again"}) {
    CAPTURE(row);
    CHECK_FALSE(match(kLossy, with(kLossyRows, 1, row)).matched);
  }
  const MatchResult early = match(kLossy, with(kLossyRows, 1, "C PSH,ACK again"));
  CHECK(early.rows[1].reason == "the client sent no [PSH, ACK] again");
}

TEST_CASE("each row `again` has a packet of its own", "[expect]") {
  const Words captured = {"C 5 fate=lost", "C 5 seq=0 fate=lost", "C 5 seq=0"};
  const MatchResult both = match(captured, {"C PSH,ACK 5", "C PSH,ACK again", "C PSH,ACK again"});
  CHECK(both.matched);
  CHECK(both.rows[1].packets == std::vector<std::size_t>{1});
  CHECK(both.rows[2].packets == std::vector<std::size_t>{2});
  const MatchResult three =
      match(captured, {"C PSH,ACK 5", "C PSH,ACK again", "C PSH,ACK again", "C PSH,ACK again"});
  CHECK_FALSE(three.matched);
  CHECK(three.rows[3].reason == "the client sent no other [PSH, ACK] again");
  // The first one leaves the second one what only that one can take.
  CHECK(match(captured, {"C PSH,ACK 5", "C PSH,ACK again", "C PSH,ACK again fate=lost"}).matched);
}

TEST_CASE("a row `again` compares what it writes", "[expect]") {
  CHECK(match(kLossy, with(kLossyRows, 5, "C PSH,ACK 5 again fate=twice")).matched);
  const MatchResult size = match(kLossy, with(kLossyRows, 5, "C PSH,ACK 4 again"));
  CHECK(size.rows[5].differences == std::vector<FieldDifference>{{"Len", "4", "5", Level::must}});
  const MatchResult fate = match(kLossy, with(kLossyRows, 5, "C PSH,ACK again fate=lost should"));
  CHECK(fate.matched);
  CHECK(fate.rows[5].differences ==
        std::vector<FieldDifference>{{"Fate", "lost", "twice", Level::should}});
}

TEST_CASE("in segments a packet sent again has the kinds of its row alone", "[expect]") {
  const Words captured = {"C 5", "C FIN", "C 5 seq=0 FIN"};
  const Words table = {"C PSH,ACK 5", "C FIN,ACK", "C PSH,ACK again"};
  CHECK(match(captured, table, Strictness::stream).matched);
  CHECK_FALSE(match(captured, table, Strictness::segments).matched);
  CHECK(match(captured, with(table, 2, "C FIN,PSH,ACK again"), Strictness::segments).matched);
}

TEST_CASE("an `[ACK] again` acknowledges nothing new", "[expect]") {
  const Words captured = {"C 5", "S ACK", "C 5 fate=lost", "C 5", "S ACK ack=5"};
  const Words table = {"C PSH,ACK 5", "S ACK", "C PSH,ACK 10", "S ACK again"};
  const MatchResult result = match(captured, table);
  CHECK(result.matched);
  CHECK(result.rows[3].packets == std::vector<std::size_t>{4});
  CHECK_FALSE(match({"C 5", "S ACK", "C 10", "S ACK"}, table).matched);
}

TEST_CASE("a keep-alive and a window probe, and their answers, are each an `[ACK] again`",
          "[expect]") {
  const Words keep_alive = {"C 5", "S ACK", "C ACK seq=4", "S ACK ack=5"};
  CHECK(match(keep_alive, {"C PSH,ACK 5", "S ACK", "C ACK again", "S ACK again"}).matched);
  CHECK_FALSE(match(keep_alive, {"C PSH,ACK 5", "S ACK", "C ACK again", "C ACK again"}).matched);
  const Words probe = {"C 5", "S ACK win=0", "C ACK seq=4", "S ACK ack=5 win=0"};
  CHECK(match(probe, {"C PSH,ACK 5", "S ACK", "C ACK again", "S ACK again"}).matched);
}

TEST_CASE("in exact tables a row `again` is a retransmission", "[expect]") {
  const Words captured = {"C SYN fate=lost", "C SYN seq=0", "S SYN", "C ACK"};
  const Words table = {"C SYN fate=lost", "C SYN again", "S SYN,ACK", "C ACK"};
  CHECK(match(captured, table, Strictness::exact).matched);
  CHECK(match(captured, with(table, 1, "C SYN"), Strictness::exact).matched);
  const MatchResult first =
      match({"C SYN", "S SYN", "C ACK"}, {"C SYN again", "S SYN,ACK", "C ACK"}, Strictness::exact);
  CHECK_FALSE(first.matched);
  CHECK(
      first.rows[0].differences ==
      std::vector<FieldDifference>{{"Info", "sent again", "sent for the first time", Level::must}});
}

}  // namespace wireproof
