#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "catch.h"
#include "live/python.h"
#include "play/tracing/trace_run.h"
#include "report/trace_report.h"
#include "result/packet_line.h"
#include "support/mount_root.h"

// Whole runs of small programs whose sockets are of kinds that need more than one client and one
// connection.

namespace wireproof {
namespace {

using Cells = std::vector<std::string>;

TraceRequest request_of(const std::string& server, const std::string& client) {
  TraceRequest request;
  request.server = "python3 server.py " + server;
  request.clients = {{client.empty() ? "true" : "python3 client.py " + client, ""}};
  request.folder = std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/fixtures/traced";
  return request;
}

// From, to, cause and blocked of each packet of a conversation: members of a group are reported by
// packets of their own (IGMP), whenever the kernel likes.
std::vector<Cells> rows_of(const TraceAnalysis& analysis) {
  std::vector<Cells> rows;
  for (const PacketLine& packet : analysis.packets) {
    if (packet.remark.mark == PacketMark::stranger) continue;
    rows.push_back({packet.from, packet.to, render_call(packet.cause, packet.cause_inferred),
                    render_call(packet.blocked, packet.blocked_inferred)});
  }
  return rows;
}

bool tells(const TraceAnalysis& analysis, const std::string& words) {
  return std::ranges::any_of(analysis.conversations, [&words](const TraceConversation& told) {
    return std::ranges::any_of(told.story, [&words](const std::string& sentence) {
      return sentence.find(words) != std::string::npos;
    });
  });
}

bool notes(const std::vector<std::string>& lines, const std::string& words) {
  return std::ranges::any_of(
      lines, [&words](const std::string& line) { return line.find(words) != std::string::npos; });
}

const std::vector<Cells> kQuestionAndAnswer{{"client.py", "server.py", "sendto", "recvfrom"},
                                            {"server.py", "client.py", "sendto", "recvfrom"}};

}  // namespace

TEST_CASE("multicast and broadcast reach every member in the private network", "[session]") {
  if (!has_python()) return;
  const TraceResult group = run_trace(request_of("group", "ask-group"));
  CHECK(group.programs.at(1).output == "QUESTION\n");
  const TraceAnalysis analysis = analyse_trace(group);
  CHECK(rows_of(analysis) == kQuestionAndAnswer);
  const auto question =
      std::ranges::find(analysis.packets, PacketMark::none,
                        [](const PacketLine& packet) { return packet.remark.mark; });
  REQUIRE(question != analysis.packets.end());
  CHECK(question->taking_calls.size() == 2);
  CHECK(tells(analysis, "client.py had sent to 224.1.1.1:12345"));

  const TraceResult broadcast = run_trace(request_of("broadcast", "ask-all"));
  CHECK(broadcast.programs.at(1).output == "QUESTION\n");
  CHECK(rows_of(analyse_trace(broadcast)) == kQuestionAndAnswer);
}

TEST_CASE("a server that answers from another port keeps its name and its calls", "[session]") {
  if (!has_python()) return;
  const TraceAnalysis analysis = analyse_trace(run_trace(request_of("other-port", "ask")));
  CHECK(rows_of(analysis) == kQuestionAndAnswer);
  CHECK(tells(analysis, "server.py answered from port "));
  CHECK(tells(analysis, "server.py sent 1 datagram; client.py received all"));
}

TEST_CASE("a cut datagram and a refused one are told with the calls that met them", "[session]") {
  if (!has_python()) return;
  const TraceAnalysis analysis = analyse_trace(run_trace(request_of("small-buffer", "ask-nobody")));
  const std::vector<Cells> rows = rows_of(analysis);
  REQUIRE(rows.size() == 4);
  CHECK(rows.at(0) == Cells{"client.py", "127.0.0.1:12346", "send", ""});
  CHECK(rows.at(1) == Cells{"127.0.0.1:12346", "client.py", "kernel", "recv"});
  CHECK(tells(analysis, "client.py's recv failed with it (packet 2): Connection refused"));
  CHECK(
      tells(analysis,
            "server.py took 4 of the 8 bytes of packet 3: the buffer of recvfrom was smaller, the "
            "other 4 are gone"));
}

TEST_CASE("children that nobody waits for are told, and rows name process and ports", "[session]") {
  if (!has_python()) return;
  const TraceResult result = run_trace(request_of("leave-children", "connect-twice"));
  CHECK(notes(result.notes, "server.py has not waited for 2 processes"));
  const TraceAnalysis analysis = analyse_trace(result);
  const std::vector<std::string> columns = trace_columns(analysis);
  CHECK(std::ranges::find(columns, "Src Port") != columns.end());
  CHECK(std::ranges::find(columns, "Process") != columns.end());
}

TEST_CASE("what the private network refuses a program is told as its limit", "[session]") {
  if (!has_python()) return;
  std::vector<Note> why;
  try {
    run_trace(request_of("wrong-address", ""));
  } catch (const TraceRefused& refused) {
    why = refused.notes;
  }
  CHECK(std::ranges::any_of(why, [](const Note& note) {
    return note.label == "why" &&
           note.text.starts_with("server.py: bind to 192.168.1.20:12345 failed");
  }));
  // A root that is in a chroot gets its network without a user namespace, and keeps its groups.
  if (::getuid() == 0 && !is_mount_root("/")) {
    WARN("skipped: there are no user namespaces in a chroot");
    return;
  }
  CHECK(notes(run_trace(request_of("drop-groups", "")).notes, "server.py: setgroups failed"));
}

}  // namespace wireproof
