#include "machine/host/socket_table.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "machine/host/netlink.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kAllStates = ~0U;

// include/net/tcp_states.h of Linux 6.1, from 1; NEW_SYN_RECV is a SYN-RECEIVED that has no full
// socket yet.
constexpr std::array<const char*, 13> kTcpStates{
    "CLOSED", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2",  "TIME-WAIT",
    "CLOSED", "CLOSE-WAIT",  "LAST-ACK", "LISTEN",       "CLOSING",    "SYN-RECEIVED"};
constexpr std::uint8_t kEstablished = 1;
constexpr std::uint8_t kIpv4 = AF_INET;
constexpr std::uint8_t kIpv6 = AF_INET6;

std::string render_state(bool tcp, std::uint8_t state) {
  if (!tcp) return state == kEstablished ? "ESTABLISHED" : "UNCONN";
  return state < kTcpStates.size() ? kTcpStates[state] : "CLOSED";
}

Endpoint read_endpoint(std::uint8_t family, const std::uint32_t* address, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.port = ntohs(port);
  endpoint.address.version = family == AF_INET ? IpVersion::v4 : IpVersion::v6;
  std::memcpy(endpoint.address.bytes.data(), address, family == AF_INET ? 4 : 16);
  // A dual-stack socket has its IPv4 peer as ::ffff:a.b.c.d.
  endpoint.address = unmap_ipv4(endpoint.address);
  return endpoint;
}

SocketEntry read_entry(const inet_diag_msg& message, bool tcp) {
  const inet_diag_sockid& id = message.id;
  SocketEntry entry;
  entry.tcp = tcp;
  entry.local = read_endpoint(message.idiag_family, id.idiag_src, id.idiag_sport);
  entry.remote = read_endpoint(message.idiag_family, id.idiag_dst, id.idiag_dport);
  entry.state = render_state(tcp, message.idiag_state);
  entry.receive_queue = message.idiag_rqueue;
  entry.send_queue = message.idiag_wqueue;
  return entry;
}

void add_sockets(bool tcp, std::uint8_t family, std::uint16_t port,
                 std::vector<SocketEntry>& entries) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* query =
      static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2)));
  query->sdiag_family = family;
  query->sdiag_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
  query->idiag_states = kAllStates;
  Netlink netlink(NETLINK_SOCK_DIAG);
  netlink.request(*message, "list sockets", [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
    const auto* entry = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&answer));
    // An IPv6 listing also has the IPv4 sockets of some kernels.
    if (entry->idiag_family != family) return;
    if (entry->id.idiag_sport != htons(port) && entry->id.idiag_dport != htons(port)) return;
    entries.push_back(read_entry(*entry, tcp));
  });
}

auto order_key(const SocketEntry& entry) {
  const bool has_peer = entry.remote.port != 0;
  return std::tuple(!entry.tcp, has_peer, entry.local, entry.remote);
}

}  // namespace

std::vector<SocketEntry> read_socket_table(const SocketPorts& ports) {
  std::vector<SocketEntry> entries;
  for (const std::uint8_t family : {kIpv4, kIpv6}) {
    if (ports.tcp != 0) add_sockets(true, family, ports.tcp, entries);
    if (ports.udp != 0) add_sockets(false, family, ports.udp, entries);
  }
  std::ranges::stable_sort(entries, {}, order_key);
  return entries;
}

}  // namespace wireproof
