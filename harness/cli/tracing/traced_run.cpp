#include "cli/tracing/traced_run.h"

#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/time.h"
#include "cli/options/command_line.h"
#include "play/tracing/trace_run.h"
#include "result/packet_line.h"
#include "result/verdict.h"

namespace wireproof {
namespace {

// All packets are joined again for each new one: from here on only the table at the end has them.
constexpr std::size_t kMaxFollowedPackets = 2000;

std::string render_row(const PacketLine& packet, Timestamp start) {
  return escape_control(fmt::format(
      "{:>4} {:>12}  {} > {}  {}  {}  {}", packet.number, render_milliseconds(packet.time - start),
      packet.from, packet.to, packet.info, render_call(packet.cause, packet.cause_inferred),
      render_call(packet.blocked, packet.blocked_inferred)));
}

}  // namespace

std::function<void(const TraceResult&)> follow_packets() {
  return [shown = std::size_t{0}](const TraceResult& so_far) mutable {
    if (shown >= kMaxFollowedPackets) return;
    const TraceAnalysis analysis = analyse_trace(so_far);
    std::string rows;
    for (; shown < analysis.packets.size(); ++shown) {
      rows += render_row(analysis.packets[shown], analysis.packets.front().time) + "\n";
    }
    if (shown >= kMaxFollowedPackets) rows += "  … more packets: the table at the end has them\n";
    print_error(rows);
  };
}

int exit_code_of(const TraceResult& result, const TraceAnalysis& analysis) {
  if (result.interrupted) return kExitInterrupted;
  if (analysis.soundness.faults.empty()) return kExitPassed;
  print_error("error: the capture is unsound, the table proves nothing: " +
              analysis.soundness.faults.front() + "\n");
  return kExitCouldNotRun;
}

}  // namespace wireproof
