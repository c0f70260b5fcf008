#include <algorithm>

#include "judge/judge.h"
#include "judge/row_failures.h"
#include "packets/wire/summary.h"

namespace wireproof {
namespace {

// What a line says of a Segment or Datagram of a conversation. `client_name`: the actor, where it
// is one's; else the address stands for it.
template <class Conversation, class Part>
void set_part(PacketLine& line, const Conversation& conversation, const Part& part,
              const std::string& client_name, const std::string& server_name) {
  const Endpoint& client = conversation.client;
  line.from = client_name.empty() ? render_endpoint(client) : client_name;
  line.from_port = client.port;
  line.to = server_name;
  line.to_port = conversation.server.port;
  if (part.from == Side::server) {
    std::swap(line.from, line.to);
    std::swap(line.from_port, line.to_port);
  }
  line.length = part.payload_size;
  const ByteView kept = part.payload.first(std::min(part.payload.size(), kMaxLinePayload));
  line.payload.assign(kept.begin(), kept.end());
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
  // That it came late a row that has the packet does not say.
  const bool is_late = line.remark.repeat == Repeat::out_of_order;
  if (!is_late || found->second.remark != PacketRemark{}) line.remark = found->second.remark;
}

// Of a packet that is in no conversation, as another one stands for it.
void set_twin(std::vector<PacketLine>& lines, std::size_t packet, std::size_t twin,
              PacketMark mark) {
  lines[packet].from = lines[twin].from;
  lines[packet].to = lines[twin].to;
  lines[packet].info = lines[twin].info;
  lines[packet].remark = {mark, Repeat::none, {}, twin + 1};
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
    lines[i].fate = packets[i].raw.fate;
    set_cause(lines[i], traffic.causes(), i);
  }
  const auto server_of = [&](const auto& conversation) {
    const std::string& actor = traffic.server_of(conversation);
    return actor.empty() ? server_name : actor;
  };
  for (const TcpConnection& connection : traffic.conversations().tcp) {
    const std::string& actor = traffic.actor_of(connection);
    const std::string server = server_of(connection);
    for (const Segment& segment : connection.segments) {
      PacketLine& line = lines[segment.packet];
      set_part(line, connection, segment, actor, server);
      line.info = render_segment_info(segment);
      if (segment.repeat != Repeat::none) {
        line.remark = {PacketMark::repeat, segment.repeat, {}};
      }
    }
  }
  for (const UdpExchange& exchange : traffic.conversations().udp) {
    const std::string& actor = traffic.actor_of(exchange);
    const std::string server = server_of(exchange);
    for (const Datagram& datagram : exchange.datagrams) {
      PacketLine& line = lines[datagram.packet];
      set_part(line, exchange, datagram, actor, server);
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
  for (const CapturedCopy& copy : traffic.conversations().copies) {
    set_twin(lines, copy.packet, copy.first, PacketMark::copy);
    // The line of a last fragment is that of the whole packet; its copy makes none.
    const Packet& packet = packets[copy.packet];
    if (packet.ip->is_fragment()) lines[copy.packet].info = render_summary(packet, {});
  }
  for (const DamagedCopy& copy : traffic.conversations().damaged) {
    set_twin(lines, copy.packet, copy.good, PacketMark::damaged);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) set_note(lines[i], notes, i);
  return lines;
}

}  // namespace wireproof
