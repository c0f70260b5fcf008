#include "machine/host/private_network.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"
#include "machine/host/capability.h"
#include "machine/host/loopback.h"

namespace wireproof {
namespace {

void write_setting(const std::string& path, std::string_view text) {
  const UniqueFd file(
      static_cast<int>(check_call(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path)));
  check_call(::write(file.get(), text.data(), text.size()), "write " + path);
}

// A server that is executed has lost the namespace's capabilities and could not listen on port 80
// as sheets ask for. An old kernel without the setting leaves only that limit.
void allow_low_ports() {
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
  allow_low_ports();
}

void enter_network_namespace() {
  check_call(::unshare(CLONE_NEWNET), "enter a network namespace");
  raise_loopback();
  allow_low_ports();
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
  const pid_t child = static_cast<pid_t>(check_call(::fork(), "fork a process"));
  if (child == 0) {
    int code = kRefused;
    try {
      code = static_cast<int>(enter_most_private(use));
    } catch (const std::exception&) {
      code = kRefused;  // the stages say why, each in its result
    }
    ::_exit(code);
  }
  int status = 0;
  check_call(::waitpid(child, &status, 0), "wait for a process");
  if (!WIFEXITED(status) || WEXITSTATUS(status) == kRefused) return NetworkKind::host_loopback;
  return static_cast<NetworkKind>(WEXITSTATUS(status));
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
