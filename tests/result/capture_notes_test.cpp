#include "result/capture/capture_notes.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a row that only informs makes no packet wrong", "[result]") {
  std::vector<PacketLine> lines(3);
  lines[0].remark.mark = PacketMark::unexpected;
  CheckResult check;
  for (const std::size_t packet : {1U, 2U}) {
    PacketRowResult& row = check.packet_rows.emplace_back();
    row.verdict = Verdict::fail;
    row.level = packet == 2 ? Level::info : Level::must;
    row.packets = {packet};
  }
  CHECK(find_wrong_packets(lines, {check}) == std::set<std::size_t>{0, 1});
}

TEST_CASE("a packet's comment says what the path did with it", "[result]") {
  std::vector<PacketLine> lines(2);
  lines[1].fate = PacketFate::lost;
  CHECK(make_capture_notes({{}, lines, {}, {}, {}}).comments ==
        std::map<std::size_t, std::string>{{1, "remark: lost on the path"}});
}

}  // namespace wireproof
