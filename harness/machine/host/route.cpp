#include "machine/host/route.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/system/system_call.h"
#include "machine/host/netlink.h"

namespace wireproof {
namespace {

struct Reader {
  IpVersion version = IpVersion::v4;
  Route route;
};

int read_attribute(const nlattr* attribute, void* reader) {
  auto& [version, route] = *static_cast<Reader*>(reader);
  if (mnl_attr_get_type(attribute) == RTA_PREFSRC) {
    route.source.emplace().version = version;
    const std::size_t size = version == IpVersion::v4 ? 4 : 16;
    std::memcpy(route.source->bytes.data(), mnl_attr_get_payload(attribute), size);
  }
  if (mnl_attr_get_type(attribute) == RTA_OIF) {
    std::array<char, IF_NAMESIZE> name{};
    const unsigned int index = mnl_attr_get_u32(attribute);
    if (::if_indextoname(index, name.data()) != nullptr) route.interface = name.data();
  }
  return MNL_CB_OK;
}

Route read_route(const nlmsghdr& answer, IpVersion version) {
  Reader reader{version, {}};
  const auto* found = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&answer));
  reader.route.is_local = found->rtm_type == RTN_LOCAL;
  mnl_attr_parse(&answer, sizeof(rtmsg), read_attribute, &reader);
  return reader.route;
}

}  // namespace

Route find_route(const IpAddress& address) {
  constexpr unsigned char kBitsPerByte = 8;
  const bool is_v4 = address.version == IpVersion::v4;
  const std::size_t size = is_v4 ? 4 : 16;
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = RTM_GETROUTE;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* wanted = static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(rtmsg)));
  wanted->rtm_family = is_v4 ? AF_INET : AF_INET6;
  wanted->rtm_dst_len = static_cast<unsigned char>(size * kBitsPerByte);
  mnl_attr_put(message, RTA_DST, size, address.bytes.data());
  const std::string attempt = "find the route to " + render_ip_address(address);
  Route route;
  Netlink(NETLINK_ROUTE).request(*message, attempt, [&](const nlmsghdr& answer) {
    if (answer.nlmsg_type == RTM_NEWROUTE) route = read_route(answer, address.version);
  });
  if (route.interface.empty()) throw SystemError(attempt, ENETUNREACH);
  return route;
}

}  // namespace wireproof
