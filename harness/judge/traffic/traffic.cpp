#include "judge/traffic/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "base/text/bytes.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

CauseMap join_causes(const Conversations& conversations, const std::vector<SocketCall>& calls) {
  CauseMap map;
  const auto join = [&](std::vector<Cause> causes, const auto& parts) {
    for (std::size_t i = 0; i < causes.size(); ++i) map[parts[i].packet] = std::move(causes[i]);
  };
  for (const TcpConnection& tcp : conversations.tcp) join(infer_causes(tcp, calls), tcp.segments);
  std::vector<std::vector<Cause>> exchanges = infer_causes(conversations.udp, calls);
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    join(std::move(exchanges[i]), conversations.udp[i].datagrams);
  }
  return map;
}

// The actors' endpoints, and those of the programs among them; beside a server its own, from which
// it connects to actors.
std::vector<ActorEndpoint> claim_unknown(const Conversations& conversations,
                                         const PlayedSession& played) {
  std::vector<ActorEndpoint> endpoints = played.actors;
  if (played.programs.empty() && !played.serving.beside_server) return endpoints;
  std::set<std::pair<bool, Endpoint>> known;
  for (const ActorEndpoint& end : endpoints) known.emplace(end.tcp, end.local);
  std::size_t next = 0;
  const auto claim = [&](const Endpoint& client, const Endpoint& server, bool tcp) {
    if (!known.emplace(tcp, client).second) return;
    if (played.serving.is_opened_by_server(tcp, server)) {
      endpoints.push_back({std::string(kServerName), client, tcp});
    } else if (!played.programs.empty()) {
      endpoints.push_back({played.programs[next], client, tcp});
      next = std::min(next + 1, played.programs.size() - 1);
    }
  };
  for (const TcpConnection& connection : conversations.tcp) {
    claim(connection.client, connection.server, true);
  }
  for (const UdpExchange& exchange : conversations.udp) {
    claim(exchange.client, exchange.server, false);
  }
  return endpoints;
}

constexpr std::int64_t kFirstByte = 1;  // the position of a stream's

// Whether a segment's data is not what its stream has there, in front of what was acknowledged.
bool has_other_bytes(const TcpConnection& connection, const Segment& segment,
                     std::uint64_t acknowledged) {
  const ByteView stream = connection.stream(segment.from);
  // The position, also of what lies in front of the stream.
  const std::int64_t at = segment.numbers.seq - connection.number(segment.from, 0);
  const std::int64_t begin = std::max({at, static_cast<std::int64_t>(acknowledged), kFirstByte});
  const std::int64_t end = at + std::ssize(segment.payload);
  if (begin >= end || begin > std::ssize(stream)) return false;
  const ByteView sent = segment.payload.subspan(static_cast<std::size_t>(begin - at));
  const ByteView known = stream.subspan(static_cast<std::size_t>(begin - kFirstByte));
  return common_size(sent, known) < std::min(sent.size(), known.size());
}

ServedPorts ports_of_server(std::uint16_t tcp_port, std::uint16_t udp_port) {
  ServedPorts ports;
  if (tcp_port != 0) ports.tcp.push_back(tcp_port);
  if (udp_port != 0) ports.udp.push_back(udp_port);
  return ports;
}

// A segment whose bytes were sent before with other content, while nobody had acknowledged them:
// which of the two its receiver took (RFC 9293 §3.10.7.4) the capture does not show.
const Segment* find_other_repeat(const TcpConnection& connection) {
  std::uint64_t client_acknowledged = 0;  // of the client's positions
  std::uint64_t server_acknowledged = 0;
  for (const Segment& segment : connection.segments) {
    if (is_refused(segment.repeat)) continue;
    const bool by_client = segment.from == Side::client;
    const std::uint64_t acknowledged = by_client ? client_acknowledged : server_acknowledged;
    const bool is_data = !segment.has(tcp_flag::kSyn | tcp_flag::kRst);
    if (is_data && has_other_bytes(connection, segment, acknowledged)) {
      return &segment;
    }
    std::uint64_t& other = by_client ? server_acknowledged : client_acknowledged;
    if (segment.has(tcp_flag::kAck)) other = std::max(other, segment.ack);
  }
  return nullptr;
}

}  // namespace

