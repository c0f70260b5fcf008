#include "machine/host/socket_list.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "base/system/proc.h"
#include "machine/host/child_processes.h"
#include "machine/host/network.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kAllStates = ~0U;

// include/net/tcp_states.h of Linux 6.1, from 1; NEW_SYN_RECV is a SYN-RECEIVED that has no full
// socket yet.
constexpr std::array<const char*, 13> kTcpStates{
    "CLOSED", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2",  "TIME-WAIT",
    "CLOSED", "CLOSE-WAIT",  "LAST-ACK", "LISTEN",       "CLOSING",    "SYN-RECEIVED"};

struct Query {
  ListenProtocol protocol = ListenProtocol::tcp;
  std::uint32_t states = kAllStates;  // one bit each
  std::uint16_t local_port = 0;       // 0: any
};

using SocketSink = std::function<void(const inet_diag_msg&)>;

void list_family(const Query& wanted, std::uint8_t family, const SocketSink& sink) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* query =
      static_cast<inet_diag_req_v2*>(mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2)));
  query->sdiag_family = family;
  query->sdiag_protocol = wanted.protocol == ListenProtocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
  query->idiag_states = wanted.states;
  query->id.idiag_sport = htons(wanted.local_port);
  ask_netlink(NETLINK_SOCK_DIAG, *message, "list sockets", [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type != SOCK_DIAG_BY_FAMILY) return;
    const auto* socket = static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(&answer));
    // An IPv6 listing also has the IPv4 sockets of some kernels.
    if (socket->idiag_family != family) return;
    if (wanted.local_port == 0 || socket->id.idiag_sport == htons(wanted.local_port)) sink(*socket);
  });
}

void list_sockets(const Query& wanted, const SocketSink& sink) {
  for (const int family : {AF_INET, AF_INET6}) {
    list_family(wanted, static_cast<std::uint8_t>(family), sink);
  }
}

// A bound UDP socket without a peer is in the state that TCP calls CLOSE.
Query listening_on(ListenProtocol protocol, std::uint16_t port) {
  return {protocol, 1U << (protocol == ListenProtocol::tcp ? TCP_LISTEN : TCP_CLOSE), port};
}

// A dual-stack socket has its IPv4 peer as ::ffff:a.b.c.d.
Endpoint local_end(const inet_diag_msg& socket) {
  const IpAddress address = read_ip_address(socket.idiag_family, socket.id.idiag_src);
  return {unmap_ipv4(address), ntohs(socket.id.idiag_sport)};
}

Endpoint remote_end(const inet_diag_msg& socket) {
  const IpAddress address = read_ip_address(socket.idiag_family, socket.id.idiag_dst);
  return {unmap_ipv4(address), ntohs(socket.id.idiag_dport)};
}

// The wildcard address of IPv6 takes IPv4 as well, unless IPV6_V6ONLY is set: that cannot be asked
// for here, and such a server would also have a socket for IPv4.
bool takes_address(const IpAddress& own, const IpAddress& address) {
  const bool is_wildcard = own.bytes == IpAddress{}.bytes;
  return (is_wildcard && (own.version == IpVersion::v6 || address.version == IpVersion::v4)) ||
         own == address;
}

std::string render_state(ListenProtocol protocol, std::uint8_t state) {
  if (protocol == ListenProtocol::udp) return state == TCP_ESTABLISHED ? "ESTABLISHED" : "UNCONN";
  return state < kTcpStates.size() ? kTcpStates[state] : "CLOSED";
}

SocketEntry read_entry(const inet_diag_msg& socket, ListenProtocol protocol) {
  SocketEntry entry;
  entry.tcp = protocol == ListenProtocol::tcp;
  entry.local = local_end(socket);
  entry.remote = remote_end(socket);
  entry.state = render_state(protocol, socket.idiag_state);
  entry.receive_queue = socket.idiag_rqueue;
  entry.send_queue = socket.idiag_wqueue;
  return entry;
}

void add_sockets(ListenProtocol protocol, std::uint16_t port,
                 const std::optional<IpAddress>& address, std::vector<SocketEntry>& entries) {
  if (port == 0) return;
  const auto is_wanted = [&](const Endpoint& end) {
    return end.port == port && (!address || takes_address(end.address, *address));
  };
  list_sockets({protocol, kAllStates, 0}, [&](const inet_diag_msg& socket) {
    if (socket.id.idiag_sport != htons(port) && socket.id.idiag_dport != htons(port)) return;
    SocketEntry entry = read_entry(socket, protocol);
    if (is_wanted(entry.local) || is_wanted(entry.remote)) entries.push_back(std::move(entry));
  });
}

bool begins_with(const IpAddress& address, const IpAddress& net, unsigned bits) {
  const auto read = [](const IpAddress& of) {
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < 4; ++index) value = value << 8 | of.bytes[index];
    return value;
  };
  return address.version == IpVersion::v4 && (read(address) ^ read(net)) >> (32 - bits) == 0;
}

auto order_key(const SocketEntry& entry) {
  const bool has_peer = entry.remote.port != 0;
  return std::tuple(!entry.tcp, has_peer, entry.local, entry.remote);
}

// The inodes of a process's sockets.
std::set<std::uint64_t> sockets_of(pid_t process) {
  std::set<std::uint64_t> inodes;
  for (const OpenDescriptor& descriptor : list_descriptors(process)) {
    if (const auto inode = parse_socket_target(descriptor.target)) inodes.insert(*inode);
  }
  return inodes;
}

