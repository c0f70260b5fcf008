#include "play/client/connection_watch.h"

namespace wireproof {
namespace {

// Modulo 2^32 (RFC 9293 §3.4).
bool at_or_after(std::uint32_t left, std::uint32_t right) {
  return static_cast<std::int32_t>(left - right) >= 0;
}

bool has(const TcpHeader& tcp, std::uint16_t flag) {
  return (tcp.flags & flag) != 0;
}

}  // namespace

void ConnectionWatch::open(Connection& connection, bool is_new) {
  // A SYN on the addresses of an ended connection opens another one; on an open one it is a
  // retransmission.
  if (!is_new && !connection.ended) return;
  connection = Connection{};
  ++open_count_;
}

void ConnectionWatch::end(Connection& connection) {
  connection.ended = true;
  --open_count_;
}

void ConnectionWatch::see(const Packet& packet) {
  const TcpHeader* tcp = packet.tcp();
  if (tcp == nullptr || !packet.ip) return;
  const bool to_server = server_port_ == 0 || tcp->destination_port == server_port_;
  if (!to_server && tcp->source_port != server_port_) return;

  const Endpoint source{packet.ip->source, tcp->source_port};
  const Endpoint destination{packet.ip->destination, tcp->destination_port};
  const bool from_lower = source < destination;
  const auto key = from_lower ? std::pair(source, destination) : std::pair(destination, source);
  if (to_server && has(*tcp, tcp_flag::kSyn) && !has(*tcp, tcp_flag::kAck)) {
    const auto [entry, is_new] = connections_.try_emplace(key);
    open(entry->second, is_new);
    return;
  }

  const auto entry = connections_.find(key);
  if (entry == connections_.end() || entry->second.ended) return;
  Connection& connection = entry->second;
  Half& own = connection.halves[from_lower ? 0 : 1];
  Half& peer = connection.halves[from_lower ? 1 : 0];
  if (has(*tcp, tcp_flag::kFin)) own.fin_end = tcp->sequence + packet.payload_size + 1;
  if (has(*tcp, tcp_flag::kAck) && peer.fin_end &&
      at_or_after(tcp->acknowledgement, *peer.fin_end)) {
    peer.fin_acknowledged = true;
  }
  const bool closed = own.fin_acknowledged && peer.fin_acknowledged;
  if (closed || has(*tcp, tcp_flag::kRst)) end(connection);
}

}  // namespace wireproof