DecodedCapture decode_capture(const PacketStore& packets, std::uint16_t tcp_port,
                              std::uint16_t udp_port) {
  return decode_capture(packets, ports_of_server(tcp_port, udp_port));
}

DecodedCapture decode_capture(const PacketStore& packets, ServedPorts ports) {
  DecodedCapture capture;
  capture.packets = packets.decode_all();
  capture.conversations = build_conversations(capture.packets, std::move(ports));
  return capture;
}

ServedPorts served_ports(const Scenario& scenario, std::uint16_t tcp_port, std::uint16_t udp_port) {
  ServedPorts ports = ports_of_server(tcp_port, udp_port);
  if (!scenario.session) return ports;
  ports.answers_from_other_ports = answers_from_other_ports(*scenario.session);
  for (const ListeningActor& actor :
       listening_actors(*scenario.session, scenario.front.transport)) {
    std::vector<std::uint16_t>& known = actor.tcp ? ports.tcp : ports.udp;
    if (std::ranges::find(known, actor.port) == known.end()) known.push_back(actor.port);
  }
  return ports;
}

const Datagram* find_datagram(const UdpExchange& exchange, Side from, std::uint64_t index) {
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.from != from || datagram.port_unreachable) continue;
    if (index-- == 0) return &datagram;
  }
  return nullptr;
}

std::size_t count_arrivals(const Datagram& datagram) {
  if (!has_arrived(datagram.fate)) return 0;
  return datagram.fate == PacketFate::twice ? 2 : 1;
}

const Datagram* find_arrival(const UdpExchange& exchange, Side from, std::uint64_t index) {
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.from != from || datagram.port_unreachable) continue;
    const std::size_t copies = count_arrivals(datagram);
    if (index < copies) return &datagram;
    index -= copies;
  }
  return nullptr;
}

Soundness judge_soundness(const CaptureCounts& counts) {
  Soundness soundness;
  soundness.captured = true;
  soundness.delivered = counts.delivered;
  soundness.received = counts.received;
  soundness.dropped = counts.dropped;
  soundness.start_marker = counts.start_marker;
  soundness.end_marker = counts.end_marker;
  soundness.faults = find_capture_faults(counts);
  return soundness;
}

void add_stream_faults(const Conversations& conversations, Soundness& soundness) {
  for (const TcpConnection& connection : conversations.tcp) {
    if (!connection.holes.empty()) {
      const Hole& hole = connection.holes.front();
      const bool is_one = hole.end - hole.begin == 1;  // a FIN has a place in its stream, too
      soundness.faults.push_back(fmt::format(
          "{} of the {} at {} {} acknowledged but never captured",
          is_one ? fmt::format("byte {}, or the FIN,", hole.begin)
                 : fmt::format("bytes {}..{}", hole.begin, hole.end - 1),
          side_words(hole.from), render_endpoint(connection.client), is_one ? "was" : "were"));
    }
    if (connection.truncated) {
      soundness.faults.push_back("the capture cut packets of " +
                                 render_endpoint(connection.client) + " (snaplen)");
    } else if (const Segment* const repeat = find_other_repeat(connection)) {
      soundness.faults.push_back(fmt::format(
          "bytes of the {} at {} were sent twice, in packet {} with other content",
          side_words(repeat->from), render_endpoint(connection.client), repeat->packet + 1));
    }
  }
  if (conversations.cut_packets != 0) {
    soundness.faults.push_back(fmt::format("the capture cut headers of {} (snaplen)",
                                           counted(conversations.cut_packets, "packet")));
  }
  if (conversations.broken_packets != 0) {
    soundness.faults.push_back("fragments of packets could not be put together");
  }
  for (const UdpExchange& exchange : conversations.udp) {
    if (std::ranges::any_of(exchange.datagrams, &Datagram::truncated)) {
      soundness.faults.push_back("the capture cut datagrams of " +
                                 render_endpoint(exchange.client) + " (snaplen)");
    }
  }
}

