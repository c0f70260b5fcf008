#include "session/packet_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "session/failure_text.h"
#include "wire/summary.h"

namespace wireproof {
namespace {

Bytes line_payload(ByteView payload) {
  const ByteView kept = payload.first(std::min(payload.size(), kMaxLinePayload));
  return Bytes(kept.begin(), kept.end());
}

// From and to, by actor where the endpoint is one's, else by address.
void set_ends(PacketLine& line, Side from, const std::string& client, const Endpoint& client_end,
              const Endpoint& server_end) {
  const std::string name = client.empty() ? render_endpoint(client_end) : client;
  const bool from_client = from == Side::client;
  line.from = from_client ? name : "server";
  line.to = from_client ? "server" : name;
  line.from_port = from_client ? client_end.port : server_end.port;
  line.to_port = from_client ? server_end.port : client_end.port;
}

void set_cause(PacketLine& line, const CauseMap& causes, std::size_t packet) {
  const auto found = causes.find(packet);
  if (found == causes.end()) return;
  line.cause = found->second.call;
  line.cause_inferred = found->second.call_inferred;
  line.cause_side = found->second.side;
  line.blocked = found->second.blocked;
  line.blocked_inferred = found->second.blocked_inferred;
}

void set_note(PacketLine& line, const std::map<std::size_t, PacketNote>& notes,
              std::size_t packet) {
  const auto found = notes.find(packet);
  if (found == notes.end()) return;
  line.rows = fmt::format("{}", fmt::join(found->second.rows, ", "));
  line.remark = found->second.remark;
}

}  // namespace

std::vector<PacketLine> make_packet_lines(const LineContext& context) {
  std::vector<PacketLine> lines(context.packets.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].number = i + 1;
    lines[i].time = context.packets[i].raw.time;
    lines[i].length = context.packets[i].payload_size;
    set_cause(lines[i], *context.causes, i);
  }
  for (const TcpConnection& connection : context.conversations->tcp) {
    const std::string client = context.actors->actor_at(connection.client);
    for (const Segment& segment : connection.segments) {
      PacketLine& line = lines[segment.packet];
      set_ends(line, segment.from, client, connection.client, connection.server);
      line.info = render_segment_info(segment);
      line.payload = line_payload(segment.payload);
      if (segment.repeat != Repeat::none) line.remark = render_repeat(segment.repeat);
    }
  }
  for (const UdpExchange& exchange : context.conversations->udp) {
    const std::string client = context.actors->actor_at(exchange.client);
    for (const Datagram& datagram : exchange.datagrams) {
      PacketLine& line = lines[datagram.packet];
      set_ends(line, datagram.from, client, exchange.client, exchange.server);
      line.info = render_datagram_info(datagram);
      line.payload = line_payload(datagram.payload);
    }
  }
  for (const std::size_t other : context.conversations->others) {
    const Packet& packet = context.packets[other];
    const TcpHeader* tcp = packet.tcp();
    lines[other].info = render_summary(
        packet, tcp == nullptr ? RelativeNumbers{}
                               : RelativeNumbers{tcp->sequence, tcp->acknowledgement, tcp->window});
    lines[other].remark = "not of this scenario";
    if (packet.ip) {
      lines[other].from = render_ip_address(packet.ip->source);
      lines[other].to = render_ip_address(packet.ip->destination);
    }
  }
  for (std::size_t i = 0; i < lines.size(); ++i) set_note(lines[i], *context.notes, i);
  return lines;
}

}  // namespace wireproof
