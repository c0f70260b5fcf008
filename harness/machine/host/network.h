#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/text/address.h"

namespace wireproof {

// Where a scenario's packets travel, from the most to the least private.
enum class NetworkKind : std::uint8_t {
  user_namespace,     // own user and network namespace: an ordinary user may capture there
  network_namespace,  // own network namespace only: needs CAP_SYS_ADMIN
  host_loopback,      // the host's own loopback: capture by a filter, no settings
};

enum class NetworkUse : std::uint8_t { with_capture, without_capture };

// Moves the process into the most private network that the machine allows, with its loopback up.
// Multicast and broadcast reach every member on a private one. The process must have one thread.
// Its user and group ids stay what they are. Throws SystemError naming the attempt and what mends
// it when there is no network in which it could capture.
NetworkKind enter_private_network(NetworkUse use = NetworkUse::with_capture);

// Of the process's own network. Throws SystemError.
void set_loopback_mtu(std::uint32_t mtu_bytes);

// The single ways; they throw SystemError when refused.
void enter_user_namespace();
void enter_network_namespace();

// What a session finds on this machine, tried in a child process. Throws SystemError.
struct ProbedNetwork {
  NetworkKind kind = NetworkKind::host_loopback;
  bool captures = false;

  bool operator==(const ProbedNetwork&) const = default;
};
ProbedNetwork probe_network();

// Opens what a capture of lo needs, in the network that the process is in. Throws SystemError.
void require_capture();

// Whether the process has a capability (CAP_NET_RAW, …) in effect, in its own user namespace.
bool has_capability(int capability);

// "own user and network namespace", for messages.
std::string render_network_kind(NetworkKind kind);

// The way that packets to an address take from this network namespace.
struct Route {
  std::string interface;            // "lo" for every address of this host
  bool is_local = false;            // the address is one of this host's
  std::optional<IpAddress> source;  // which address of this host they come from

  bool operator==(const Route&) const = default;
};

// Asks the kernel by rtnetlink: no packet is sent. Throws SystemError where there is no route.
Route find_route(const IpAddress& address);

// A port that nobody uses on the loopback now, neither with TCP nor with UDP. Throws SystemError.
std::uint16_t choose_free_port(IpVersion version);

// Gives lo of this process's own network one more address. Throws SystemError.
void add_loopback_address(const IpAddress& address);

// A route of this process's own network (rtnetlink(7)).
struct NetworkRoute {
  const char* destination = "";
  unsigned char bits = 0;   // of the destination's prefix
  unsigned char type = 0;   // RTN_UNICAST, …
  unsigned char table = 0;  // RT_TABLE_MAIN, …
  const char* source = "";  // of what is sent there from no address of its own
  std::uint32_t interface = 0;
};
// Throws SystemError.
void add_route(const NetworkRoute& route, const std::string& attempt);

// Writes a file of /proc. Throws SystemError.
void write_setting(const std::string& path, std::string_view text);

// Whether ::1 can be bound.
bool has_ipv6_loopback();

// Sends one request by a netlink socket of its own, in the network namespace that the process is
// in, and hands on every answer until the last or the acknowledgement. `bus` is NETLINK_ROUTE,
// NETLINK_SOCK_DIAG, … Throws SystemError; a refusal names the attempt.
void ask_netlink(int bus, nlmsghdr& message, const std::string& attempt,
                 const std::function<void(const nlmsghdr&)>& on_answer);

}  // namespace wireproof