std::size_t captured_size(const TcpConnection& connection, Side from) {
  if (!has_event(connection, EventKind::open, from)) return 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> captured;
  for (const Event& event : connection.events) {
    if (event.kind == EventKind::bytes && event.from == from) {
      captured.emplace_back(event.begin, event.end);
    }
  }
  std::ranges::sort(captured);
  std::uint64_t end = kFirstByte;
  for (const auto& [begin, behind] : captured) {
    if (begin > end) break;
    end = std::max(end, behind);
  }
  return static_cast<std::size_t>(end - kFirstByte);
}

bool lacks_only_gaps(const Conversations& conversations) {
  const auto is_whole = [](const TcpConnection& connection) {
    return connection.has_syn && !connection.truncated && find_other_repeat(connection) == nullptr;
  };
  const auto is_cut = [](const UdpExchange& exchange) {
    return std::ranges::any_of(exchange.datagrams, &Datagram::truncated);
  };
  return conversations.cut_packets == 0 && conversations.broken_packets == 0 &&
         std::ranges::all_of(conversations.tcp, is_whole) &&
         std::ranges::none_of(conversations.udp, is_cut);
}

std::vector<std::string> actor_names(const Scenario& scenario) {
  std::vector<std::string> names;
  if (scenario.session) {
    const std::vector<std::string> serving = serving_actors(*scenario.session);
    for (SheetActor& actor : session_actors(*scenario.session)) {
      const bool is_client = std::ranges::find(serving, actor.name) == serving.end();
      if (is_client) names.push_back(std::move(actor.name));
    }
    return names;
  }
  for (const PacketTable& table : scenario.packet_tables) {
    if (!table.name.empty()) add_once(names, table.name);
    if (!table.name.empty()) continue;
    for (const PlacedRow& placed : table.rows) {
      if (!placed.row.client.empty()) add_once(names, placed.row.client);
    }
  }
  return names;
}

bool was_reset(const TcpConnection& connection, std::optional<Side> from) {
  return std::ranges::any_of(connection.events, [&](const Event& event) {
    return event.kind == EventKind::rst && (!from || event.from == *from) &&
           has_arrived(connection.segments[event.segment].fate);
  });
}

bool was_established(const TcpConnection& connection, const Segment& before) {
  if (!connection.has_syn) return true;
  return std::ranges::any_of(connection.segments, [&](const Segment& segment) {
    return segment.packet < before.packet && segment.from == Side::client &&
           segment.has(tcp_flag::kAck) && !segment.has(tcp_flag::kRst);
  });
}

bool is_cut_off(const TcpConnection& connection) {
  return !connection.segments.empty() && !has_event(connection, EventKind::fin) &&
         !has_event(connection, EventKind::rst);
}

std::string render_cut_off(const TcpConnection& connection) {
  return fmt::format("the capture ends before the connection of {} did",
                     render_endpoint(connection.client));
}

bool begins_in_middle(const TcpConnection& connection) {
  return !connection.segments.empty() && !has_event(connection, EventKind::open);
}

bool shows_end_only(const TcpConnection& connection) {
  return begins_in_middle(connection) && connection.client_stream.empty() &&
         connection.server_stream.empty();
}

std::string render_begun_before(const TcpConnection& connection) {
  return fmt::format("the capture begins in the middle of the connection of {}",
                     render_endpoint(connection.client));
}

Traffic::Traffic(DecodedCapture capture, const std::vector<ActorEndpoint>& actors,
                 const std::vector<SocketCall>& calls, bool claims_once,
                 const ServingActors& serving)
    : capture_(std::move(capture)), causes_(join_causes(capture_.conversations, calls)) {
  std::map<std::pair<bool, Endpoint>, std::deque<std::string>> claims;
  for (const ActorEndpoint& end : actors) {
    claims[{end.tcp, end.local}].push_back(end.actor);
    entry(end.actor);
  }
  const auto take = [&](bool tcp, const Endpoint& client) -> ActorConversations* {
    const auto found = claims.find({tcp, client});
    if (found == claims.end() || found->second.empty()) return nullptr;
    ActorConversations& owner = entry(found->second.front());
    if (found->second.size() > 1 || claims_once) found->second.pop_front();
    return &owner;
  };
  for (const TcpConnection& connection : capture_.conversations.tcp) {
    ActorConversations* const owner = take(true, connection.client);
    if (owner == nullptr) continue;
    owner->tcp.push_back(&connection);
    owners_.emplace(&connection, owner->actor);
  }
  for (const UdpExchange& exchange : capture_.conversations.udp) {
    ActorConversations* const owner = take(false, exchange.client);
    if (owner == nullptr) continue;
    owner->udp.push_back(&exchange);
    owners_.emplace(&exchange, owner->actor);
  }
  find_servers(serving);
}

