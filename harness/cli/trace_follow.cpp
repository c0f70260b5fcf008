#include "cli/trace_follow.h"

#include <fmt/format.h>

#include "base/text/bytes.h"
#include "cli/options/terminal.h"
#include "play/tracing/trace_run.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

std::string render_row(const PacketLine& packet, Timestamp start) {
  return escape_control(fmt::format(
      "{:>4} {:>12}  {} > {}  {}  {}  {}", packet.number, render_milliseconds(packet.time - start),
      packet.from, packet.to, packet.info, render_call(packet.cause, packet.cause_inferred),
      render_call(packet.blocked, packet.blocked_inferred)));
}

}  // namespace

void TraceFollow::show(const TraceResult& so_far) {
  if (shown_ >= kMaxFollowedPackets) return;
  const TraceAnalysis analysis = analyse_trace(so_far);
  std::string rows;
  for (; shown_ < analysis.packets.size(); ++shown_) {
    rows += render_row(analysis.packets[shown_], analysis.packets.front().time) + "\n";
  }
  if (shown_ >= kMaxFollowedPackets) rows += "  … more packets: the table at the end has them\n";
  print_error(rows);
}

}  // namespace wireproof
