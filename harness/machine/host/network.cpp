#include "machine/host/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kLoopbackIndex =
    1;  // LOOPBACK_IFINDEX of include/net/flow.h, in every namespace

void change_loopback(std::optional<std::uint32_t> mtu_bytes, const std::string& attempt) {
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWLINK;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* link = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = kLoopbackIndex;
  link->ifi_flags = IFF_UP;
  link->ifi_change = IFF_UP;
  if (mtu_bytes) mnl_attr_put_u32(message, IFLA_MTU, *mtu_bytes);
  ask_netlink(NETLINK_ROUTE, *message, attempt, [](const nlmsghdr&) {});
}

void turn_offload_off(int socket, std::uint32_t command, const std::string& name) {
  ethtool_value value{};
  value.cmd = command;
  value.data = 0;
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_data = reinterpret_cast<char*>(&value);  // the ioctl's own interface
  check_call(::ioctl(socket, SIOCETHTOOL, &request), "turn " + name + " off on lo");
}

// Groups and broadcasts have no interface but lo here: a datagram to one reaches all members on
// this host. A route that the kernel refuses (no IPv6) leaves only that out.
void route_groups() {
  constexpr NetworkRoute kRoutes[] = {
      {"224.0.0.0", 4, RTN_UNICAST, RT_TABLE_MAIN, "127.0.0.1", kLoopbackIndex},
      {"255.255.255.255", 32, RTN_BROADCAST, RT_TABLE_LOCAL, "127.0.0.1", kLoopbackIndex},
      {"ff00::", 8, RTN_LOCAL, RT_TABLE_LOCAL, "::1", kLoopbackIndex},
  };
  for (const NetworkRoute& route : kRoutes) {
    try {
      add_route(route, "route a group to lo");
    } catch (const SystemError&) {
      continue;
    }
  }
}

// getaddrinfo() with AI_ADDRCONFIG finds nothing, not even 127.0.0.1, where the loopback's own
// addresses are the only ones: the machine has those of documentation (RFC 5737, RFC 3849) as well.
void add_documentation_addresses() {
  for (const char* const text : {"192.0.2.1", "2001:db8::1"}) {
    try {
      add_loopback_address(parse_ip_address(text).value_or(IpAddress{}));
    } catch (const SystemError&) {
      return;  // no IPv6: the first alone is what getaddrinfo() then goes by
    }
  }
}

void raise_loopback() {
  change_loopback(std::nullopt, "raise the loopback interface");
  route_groups();
  add_documentation_addresses();
  // A server that is executed has lost the namespace's capabilities and could not listen on port 80
  // as sheets ask for. An old kernel without the setting leaves only that limit.
  try {
    write_setting("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
  } catch (const SystemError&) {
    return;
  }
}

std::string refusal_hint(const SystemError& refused) {
  return "capture without privileges (" + std::string(refused.what()) +
         "; `wireproof doctor` names the command that mends it, --no-capture plays without)";
}

struct Reader {
  int family = AF_INET;
  Route route;
};

int read_attribute(const nlattr* attribute, void* reader) {
  auto& [family, route] = *static_cast<Reader*>(reader);
  if (mnl_attr_get_type(attribute) == RTA_PREFSRC) {
    route.source = read_ip_address(family, mnl_attr_get_payload(attribute));
  }
  if (mnl_attr_get_type(attribute) == RTA_OIF) {
    std::array<char, IF_NAMESIZE> name{};
    const unsigned int index = mnl_attr_get_u32(attribute);
    if (::if_indextoname(index, name.data()) != nullptr) route.interface = name.data();
  }
  return MNL_CB_OK;
}

Route read_route(const nlmsghdr& answer, int family) {
  Reader reader{family, {}};
  const auto* found = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&answer));
  reader.route.is_local = found->rtm_type == RTN_LOCAL;
  mnl_attr_parse(&answer, sizeof(rtmsg), read_attribute, &reader);
  return reader.route;
}

UniqueFd open_socket(IpVersion version, int type) {
  return check_descriptor(::socket(address_family(version), type | SOCK_CLOEXEC, 0),
                          "open a socket");
}

SocketAddress loopback_address(IpVersion version, std::uint16_t port) {
  const char* const text = version == IpVersion::v4 ? "127.0.0.1" : "::1";
  return write_socket_address({parse_ip_address(text).value_or(IpAddress{}), port});
}

