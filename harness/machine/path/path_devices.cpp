#include "machine/path/path_devices.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text/address.h"
#include "machine/host/network.h"

namespace wireproof {
namespace {

constexpr const char* kClientDevice = "client";
constexpr const char* kServerDevice = "server";
constexpr unsigned char kClientTable = 101;
constexpr unsigned char kServerTable = 102;
constexpr std::uint32_t kQueueLength = 100'000;  // packets: the path reads them at once

UniqueFd open_tun(const char* name) {
  UniqueFd device = check_descriptor(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC),
                                     "open /dev/net/tun for a path of packets");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  check_call(::ioctl(device.get(), TUNSETIFF, &request),
             std::string("make the TUN device ") + name);
  return device;
}

std::uint32_t device_index(const char* name) {
  const unsigned int index = ::if_nametoindex(name);
  if (index == 0) throw SystemError(std::string("find the device ") + name, errno);
  return index;
}

void set(const char* device, const char* setting, std::string_view value) {
  write_setting(std::string("/proc/sys/net/ipv4/conf/") + device + "/" + setting, value);
}

// Room for any request about a device or a rule.
struct Request {
  alignas(nlmsghdr) std::array<char, 512> buffer{};
};

nlmsghdr* begin_link(Request& request, std::uint16_t type, const char* name) {
  nlmsghdr* message = mnl_nlmsg_put_header(request.buffer.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* link = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  link->ifi_index = static_cast<int>(device_index(name));
  return message;
}

void raise(const char* name, std::uint32_t mtu_bytes) {
  Request request;
  nlmsghdr* message = begin_link(request, RTM_NEWLINK, name);
  auto* link = static_cast<ifinfomsg*>(mnl_nlmsg_get_payload(message));
  link->ifi_flags = IFF_UP;
  link->ifi_change = IFF_UP;
  mnl_attr_put_u32(message, IFLA_MTU, mtu_bytes);
  mnl_attr_put_u32(message, IFLA_TXQLEN, kQueueLength);
  ask_netlink(NETLINK_ROUTE, *message, std::string("raise the device ") + name,
              [](const nlmsghdr&) {});
  // Both ends' addresses are this host's own: that is no sign of a forged packet here.
  set(name, "accept_local", "1");
  set(name, "route_localnet", "1");
  set(name, "rp_filter", "0");
}

// A rule of routing for what this host sends; what is 0 or empty is not asked for.
struct SendRule {
  unsigned char table = 0;
  std::uint8_t protocol = 0;
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  std::string from{};  // addresses
  std::string to{};
  unsigned char from_bits = 32;  // of their prefixes
  unsigned char to_bits = 32;
};

void put_port(nlmsghdr* message, std::uint16_t type, std::uint16_t port) {
  if (port == 0) return;
  const fib_rule_port_range range{port, port};
  mnl_attr_put(message, type, sizeof range, &range);
}

void put_address(nlmsghdr* message, std::uint16_t type, const std::string& text) {
  if (text.empty()) return;
  const IpAddress address = parse_ip_address(text).value_or(IpAddress{});
  mnl_attr_put(message, type, sizeof(in_addr), address.bytes.data());
}

class RuleList {
 public:
  void add(const SendRule& rule) {
    Request request;
    nlmsghdr* message = begin(request, RTM_NEWRULE, rule.table);
    auto* header = static_cast<fib_rule_hdr*>(mnl_nlmsg_get_payload(message));
    if (!rule.from.empty()) header->src_len = rule.from_bits;
    if (!rule.to.empty()) header->dst_len = rule.to_bits;
    mnl_attr_put_u32(message, FRA_PRIORITY, next_++);
    mnl_attr_put_strz(message, FRA_IIFNAME, "lo");  // what this host itself sends
    if (rule.protocol != 0) mnl_attr_put_u8(message, FRA_IP_PROTO, rule.protocol);
    put_port(message, FRA_SPORT_RANGE, rule.from_port);
    put_port(message, FRA_DPORT_RANGE, rule.to_port);
    put_address(message, FRA_SRC, rule.from);
    put_address(message, FRA_DST, rule.to);
    ask(message, "add a rule of routing for a path");
  }

  // The rule for this host's own addresses is the first one of all (ip-rule(8)): it goes behind.
  void end() {
    Request request;
    nlmsghdr* message = begin(request, RTM_NEWRULE, RT_TABLE_LOCAL);
    mnl_attr_put_u32(message, FRA_PRIORITY, next_++);
    ask(message, "put the rule for local addresses behind those of a path");
    message = begin(request, RTM_DELRULE, RT_TABLE_LOCAL);
    mnl_attr_put_u32(message, FRA_PRIORITY, 0);
    ask(message, "take the first rule for local addresses away");
  }

 private:
  static nlmsghdr* begin(Request& request, std::uint16_t type, unsigned char table) {
    nlmsghdr* message = mnl_nlmsg_put_header(request.buffer.data());
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    if (type == RTM_NEWRULE) message->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
    auto* rule =
        static_cast<fib_rule_hdr*>(mnl_nlmsg_put_extra_header(message, sizeof(fib_rule_hdr)));
    rule->family = AF_INET;
    rule->action = FR_ACT_TO_TBL;
    rule->table = table;
    return message;
  }

  static void ask(nlmsghdr* message, const std::string& attempt) {
    ask_netlink(NETLINK_ROUTE, *message, attempt, [](const nlmsghdr&) {});
  }

  std::uint32_t next_ = 1;
};

void add_rules(const PathPorts& ports) {
  RuleList rules;
  for (const std::uint16_t port : ports.tcp) {
    rules.add({kClientTable, IPPROTO_TCP, 0, port});
    rules.add({kServerTable, IPPROTO_TCP, port, 0});
  }
  for (const std::uint16_t port : ports.udp) {
    rules.add({kClientTable, IPPROTO_UDP, 0, port});
    rules.add({kServerTable, IPPROTO_UDP, port, 0});
  }
  rules.add({kServerTable, IPPROTO_ICMP});
  // Clients with an address of their own: answers from another port, and what the kernel looks up
  // without ports when it learns of an MTU (ip_rt_update_pmtu()).
  constexpr unsigned char kLoopbackBits = 8;
  const std::string net = "127.0.0.0";
  rules.add({RT_TABLE_LOCAL, 0, 0, 0, ports.host, ports.host});
  rules.add({kServerTable, 0, 0, 0, ports.host, net, 32, kLoopbackBits});
  rules.add({kClientTable, 0, 0, 0, net, ports.host, kLoopbackBits, 32});
  rules.end();
}

int read_statistics(const nlattr* attribute, void* dropped) {
  if (mnl_attr_get_type(attribute) != IFLA_STATS64) return MNL_CB_OK;
  rtnl_link_stats64 statistics{};
  std::memcpy(&statistics, mnl_attr_get_payload(attribute),
              std::min<std::size_t>(mnl_attr_get_payload_len(attribute), sizeof statistics));
  *static_cast<std::uint64_t*>(dropped) = statistics.tx_dropped;
  return MNL_CB_OK;
}

std::uint64_t read_drops(const char* name) {
  Request request;
  nlmsghdr* message = begin_link(request, RTM_GETLINK, name);
  std::uint64_t dropped = 0;
  ask_netlink(NETLINK_ROUTE, *message, std::string("read the statistics of ") + name,
              [&dropped](const nlmsghdr& answer) {
                mnl_attr_parse(&answer, sizeof(ifinfomsg), read_statistics, &dropped);
              });
  return dropped;
}

}  // namespace

PathDevices open_path_devices(const PathPorts& ports, std::uint32_t mtu_bytes) {
  PathDevices devices{open_tun(kClientDevice), open_tun(kServerDevice)};
  set("all", "rp_filter", "0");
  raise(kClientDevice, mtu_bytes);
  raise(kServerDevice, mtu_bytes);
  const auto route = [&ports](const char* device, unsigned char table) {
    add_route({"0.0.0.0", 0, RTN_UNICAST, table, ports.host.c_str(), device_index(device)},
              std::string("route packets to the device ") + device);
  };
  route(kClientDevice, kClientTable);
  route(kServerDevice, kServerTable);
  add_rules(ports);
  return devices;
}

std::uint64_t count_path_drops() {
  return read_drops(kClientDevice) + read_drops(kServerDevice);
}

}  // namespace wireproof
