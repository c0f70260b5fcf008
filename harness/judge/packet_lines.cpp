#include "judge/packet_lines.h"

#include <algorithm>

#include "judge/failure_text.h"
#include "packets/wire/summary.h"

namespace wireproof {
namespace {

Bytes line_payload(ByteView payload) {
  const ByteView kept = payload.first(std::min(payload.size(), kMaxLinePayload));
  return Bytes(kept.begin(), kept.end());
}

// From and to, by actor where the endpoint is one's, else by address.
template <class Conversation>
void set_ends(PacketLine& line, Side from, const Conversation& conversation,
              const LineContext& context) {
  const Endpoint& client = conversation.client;
  std::string name = context.actors->actor_at(client);
  if (name.empty()) name = render_endpoint(client);
  const bool from_client = from == Side::client;
  line.from = from_client ? name : context.server_name;
  line.to = from_client ? context.server_name : name;
  line.from_port = from_client ? client.port : conversation.server.port;
  line.to_port = from_client ? conversation.server.port : client.port;
}

void set_cause(PacketLine& line, const CauseMap& causes, std::size_t packet) {
  const auto found = causes.find(packet);
  if (found == causes.end()) return;
  line.cause = found->second.call;
  line.cause_inferred = found->second.call_inferred;
  line.cause_side = found->second.side;
  line.blocked = found->second.blocked;
  line.blocked_inferred = found->second.blocked_inferred;
  line.causing_calls = found->second.causing_calls;
  line.taking_calls = found->second.taking_calls;
}

void set_note(PacketLine& line, const std::map<std::size_t, PacketNote>& notes,
              std::size_t packet) {
  const auto found = notes.find(packet);
  if (found == notes.end()) return;
  line.rows = found->second.rows;
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
    for (const Segment& segment : connection.segments) {
      PacketLine& line = lines[segment.packet];
      set_ends(line, segment.from, connection, context);
      line.info = render_segment_info(segment);
      line.payload = line_payload(segment.payload);
      if (segment.repeat != Repeat::none) {
        line.remark = {PacketMark::repeat, segment.repeat, {}};
      }
    }
  }
  for (const UdpExchange& exchange : context.conversations->udp) {
    for (const Datagram& datagram : exchange.datagrams) {
      PacketLine& line = lines[datagram.packet];
      set_ends(line, datagram.from, exchange, context);
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
    lines[other].remark = {PacketMark::stranger};
    if (packet.ip) {
      lines[other].from = render_ip_address(packet.ip->source);
      lines[other].to = render_ip_address(packet.ip->destination);
    }
  }
  for (std::size_t i = 0; i < lines.size(); ++i) set_note(lines[i], *context.notes, i);
  return lines;
}

}  // namespace wireproof