// By who accepted it, the first of its client first; else by the port.
void Traffic::find_servers(const ServingActors& serving) {
  std::map<std::pair<bool, Endpoint>, std::deque<std::string>> accepted;
  for (const AcceptedConnection& each : serving.accepted) {
    accepted[{each.tcp, each.client}].push_back(each.actor);
  }
  const auto find = [&](const void* conversation, bool tcp, const Endpoint& client,
                        std::uint16_t port) {
    const auto listening = std::ranges::find_if(
        serving.listening,
        [&](const ListeningActor& actor) { return actor.tcp == tcp && actor.port == port; });
    if (listening == serving.listening.end()) return;
    std::string name = listening->name;
    std::deque<std::string>& takers = accepted[{tcp, client}];
    if (!takers.empty()) name = takers.front();
    if (takers.size() > 1) takers.pop_front();
    servers_.emplace(conversation, std::move(name));
  };
  for (const TcpConnection& connection : capture_.conversations.tcp) {
    find(&connection, true, connection.client, connection.server.port);
  }
  for (const UdpExchange& exchange : capture_.conversations.udp) {
    find(&exchange, false, exchange.client, exchange.server.port);
  }
}

const std::string& Traffic::server_name(const void* conversation) const {
  static const std::string kServer;
  const auto server = servers_.find(conversation);
  return server == servers_.end() ? kServer : server->second;
}

ActorConversations Traffic::between(const ActorConversations* client,
                                    const std::string& server) const {
  ActorConversations found;
  const auto add = [&](const auto& conversation, auto& list) {
    if (server_of(*conversation) == server) list.push_back(conversation);
  };
  if (client != nullptr) {
    found.actor = client->actor;
    for (const TcpConnection* connection : client->tcp) add(connection, found.tcp);
    for (const UdpExchange* exchange : client->udp) add(exchange, found.udp);
    return found;
  }
  for (const TcpConnection& connection : capture_.conversations.tcp) add(&connection, found.tcp);
  for (const UdpExchange& exchange : capture_.conversations.udp) add(&exchange, found.udp);
  return found;
}

ActorConversations& Traffic::entry(const std::string& actor) {
  const auto [found, is_new] = indexes_.emplace(actor, actors_.size());
  if (is_new) actors_.push_back({actor, {}, {}});
  return actors_[found->second];
}

const ActorConversations* Traffic::find(const std::string& actor) const {
  const auto found = indexes_.find(actor);
  return found == indexes_.end() ? nullptr : &actors_[found->second];
}

const std::string& Traffic::name_of(const void* conversation) const {
  static const std::string kNobody;
  const auto owner = owners_.find(conversation);
  return owner == owners_.end() ? kNobody : owner->second;
}

std::vector<const TcpConnection*> Traffic::left_over_tcp() const {
  std::vector<const TcpConnection*> left;
  for (const TcpConnection& connection : capture_.conversations.tcp) {
    if (!owners_.contains(&connection)) left.push_back(&connection);
  }
  return left;
}

std::vector<const UdpExchange*> Traffic::left_over_udp() const {
  std::vector<const UdpExchange*> left;
  for (const UdpExchange& exchange : capture_.conversations.udp) {
    if (!owners_.contains(&exchange)) left.push_back(&exchange);
  }
  return left;
}

Timestamp Traffic::start() const {
  const auto first = std::ranges::find_if(capture_.packets,
                                          [](const Packet& packet) { return packet.raw.has_time; });
  return first == capture_.packets.end() ? Timestamp() : first->raw.time;
}

Traffic assign_traffic(DecodedCapture capture, const PlayedSession& played, bool offline) {
  const std::vector<ActorEndpoint> actors = claim_unknown(capture.conversations, played);
  return {std::move(capture), actors, played.calls, offline, played.serving};
}

}  // namespace wireproof
