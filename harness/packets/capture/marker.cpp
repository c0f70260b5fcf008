#include "packets/capture/marker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/system/system_call.h"
#include "packets/wire/icmp.h"
#include "packets/wire/ip.h"

namespace wireproof {
namespace {

constexpr std::array<std::uint8_t, 4> kMarkerAddress{127, 0, 0, 1};

bool is_marker_address(const IpAddress& address) {
  return address.version == IpVersion::v4 &&
         std::equal(kMarkerAddress.begin(), kMarkerAddress.end(), address.bytes.begin());
}

sockaddr_in loopback_address() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

UniqueFd bind_marker(sockaddr_in& address) {
  UniqueFd socket(static_cast<int>(
      check_call(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open the marker socket")));
  address = loopback_address();
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);  // the socket interface's own
  check_call(::bind(socket.get(), generic, size), "bind the marker socket");
  check_call(::getsockname(socket.get(), generic, &size), "ask for the marker's port");
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
  sockaddr_in address{};
  do {
    if (socket_) refused.push_back(std::move(socket_));
    socket_ = bind_marker(address);
    port_ = ntohs(address.sin_port);
  } while (std::ranges::find(avoided, port_) != avoided.end());
  check_call(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "connect the marker socket to itself");
}

MarkerId MarkerSocket::send() const {
  MarkerId id{};
  check_call(::getrandom(id.data(), id.size(), 0), "draw a random marker");
  check_call(::send(socket_.get(), id.data(), id.size(), 0), "send a marker");
  MarkerId sink{};  // nobody else reads the socket
  check_call(::recv(socket_.get(), sink.data(), sink.size(), 0), "receive a marker");
  return id;
}

bool MarkerSocket::is_own(const Packet& packet) const {
  if (!packet.ip) return false;
  if (packet.icmp() != nullptr) return quotes_port(packet, port_);
  const UdpHeader* udp = packet.udp();
  return udp != nullptr && udp->source_port == port_ && udp->destination_port == port_ &&
         is_marker_address(packet.ip->source) && is_marker_address(packet.ip->destination);
}

bool MarkerSocket::carries(const Packet& packet, const MarkerId& id) {
  return std::ranges::equal(packet.payload, id);
}

}  // namespace wireproof
