#include <fmt/format.h>

#include "catch.h"
#include "packets/capture/pcapng_writer.h"
#include "result/capture/capture_notes.h"
#include "support/packet_builder.h"
#include "support/skip_test.h"
#include "support/temporary_folder.h"
#include "wireshark/tshark_run.h"

namespace wireproof {
namespace {

// A SYN that connect sent and its answer, which is no row's; the server waited in accept.
struct KeptCapture {
  KeptCapture() {
    const Endpoint client = endpoint("127.0.0.2:40000");
    const Endpoint server = endpoint("127.0.0.1:12345");
    append(store, {Duration(0), client, server, tcp_flag::kSyn, 1, 0, 64240, {}, ""});
    append(
        store,
        {Duration(10'000), server, client, tcp_flag::kSyn | tcp_flag::kAck, 1, 2, 64240, {}, ""});
    lines.resize(2);
    lines[0] = line(1, "client.py", "server.py");
    lines[0].cause.calls = {"connect"};
    lines[0].blocked.calls = {"accept"};
    call_packets = {{{}, {0}}};
    lines[0].time = kTestStart;
    lines[0].rows = {{"", 1}};
    lines[1] = line(2, "server.py", "client.py");
    lines[1].remark.mark = PacketMark::unexpected;
    SocketCall accept;
    accept.actor = "server.py\x1b";
    accept.name = "accept";
    accept.process = 17;
    accept.entered = kTestStart - Duration(1'000'000);
    accept.returned = kTestStart + Duration(20'000);
    accept.result = 5;
    calls = {accept};
  }

  static PacketLine line(std::size_t number, const char* from, const char* to) {
    PacketLine made;
    made.number = number;
    made.from = from;
    made.to = to;
    return made;
  }

  // What tshark prints of it; `-X lua_script` is the script that is installed.
  std::string tshark(const std::string& arguments, bool with_calls = true) const {
    const TemporaryFolder folder;
    write_pcapng(folder.file("a.pcapng"), store,
                 make_capture_notes({store, lines, calls, call_packets, {}, with_calls}));
    return command_output(fmt::format(
        "HOME={} tshark -r {} -X lua_script:{}/harness/cli/wireshark/wireproof.lua {} 2>/dev/null",
        folder.path().string(), folder.file("a.pcapng").string(), WIREPROOF_SOURCE_DIR, arguments));
  }

  PacketStore store;
  std::vector<PacketLine> lines;
  std::vector<SocketCall> calls;
  std::vector<CallPackets> call_packets;
};

}  // namespace

TEST_CASE("tshark finds what a kept capture says of its packets as fields", "[wireshark]") {
  if (!has_tshark()) return skip_test("tshark is not installed");
  const KeptCapture kept;
  CHECK(kept.tshark("-T fields -E separator=, -e wireproof.cause -e wireproof.blocked "
                    "-e wireproof.row -e wireproof.verdict -e wireproof.remark -Y tcp") ==
        "connect,accept,1,pass,\n,,,fail,unexpected\n");
  CHECK(kept.tshark("-T fields -e frame.packet_id -Y 'wireproof.verdict == \"fail\"'") == "2\n");
}

TEST_CASE("packets that failed are errors of tshark's expert information", "[wireshark]") {
  if (!has_tshark()) return skip_test("tshark is not installed");
  CHECK(KeptCapture().tshark("-T fields -e tcp.srcport -Y wireproof.failed") == "12345\n");
}

TEST_CASE("tshark names the programs by their addresses", "[wireshark]") {
  if (!has_tshark()) return skip_test("tshark is not installed");
  CHECK(
      KeptCapture().tshark("-N n -T fields -E separator=, -e ip.src_host -e ip.dst_host -Y tcp") ==
      "client.py,server.py\nserver.py,client.py\n");
}

TEST_CASE("calls are rows between the packets, which can be filtered", "[wireshark]") {
  if (!has_tshark()) return skip_test("tshark is not installed");
  const KeptCapture kept;
  CHECK(kept.tshark("-T fields -E separator=, -e frame.number -e systemd_journal.comm "
                    "-e systemd_journal.pid -e systemd_journal.message -Y systemd_journal") ==
        "1,server.py\\x1b,17,accept waits\n"
        "4,server.py\\x1b,17,accept = 5, had waited 1.020 ms\n");
  CHECK(kept.tshark("-T fields -e frame.number", false) == "1\n2\n");
}

}  // namespace wireproof