constexpr std::size_t kReceiveBytes = 32768;  // the kernel's largest dump part

using AnswerSink = std::function<void(const nlmsghdr&)>;

int hand_on(const nlmsghdr* answer, void* sink) {
  (*static_cast<const AnswerSink*>(sink))(*answer);
  return MNL_CB_OK;
}

}  // namespace

void enter_user_namespace() {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  check_call(::unshare(CLONE_NEWUSER | CLONE_NEWNET), "enter a user and network namespace");
  // user_namespaces(7): setgroups must be given up before an unprivileged gid_map is written.
  write_setting("/proc/self/setgroups", "deny");
  write_setting("/proc/self/uid_map", uid + " " + uid + " 1");
  write_setting("/proc/self/gid_map", gid + " " + gid + " 1");
  raise_loopback();
}

void enter_network_namespace() {
  check_call(::unshare(CLONE_NEWNET), "enter a network namespace");
  raise_loopback();
}

NetworkKind enter_private_network(NetworkUse use) {
  static bool has_user_namespace = false;  // of its own; a process never leaves it
  if (has_user_namespace) {
    enter_network_namespace();
    return NetworkKind::user_namespace;
  }
  try {
    enter_user_namespace();
    has_user_namespace = true;
    return NetworkKind::user_namespace;
  } catch (const SystemError& refused) {
    if (has_capability(CAP_SYS_ADMIN)) {
      try {
        enter_network_namespace();
        return NetworkKind::network_namespace;
      } catch (const SystemError&) {
        // The host's loopback is left; `refused` is what the user can mend.
      }
    }
    if (use == NetworkUse::with_capture && !has_capability(CAP_NET_RAW)) {
      throw SystemError(refusal_hint(refused), refused.code().value());
    }
    return NetworkKind::host_loopback;
  }
}

// With segmentation offloads on, segments still reach 64 KiB whatever the MTU is.
void set_loopback_mtu(std::uint32_t mtu_bytes) {
  change_loopback(mtu_bytes, "set the MTU of lo to " + std::to_string(mtu_bytes));
  const UniqueFd socket = check_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                                           "open a socket for ethtool");
  turn_offload_off(socket.get(), ETHTOOL_STSO, "TCP segmentation offload");
  turn_offload_off(socket.get(), ETHTOOL_SGSO, "generic segmentation offload");
}

ProbedNetwork probe_network() {
  constexpr int kCaptures = 16;  // beside the kind, in what the child says
  const Attempt attempt = attempt_in_child([] {
    const NetworkKind kind = enter_private_network(NetworkUse::without_capture);
    try {
      require_capture();
      return std::to_string(static_cast<int>(kind) + kCaptures);
    } catch (const SystemError&) {
      return std::to_string(static_cast<int>(kind));
    }
  });
  // Where it is refused the stages say why, each in its result.
  if (!attempt.done) return {};
  const int said = parse_number<int>(attempt.text).value();
  return {static_cast<NetworkKind>(said % kCaptures), said >= kCaptures};
}

// What libpcap does first of all; this folder does not know libpcap.
void require_capture() {
  const UniqueFd socket =
      check_descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "open a packet socket");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = kLoopbackIndex;
  check_call(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "bind a packet socket to lo");
}

bool has_capability(int capability) {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  const auto index = static_cast<std::size_t>(capability);
  return (data[index / 32].effective >> (index % 32) & 1U) != 0;
}

std::string render_network_kind(NetworkKind kind) {
  switch (kind) {
    case NetworkKind::user_namespace:
      return "own user and network namespace";
    case NetworkKind::network_namespace:
      return "own network namespace";
    case NetworkKind::host_loopback:
      return "the host's loopback";
  }
  return "";
}

Route find_route(const IpAddress& address) {
  constexpr unsigned char kBitsPerByte = 8;
  const int family = address_family(address.version);
  const std::size_t size = family == AF_INET ? 4 : 16;
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_GETROUTE;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* wanted = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  wanted->rtm_family = static_cast<unsigned char>(family);
  wanted->rtm_dst_len = static_cast<unsigned char>(size * kBitsPerByte);
  mnl_attr_put(message, RTA_DST, size, address.bytes.data());
  const std::string attempt = "find the route to " + render_ip_address(address);
  Route route;
  ask_netlink(NETLINK_ROUTE, *message, attempt, [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type == RTM_NEWROUTE) route = read_route(answer, family);
  });
  if (route.interface.empty()) throw SystemError(attempt, ENETUNREACH);
  return route;
}

