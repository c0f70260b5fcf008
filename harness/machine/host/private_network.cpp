#include "machine/host/private_network.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/system/process.h"
#include "base/system/system_call.h"
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

// With segmentation offloads on, segments still reach 64 KiB whatever the MTU is.
void set_loopback_mtu(std::uint32_t mtu_bytes) {
  change_loopback(mtu_bytes, "set the MTU of lo to " + std::to_string(mtu_bytes));
  const UniqueFd socket = check_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                                           "open a socket for ethtool");
  turn_offload_off(socket.get(), ETHTOOL_STSO, "TCP segmentation offload");
  turn_offload_off(socket.get(), ETHTOOL_SGSO, "generic segmentation offload");
}

void write_setting(const std::string& path, std::string_view text) {
  const UniqueFd file =
      check_descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path);
  write_all(file.get(), text, "write " + path);
}

void raise_loopback() {
  change_loopback(std::nullopt, "raise the loopback interface");
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

NetworkKind enter_most_private(NetworkUse use) {
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

NetworkKind enter_private_network(const NetworkRequest& request) {
  const NetworkKind kind = enter_most_private(request.use);
  if (!request.mtu_bytes) return kind;
  if (kind == NetworkKind::host_loopback) {
    throw SystemError("set an MTU without a private network", EPERM);
  }
  set_loopback_mtu(*request.mtu_bytes);
  return kind;
}

NetworkKind probe_private_network(NetworkUse use) {
  constexpr int kRefused = 100;
  const pid_t child = fork_process([use] {
    try {
      return static_cast<int>(enter_most_private(use));
    } catch (const std::exception&) {
      return kRefused;  // the stages say why, each in its result
    }
  });
  const int status = await_process(child);
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kRefused) return NetworkKind::host_loopback;
  return static_cast<NetworkKind>(WEXITSTATUS(status));
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

}  // namespace wireproof