std::vector<pid_t> find_holders(const std::vector<std::uint32_t>& sockets) {
  std::vector<pid_t> holders;
  for (const pid_t process : list_processes()) {
    const std::set<std::uint64_t> held = sockets_of(process);
    const auto is_held = [&](std::uint32_t inode) { return held.contains(inode); };
    if (std::ranges::any_of(sockets, is_held)) holders.push_back(process);
  }
  return holders;
}

// A server that forks for its clients hands its listening socket down: most descend from the one.
pid_t find_first(const std::vector<pid_t>& holders) {
  pid_t first = 0;
  std::ptrdiff_t most = -1;
  for (const pid_t holder : holders) {
    const std::vector<pid_t> below = descendant_processes(holder);
    const std::ptrdiff_t count = std::ranges::count_if(
        holders, [&](pid_t other) { return std::ranges::find(below, other) != below.end(); });
    if (count <= most) continue;
    most = count;
    first = holder;
  }
  return first;
}

}  // namespace

bool is_listening(ListenProtocol protocol, std::uint16_t port) {
  bool found = false;
  list_sockets(listening_on(protocol, port), [&](const inet_diag_msg&) { found = true; });
  return found;
}

std::vector<std::uint32_t> find_listening_sockets(ListenProtocol protocol,
                                                  const Endpoint& endpoint) {
  std::vector<std::uint32_t> inodes;
  list_sockets(listening_on(protocol, endpoint.port), [&](const inet_diag_msg& socket) {
    if (takes_address(local_end(socket).address, endpoint.address))
      inodes.push_back(socket.idiag_inode);
  });
  return inodes;
}

std::vector<ListeningSocket> list_listening_sockets(const std::vector<pid_t>& processes) {
  std::set<std::uint64_t> held;
  for (const pid_t process : processes) held.merge(sockets_of(process));
  std::vector<ListeningSocket> found;
  for (const ListenProtocol protocol : {ListenProtocol::tcp, ListenProtocol::udp}) {
    list_sockets(listening_on(protocol, 0), [&](const inet_diag_msg& socket) {
      const Endpoint local = local_end(socket);
      // A UDP socket that has not been bound has no port.
      if (held.contains(socket.idiag_inode) && local.port != 0) found.push_back({protocol, local});
    });
  }
  return found;
}

bool takes(const ListeningSocket& socket, const Endpoint& endpoint) {
  return socket.local.port == endpoint.port &&
         takes_address(socket.local.address, endpoint.address);
}

bool has_unread_datagrams(std::uint16_t port, const std::optional<IpAddress>& address) {
  bool found = false;
  list_sockets(listening_on(ListenProtocol::udp, port), [&](const inet_diag_msg& socket) {
    const bool is_wanted = !address || takes_address(local_end(socket).address, *address);
    if (is_wanted && socket.idiag_rqueue != 0) found = true;
  });
  return found;
}

bool has_sockets_in(const IpAddress& net, unsigned bits) {
  bool found = false;
  for (const ListenProtocol protocol : {ListenProtocol::tcp, ListenProtocol::udp}) {
    list_sockets({protocol, kAllStates, 0}, [&](const inet_diag_msg& socket) {
      if (begins_with(local_end(socket).address, net, bits)) found = true;
      if (begins_with(remote_end(socket).address, net, bits)) found = true;
    });
  }
  return found;
}

std::vector<SocketEntry> read_socket_table(const SocketPorts& ports) {
  std::vector<SocketEntry> entries;
  add_sockets(ListenProtocol::tcp, ports.tcp, ports.address, entries);
  add_sockets(ListenProtocol::udp, ports.udp, ports.address, entries);
  std::ranges::stable_sort(entries, {}, order_key);
  return entries;
}

ListeningProcess find_listening_process(ListenProtocol protocol, const Endpoint& endpoint) {
  ListeningProcess found;
  const std::vector<std::uint32_t> sockets = find_listening_sockets(protocol, endpoint);
  found.listens = !sockets.empty();
  if (!found.listens) return found;
  std::vector<pid_t> holders = find_holders(sockets);
  // It holds the sockets of services that it starts when somebody connects.
  constexpr pid_t kInit = 1;
  if (holders.size() > 1) std::erase(holders, kInit);
  found.process = find_first(holders);
  if (found.process == 0) return found;
  const std::vector<pid_t> below = descendant_processes(found.process);
  std::erase_if(holders, [&](pid_t holder) {
    return holder != found.process && std::ranges::find(below, holder) == below.end();
  });
  found.holders = std::move(holders);
  return found;
}

std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes) {
  std::vector<HeldSocket> found;
  std::map<std::uint32_t, HeldSocket> connected;  // by the inode
  list_sockets({ListenProtocol::tcp, kAllStates, local_port}, [&](const inet_diag_msg& socket) {
    // A socket without a descriptor has the inode 0.
    if (socket.idiag_inode == 0 || socket.id.idiag_dport == 0) return;
    connected[socket.idiag_inode] = {0, remote_end(socket), socket.idiag_rqueue};
  });
  for (const pid_t process : processes) {
    const std::set<std::uint64_t> held = sockets_of(process);
    for (const auto& [inode, socket] : connected) {
      if (held.contains(inode)) found.push_back({process, socket.remote, socket.receive_queue});
    }
  }
  return found;
}

}  // namespace wireproof
