#include "machine/host/host_address.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "machine/host/netlink.h"

namespace wireproof {
namespace {

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

}  // namespace

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

bool has_ipv6_loopback() {
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress any = loopback_address(IpVersion::v6, 0);
  return socket && ::bind(socket.get(), any.get(), any.size) == 0;
}

}  // namespace wireproof
