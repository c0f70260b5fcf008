#include <pugixml.hpp>

#include "base/text/bytes.h"
#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/packet_builder.h"
#include "support/program.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

class PrintedTable {
 public:
  PrintedTable() {
    PacketStore store;
    TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
    tcp.handshake();
    tcp.client("ping");
    append(store, TestDatagram{std::chrono::seconds(1), endpoint("10.0.0.1:5000"),
                               endpoint("10.0.0.2:53"), "abc"});
    write_pcap(folder_.file("a.pcap"), store);
  }

  ProgramResult print(std::vector<std::string> options) const {
    options.insert(options.begin(), {"table", "a.pcap"});
    return run_wireproof(folder_.path(), options);
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("packets that are not shown still count, and give the numbers of those that are",
          "[cli]") {
  const PrintedTable table;
  const auto push = table.print({"--columns", "No.,Info", "--filter", "tcp[13] & 8 != 0"});
  CHECK(push.exit_code == 0);
  CHECK(push.out == "   No.  Info\n     4  [PSH, ACK] Seq=1 Ack=1 Win=8222720 Len=4\n");
  CHECK(table.print({"--columns", "No.", "--packets", "2..3"}).out == "   No.\n     2\n     3\n");
  CHECK(table.print({"--columns", "No.", "--since", "900ms"}).out == "   No.\n     5\n");
  CHECK(table.print({"--columns", "No.", "--until", "1s", "--packets", "4.."}).out ==
        "   No.\n     4\n     5\n");
  CHECK(table.print({"--columns", "No.", "--since", "1s", "--until", "1s"}).out ==
        "   No.\n     5\n");
}

TEST_CASE("a capture is drawn as a page or a sequence diagram, of the packets that are chosen",
          "[cli]") {
  const PrintedTable table;
  const auto page = table.print({"--format", "html", "--filter", "tcp"});
  CHECK(page.exit_code == 0);
  CHECK_THAT(page.out, StartsWith("<!DOCTYPE html>"));
  CHECK_THAT(page.out,
             Contains("aria-label=\"4 [PSH, ACK] Seq=1 Ack=1 Len=4, 10.0.0.1 to 10.0.0.2\""));
  CHECK_THAT(page.out, !Contains("aria-label=\"5 "));
  const auto diagram = table.print({"--format", "mermaid", "--packets", "..2"});
  CHECK_THAT(diagram.out, StartsWith("sequenceDiagram\n    participant p1 as 10.0.0.1\n"));
  CHECK_THAT(diagram.out, Contains("\n    p2->>p1: [SYN, ACK]"));
  CHECK(std::count(diagram.out.begin(), diagram.out.end(), '\n') == 5);
  CHECK(table.print({"--format", "html", "--columns", "No."}).exit_code == 2);
  CHECK(table.print({"--format", "mermaid", "--summary"}).exit_code == 2);
}

TEST_CASE("a picture of a capture stands alone: no link, no variable, no name of another file",
          "[cli]") {
  const PrintedTable table;
  const auto picture = table.print({"--format", "svg", "--packets", "..2"});
  CHECK(picture.exit_code == 0);
  pugi::xml_document tree;
  REQUIRE(tree.load_string(picture.out.c_str()));
  const pugi::xml_node svg = tree.child("svg");
  CHECK(svg.attribute("xmlns").value() == std::string("http://www.w3.org/2000/svg"));
  CHECK(svg.select_nodes("//*[@class='label']").size() == 2);
  CHECK(svg.select_nodes("//a").empty());
  CHECK(svg.select_nodes("//@href").empty());
  CHECK_THAT(svg.child("style").text().get(), Contains("#1b1b1f") && !Contains("var("));
  CHECK(table.print({"--format", "svg", "--summary"}).exit_code == 2);
}

TEST_CASE("TCP's options are shown to people who ask, and to programs", "[cli]") {
  const TemporaryFolder folder;
  PacketStore store;
  TestSegment syn;
  syn.from = endpoint("10.0.0.1:5000");
  syn.to = endpoint("10.0.0.2:80");
  syn.flags = tcp_flag::kSyn;
  syn.options = {2, 4, 0x05, 0xb4};  // RFC 9293 §3.2: the maximum segment size
  append(store, syn);
  write_pcap(folder.file("a.pcap"), store);
  const auto info = [&folder](std::vector<std::string> words) {
    words.insert(words.begin(), {"table", "a.pcap", "--columns", "Info"});
    return run_wireproof(folder.path(), words).out;
  };
  CHECK_THAT(info({}), !Contains("MSS="));
  CHECK_THAT(info({"--format", "markdown"}), !Contains("MSS="));
  CHECK_THAT(info({"--options"}), Contains("MSS=1460"));
  CHECK_THAT(info({"--format", "csv"}), Contains("MSS=1460"));
}

TEST_CASE("one conversation is shown with what can be inferred of its calls", "[cli]") {
  const PrintedTable table;
  const auto stream = table.print({"--stream", "0", "--columns", "No.,Stream,Cause"});
  CHECK(stream.out ==
        "   No.  Stream  Cause\n     1  tcp 0   (connect)\n     2  tcp 0   (accept)\n"
        "     3  tcp 0   kernel\n     4  tcp 0   (send)\n");
  CHECK(table.print({"--stream", "udp:0", "--columns", "No.,Stream"}).out ==
        "   No.  Stream\n     5  udp 0\n");
}

TEST_CASE("what the ends of a conversation said is told turn by turn", "[cli]") {
  const PrintedTable table;
  CHECK(table.print({"--stream", "0", "--follow"}).out ==
        "client, 4 bytes (packet 4):\n"
        "  00000000  70 69 6e 67                                      ping\n");
  CHECK(table.print({"--stream", "udp:0", "--follow"}).out ==
        "client, 3 bytes (packet 5):\n"
        "  00000000  61 62 63                                         abc\n");
  CHECK_THAT(table.print({"--follow"}).error, Contains("`--stream 0`"));
}

TEST_CASE("an explanation is there also where other columns are named", "[cli]") {
  CHECK_THAT(PrintedTable().print({"--explain", "--columns", "No.", "--packets", "1"}).out,
             StartsWith("   No.  Explanation\n     1  the client asks for a connection"));
}

TEST_CASE("a stream that is not there is named with those that are", "[cli]") {
  const auto result = PrintedTable().print({"--stream", "7"});
  CHECK(result.exit_code == 5);
  CHECK_THAT(result.error, Contains("has no stream tcp 7: it has 1 TCP connection"));
}

TEST_CASE("what is no filter or range, or does not go together, is refused at its place", "[cli]") {
  const PrintedTable table;
  const auto refused = [&](const std::vector<std::string>& options) {
    const auto result = table.print(options);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.error;
  };
  CHECK_THAT(refused({"--filter", "tcp prt"}), StartsWith("error: `tcp prt` is no filter: "));
  CHECK_THAT(refused({"--packets", "9..3"}),
             Contains("a range of packets like `5..9`, not `9..3`"));
  CHECK_THAT(refused({"--summary", "--story"}),
             Contains("one of `--summary`, `--story` and `--follow`"));
  CHECK_THAT(refused({"--since", "2s", "--until", "1s"}), Contains("before `--since` begins"));
  CHECK_THAT(refused({"--summary", "--explain"}), Contains("is for a table of packets"));
  CHECK_THAT(refused({"--story", "--format", "json"}), Contains("a story is text"));
}

}  // namespace wireproof
