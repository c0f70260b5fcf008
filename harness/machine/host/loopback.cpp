#include "machine/host/loopback.h"

#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"
#include "machine/host/netlink.h"

namespace wireproof {
namespace {

constexpr int kLoopbackIndex = 1;  // LOOPBACK_IFINDEX of include/net/flow.h, in every namespace

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
  Netlink(NETLINK_ROUTE).request(*message, attempt, [](const nlmsghdr&) {});
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

}  // namespace

void raise_loopback() {
  change_loopback(std::nullopt, "raise the loopback interface");
}

void set_loopback_mtu(std::uint32_t mtu_bytes) {
  change_loopback(mtu_bytes, "set the MTU of lo to " + std::to_string(mtu_bytes));
  const UniqueFd socket(static_cast<int>(
      check_call(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket for ethtool")));
  turn_offload_off(socket.get(), ETHTOOL_STSO, "TCP segmentation offload");
  turn_offload_off(socket.get(), ETHTOOL_SGSO, "generic segmentation offload");
}

}  // namespace wireproof
