#include "cli/table/drawn_capture.h"

#include <algorithm>
#include <utility>

#include "play/tracing/trace_run.h"
#include "report/html/html.h"

namespace wireproof {
namespace {

void name_ends(const std::vector<Packet>& packets, std::vector<PacketLine>& lines) {
  const bool is_one_host = std::ranges::any_of(packets, [](const Packet& packet) {
    return packet.ip && packet.ip->source == packet.ip->destination;
  });
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!packets[i].ip) continue;
    const IpInfo& ip = *packets[i].ip;
    const auto ports = packets[i].ports();
    const bool with_ports = is_one_host && ports;
    lines[i].from =
        with_ports ? render_endpoint({ip.source, ports->source}) : render_ip_address(ip.source);
    lines[i].to = with_ports ? render_endpoint({ip.destination, ports->destination})
                             : render_ip_address(ip.destination);
  }
}

}  // namespace

std::string draw_capture(PacketStore packets, const std::vector<bool>& shown, TraceFormat format) {
  TraceResult result;
  result.packets = std::move(packets);
  TraceAnalysis analysis = analyse_trace(result);
  name_ends(result.packets.decode_all(), analysis.packets);
  std::erase_if(analysis.packets,
                [&shown](const PacketLine& line) { return !shown[line.number - 1]; });
  TraceReport report;
  report.format = format;
  report.language = Language::english;
  return render_trace_report(result, analysis, report);
}

}  // namespace wireproof