std::uint16_t choose_free_port(IpVersion version) {
  std::vector<UniqueFd> refused;  // held, so that the system names another port each time
  for (;;) {
    UniqueFd stream = open_socket(version, SOCK_STREAM);
    const SocketAddress any = loopback_address(version, 0);
    check_call(::bind(stream.get(), any.get(), any.size), "choose a free port");
    const std::uint16_t port = local_endpoint(stream.get()).port;
    const UniqueFd datagram = open_socket(version, SOCK_DGRAM);
    const SocketAddress same = loopback_address(version, port);
    if (::bind(datagram.get(), same.get(), same.size) == 0) return port;
    refused.push_back(std::move(stream));
  }
}

void add_loopback_address(const IpAddress& address) {
  constexpr unsigned char kBitsPerByte = 8;
  const std::size_t size = address.version == IpVersion::v4 ? 4 : 16;
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWADDR;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
  auto* added = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifaddrmsg)));
  added->ifa_family = static_cast<unsigned char>(address_family(address.version));
  added->ifa_prefixlen = static_cast<unsigned char>(size * kBitsPerByte);
  added->ifa_flags = IFA_F_NODAD;
  added->ifa_scope = RT_SCOPE_HOST;
  added->ifa_index = kLoopbackIndex;
  mnl_attr_put(message, IFA_LOCAL, size, address.bytes.data());
  mnl_attr_put(message, IFA_ADDRESS, size, address.bytes.data());
  ask_netlink(NETLINK_ROUTE, *message, "give lo the address " + render_ip_address(address),
              [](const nlmsghdr&) {});
}

void write_setting(const std::string& path, std::string_view text) {
  const UniqueFd file =
      check_descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path);
  write_all(file.get(), text, "write " + path);
}

void add_route(const NetworkRoute& route, const std::string& attempt) {
  const IpAddress destination = parse_ip_address(route.destination).value_or(IpAddress{});
  const bool is_ipv4 = destination.version == IpVersion::v4;
  const std::size_t size = is_ipv4 ? 4 : 16;
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_NEWROUTE;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
  auto* added = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  added->rtm_family = static_cast<unsigned char>(address_family(destination.version));
  added->rtm_dst_len = route.bits;
  added->rtm_table = route.table;
  added->rtm_type = route.type;
  added->rtm_protocol = RTPROT_STATIC;
  added->rtm_scope = is_ipv4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  if (route.bits != 0) mnl_attr_put(message, RTA_DST, size, destination.bytes.data());
  mnl_attr_put_u32(message, RTA_OIF, route.interface);
  const IpAddress source = parse_ip_address(route.source).value_or(IpAddress{});
  mnl_attr_put(message, RTA_PREFSRC, size, source.bytes.data());
  ask_netlink(NETLINK_ROUTE, *message, attempt, [](const nlmsghdr&) {});
}

bool has_ipv6_loopback() {
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress any = loopback_address(IpVersion::v6, 0);
  return socket && ::bind(socket.get(), any.get(), any.size) == 0;
}

void ask_netlink(int bus, nlmsghdr& message, const std::string& attempt,
                 const AnswerSink& on_answer) {
  const std::unique_ptr<mnl_socket, decltype(&mnl_socket_close)> socket(
      mnl_socket_open2(bus, SOCK_CLOEXEC), mnl_socket_close);
  if (!socket) throw SystemError("open a netlink socket", errno);
  check_call(mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID), "bind a netlink socket");
  constexpr unsigned int kSequence = 1;
  message.nlmsg_seq = kSequence;
  check_call(mnl_socket_sendto(socket.get(), &message, message.nlmsg_len), attempt);
  std::array<char, kReceiveBytes> buffer{};
  AnswerSink sink = on_answer;
  const unsigned int port = mnl_socket_get_portid(socket.get());
  int state = MNL_CB_OK;
  while (state == MNL_CB_OK) {
    const auto size =
        check_call(mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size()), attempt);
    state =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), kSequence, port, hand_on, &sink);
  }
  check_call(state, attempt);
}

}  // namespace wireproof
