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

TEST_CASE("what the path did with a packet is the file's to say, not its remark's", "[result]") {
  std::vector<PacketLine> lines(2);
  for (PacketLine& line : lines) line.fate = PacketFate::lost;
  lines[1].remark.mark = PacketMark::unexpected;
  const auto comments = make_capture_notes({{}, lines, {}, {}, {}}).comments;
  CHECK(comments == std::map<std::size_t, std::string>{{1, "verdict: fail\nremark: unexpected"}});
}

}  // namespace wireproof
