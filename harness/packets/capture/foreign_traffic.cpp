#include "packets/capture/foreign_traffic.h"

#include <optional>

#include "packets/wire/transport.h"

namespace wireproof {
namespace {

// None: a packet of another protocol, or a later fragment.
std::optional<TransportPorts> ports_of(const Packet& packet) {
  if (packet.icmp() == nullptr) return packet.ports();
  const std::optional<QuotedDatagram> quoted = read_quoted_datagram(packet);
  if (!quoted) return std::nullopt;
  return TransportPorts{quoted->source.port, quoted->destination.port};
}

}  // namespace

ForeignTraffic::ForeignTraffic(const std::vector<std::uint16_t>& server_ports) {
  for (const std::uint16_t port : server_ports) server_ports_.set(port);
}

bool ForeignTraffic::is_foreign(const Packet& packet) {
  if (server_ports_.none()) return false;
  const std::optional<TransportPorts> ports = ports_of(packet);
  if (!ports) return false;
  if (server_ports_.test(ports->source) || server_ports_.test(ports->destination)) {
    partner_ports_.set(ports->source);
    partner_ports_.set(ports->destination);
    return false;
  }
  return !partner_ports_.test(ports->source) && !partner_ports_.test(ports->destination);
}

bool ForeignTraffic::keeps(const Packet& packet) {
  if (!is_foreign(packet)) return true;
  const std::size_t size = packet.raw.bytes.size();
  if (packets_ >= kMostForeignPackets || bytes_ + size > kMostForeignBytes) {
    ++left_out_;
    return false;
  }
  ++packets_;
  bytes_ += size;
  return true;
}

}  // namespace wireproof
