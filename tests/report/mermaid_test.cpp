#include "report/report.h"

#include "catch.h"
#include "support/doers.h"

namespace wireproof {
namespace {

PacketLine packet(const char* from, const char* to, const char* info) {
  PacketLine line;
  line.from = from;
  line.to = to;
  line.info = info;
  return line;
}

}  // namespace

TEST_CASE("a sequence diagram has an arrow for each packet, with its calls", "[report]") {
  std::vector<PacketLine> packets{packet("client.py", "server.py", "[SYN]"),
                                  packet("server.py", "client.py", "[ACK]")};
  packets[0].cause = called("connect");
  packets[0].blocked = called("accept");
  packets[0].blocked_inferred = true;
  packets[1].cause = kByKernel;
  packets[1].remark = {PacketMark::repeat, Repeat::pure_ack, {{CauseFactKind::inside_connect}}};
  CHECK(render_mermaid(packets) ==
        "sequenceDiagram\n"
        "    participant p1 as client.py\n"
        "    participant p2 as server.py\n"
        "    p1->>p2: [SYN]<br/>connect, ends (accept)\n"
        "    p2-->>p1: [ACK]<br/>kernel\n");
}

TEST_CASE("a packet that the path lost ends with a cross", "[report]") {
  std::vector<PacketLine> packets(2, packet("a", "b", "[ACK]"));
  packets[0].fate = PacketFate::lost;
  packets[1].fate = PacketFate::twice;
  CHECK(render_mermaid(packets) ==
        "sequenceDiagram\n"
        "    participant p1 as a\n"
        "    participant p2 as b\n"
        "    p1-xp2: [ACK], lost on the path\n"
        "    p1->>p2: [ACK], arrives twice\n");
}

TEST_CASE("names and texts cannot leave their place in a diagram", "[report]") {
  CHECK(render_mermaid({packet("a;b\nend", "<b>#1", "x")}) ==
        "sequenceDiagram\n"
        "    participant p1 as a#59;b end\n"
        "    participant p2 as #lt;b#gt;#35;1\n"
        "    p1->>p2: x\n");
}

TEST_CASE("a diagram stays below the size that is drawn, and counts the rest", "[report]") {
  const std::vector<PacketLine> packets(5000, packet("a", "b", "[PSH, ACK] Seq=1 Ack=1 Len=4"));
  const std::string text = render_mermaid(packets);
  CHECK(text.size() <= kMaxMermaidSize);
  CHECK(text.size() > kMaxMermaidSize - 500);
  CHECK(text.find(" more packets\n") != std::string::npos);
}

}  // namespace wireproof
