#include "packets/capture/marker.h"

#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/system/deadline.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "packets/wire/ip.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kMarkerLimit{5};

constexpr IpAddress kMarkerAddress{IpVersion::v4, {127, 0, 0, 1}};

UniqueFd bind_marker() {
  UniqueFd socket =
      check_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open the marker socket");
  const SocketAddress any = write_socket_address({kMarkerAddress, 0});
  check_call(::bind(socket.get(), any.get(), any.size), "bind the marker socket");
  return socket;
}

bool quotes_port(const Packet& packet, std::uint16_t port) {
  const std::optional<QuotedDatagram> quoted = read_quoted_datagram(packet);
  return quoted && quoted->protocol == ip_protocol::kUdp && quoted->source.port == port &&
         quoted->destination.port == port;
}

}  // namespace

MarkerSocket::MarkerSocket(const std::vector<std::uint16_t>& avoided) {
  std::vector<UniqueFd> refused;  // held, so that the system chooses another port each time
  do {
    if (socket_) refused.push_back(std::move(socket_));
    socket_ = bind_marker();
    port_ = local_endpoint(socket_.get()).port;
  } while (std::ranges::find(avoided, port_) != avoided.end());
  const SocketAddress own = write_socket_address({kMarkerAddress, port_});
  check_call(::connect(socket_.get(), own.get(), own.size), "connect the marker socket to itself");
}

MarkerId MarkerSocket::send() const {
  MarkerId id{};
  check_call(::getrandom(id.data(), id.size(), 0), "draw a random marker");
  check_call(::send(socket_.get(), id.data(), id.size(), 0), "send a marker");
  // It is there at once, unless something of this machine drops what goes over the loopback.
  if (!await_readable(socket_.get(), Deadline(kMarkerLimit), "wait for a marker")) {
    throw SystemError("receive a marker", ETIMEDOUT);
  }
  MarkerId sink{};  // nobody else reads the socket
  check_call(::recv(socket_.get(), sink.data(), sink.size(), 0), "receive a marker");
  return id;
}

bool MarkerSocket::is_own(const Packet& packet) const {
  if (!packet.ip) return false;
  if (packet.icmp() != nullptr) return quotes_port(packet, port_);
  const UdpHeader* udp = packet.udp();
  return udp != nullptr && udp->source_port == port_ && udp->destination_port == port_ &&
         packet.ip->source == kMarkerAddress && packet.ip->destination == kMarkerAddress;
}

bool MarkerSocket::carries(const RawPacket& raw, const MarkerId& id) {
  return raw.bytes.size() >= id.size() && std::ranges::equal(raw.bytes.last(id.size()), id);
}

}  // namespace wireproof
