#include "machine/host/listening.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <cstring>
#include <functional>

#include "machine/host/netlink.h"

namespace wireproof {
namespace {

// Hands on every socket that listens (TCP) or is bound (UDP) on the port.
void list_sockets(ListenProtocol protocol, int family, std::uint16_t port,
                  const std::function<void(const inet_diag_msg&)>& sink) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* query =
      static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2)));
  query->sdiag_family = static_cast<std::uint8_t>(family);
  query->sdiag_protocol = protocol == ListenProtocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  // A bound UDP socket without a peer is in the state that TCP calls CLOSE.
  query->idiag_states = 1U << (protocol == ListenProtocol::tcp ? TCP_LISTEN : TCP_CLOSE);
  query->id.idiag_sport = htons(port);
  Netlink netlink(NETLINK_SOCK_DIAG);
  netlink.request(*message, "list listening sockets", [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
    const auto* entry = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&answer));
    if (entry->id.idiag_sport == htons(port)) sink(*entry);
  });
}

// The wildcard address of IPv6 takes IPv4 as well, unless IPV6_V6ONLY is set: that cannot be asked
// for here, and such a server would also have a socket for IPv4.
bool takes(const inet_diag_msg& socket, const IpAddress& address) {
  IpAddress own;
  own.version = socket.idiag_family == AF_INET ? IpVersion::v4 : IpVersion::v6;
  std::memcpy(own.bytes.data(), socket.id.idiag_src, own.version == IpVersion::v4 ? 4 : 16);
  const bool is_wildcard = own.bytes == IpAddress{}.bytes;
  return (is_wildcard && (own.version == IpVersion::v6 || address.version == IpVersion::v4)) ||
         unmap_ipv4(own) == address;
}

}  // namespace

bool is_listening(ListenProtocol protocol, std::uint16_t port) {
  bool found = false;
  for (const int family : {AF_INET, AF_INET6}) {
    list_sockets(protocol, family, port, [&](const inet_diag_msg&) { found = true; });
  }
  return found;
}

std::vector<std::uint32_t> find_listening_sockets(ListenProtocol protocol,
                                                  const Endpoint& endpoint) {
  std::vector<std::uint32_t> inodes;
  for (const int family : {AF_INET, AF_INET6}) {
    list_sockets(protocol, family, endpoint.port, [&](const inet_diag_msg& socket) {
      if (takes(socket, endpoint.address)) inodes.push_back(socket.idiag_inode);
    });
  }
  return inodes;
}

bool has_unread_datagrams(std::uint16_t port) {
  bool found = false;
  for (const int family : {AF_INET, AF_INET6}) {
    list_sockets(ListenProtocol::udp, family, port, [&](const inet_diag_msg& socket) {
      if (socket.idiag_rqueue != 0) found = true;
    });
  }
  return found;
}

}  // namespace wireproof
