#include <algorithm>

#include "judge/row_failures.h"
#include "judge/sections.h"
#include "packets/wire/summary.h"

namespace wireproof {
namespace {

Bytes line_payload(ByteView payload) {
  const ByteView kept = payload.first(std::min(payload.size(), kMaxLinePayload));
  return Bytes(kept.begin(), kept.end());
}

// The two ends of a conversation, as the lines name them.
struct Ends {
  std::string client_name;
  std::string server_name;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;

  // `Part`: a Segment or a Datagram.
  template <class Part>
  void fill(PacketLine& line, const Part& part) const {
    const bool from_client = part.from == Side::client;
    line.from = from_client ? client_name : server_name;
    line.to = from_client ? server_name : client_name;
    line.from_port = from_client ? client_port : server_port;
    line.to_port = from_client ? server_port : client_port;
    line.length = part.payload_size;
    line.payload = line_payload(part.payload);
  }
};

// By actor where the endpoint is one's, else by address.
template <class Conversation>
Ends ends_of(const Conversation& conversation, const std::string& actor,
             const std::string& server_name) {
  const Endpoint& client = conversation.client;
  return {actor.empty() ? render_endpoint(client) : actor, server_name, client.port,
          conversation.server.port};
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

std::vector<PacketLine> make_packet_lines(const Traffic& traffic,
                                          const std::map<std::size_t, PacketNote>& notes,
                                          const std::string& server_name) {
  const std::vector<Packet>& packets = traffic.packets();
  std::vector<PacketLine> lines(packets.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].number = i + 1;
    lines[i].time = packets[i].raw.time;
    lines[i].length = packets[i].payload_size;
    set_cause(lines[i], traffic.causes(), i);
  }
  for (const TcpConnection& connection : traffic.conversations().tcp) {
    const Ends ends = ends_of(connection, traffic.actor_of(connection), server_name);
    for (const Segment& segment : connection.segments) {
      PacketLine& line = lines[segment.packet];
      ends.fill(line, segment);
      line.info = render_segment_info(segment);
      if (segment.repeat != Repeat::none) {
        line.remark = {PacketMark::repeat, segment.repeat, {}};
      }
    }
  }
  for (const UdpExchange& exchange : traffic.conversations().udp) {
    const Ends ends = ends_of(exchange, traffic.actor_of(exchange), server_name);
    for (const Datagram& datagram : exchange.datagrams) {
      PacketLine& line = lines[datagram.packet];
      ends.fill(line, datagram);
      line.info = render_datagram_info(datagram);
    }
  }
  for (const FragmentPart& part : traffic.conversations().fragments) {
    lines[part.packet].info = render_summary(packets[part.packet], {});
    lines[part.packet].remark = {PacketMark::fragment, Repeat::none, {}, part.whole + 1};
  }
  for (const std::size_t other : traffic.conversations().others) {
    const Packet& packet = packets[other];
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
  for (std::size_t i = 0; i < lines.size(); ++i) set_note(lines[i], notes, i);
  return lines;
}

}  // namespace wireproof
