#include "machine/host/remedies.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/system/memory_map.h"
#include "base/system/proc.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRestriction = "kernel.apparmor_restrict_unprivileged_userns";
constexpr const char* kTun = "/dev/net/tun";
constexpr std::string_view kProfile = "/etc/apparmor.d/wireproof";

bool is_set(const char* setting, std::string_view value) {
  return read_proc_line(fs::path("/proc/sys") / setting) == value;
}

std::string set_setting(std::string_view name, int value) {
  return fmt::format("sysctl -w {}={}", name, value);
}

std::string allow_capabilities(const MachineLocks& locks) {
  return fmt::format("setcap cap_net_raw,cap_net_admin+ep '{}'", locks.program.string());
}

bool profile_helps(const MachineLocks& locks) {
  return locks.apparmor_restricts && locks.has_apparmor_parser;
}

// What root would type; empty: the lock is another one.
std::string open_namespaces(const MachineLocks& locks) {
  if (locks.apparmor_restricts) return set_setting(kRestriction, 0);
  if (locks.clone_forbidden) return set_setting("kernel.unprivileged_userns_clone", 1);
  if (locks.no_namespaces) return set_setting("user.max_user_namespaces", 10'000);
  return "";
}

// Narrow: for this program alone (AppArmor 4).
std::string load_profile(const MachineLocks& locks) {
  return fmt::format(
      "cat > {0} <<'PROFILE'\n"
      "abi <abi/4.0>,\n"
      "include <tunables/global>\n"
      "profile wireproof \"{1}\" flags=(unconfined) {{\n"
      "  userns,\n"
      "}}\n"
      "PROFILE\n"
      "apparmor_parser --replace {0}\n",
      kProfile, locks.program.string());
}

// What root would type; empty: it is no lack of the device, or a container's.
std::string open_tun_device(const MachineLocks& locks) {
  if (locks.in_container) return "";
  if (!locks.has_tun) return "modprobe tun";
  return locks.tun_closed ? fmt::format("chmod 0666 {}", kTun) : "";
}

bool gains_by_file(const MachineLocks& locks) {
  return locks.has_setcap && !locks.is_root && !locks.no_new_rights;
}

bool lacks(const MachineReport& report, std::string_view what) {
  return std::ranges::any_of(report, [&](const MachineFinding& finding) {
    return finding.what == what && finding.state != MachineState::ok && !finding.remedy.empty();
  });
}

}  // namespace

MachineLocks read_machine_locks() {
  MachineLocks locks;
  locks.apparmor_restricts = is_set("kernel/apparmor_restrict_unprivileged_userns", "1");
  locks.has_apparmor_parser =
      is_installed("apparmor_parser") || is_installed("/sbin/apparmor_parser");
  locks.clone_forbidden = is_set("kernel/unprivileged_userns_clone", "0");
  locks.no_namespaces = is_set("user/max_user_namespaces", "0");
  locks.in_container = fs::exists("/.dockerenv") || fs::exists("/run/.containerenv");
  locks.has_setcap = is_installed("setcap") || is_installed("/sbin/setcap");
  locks.has_apt = is_installed("apt-get");
  locks.no_new_rights = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
                        ::prctl(PR_CAPBSET_READ, CAP_NET_RAW, 0, 0, 0) != 1;
  locks.has_tun = fs::exists(kTun);
  locks.tun_closed = locks.has_tun && ::access(kTun, R_OK | W_OK) != 0;
  locks.is_root = ::geteuid() == 0;
  locks.yama_scope = parse_number<int>(read_proc_line("/proc/sys/kernel/yama/ptrace_scope"));
  locks.program = own_start_file();
  return locks;
}

std::string remedy_for_namespaces(const MachineLocks& locks) {
  const std::string open = open_namespaces(locks);
  if (profile_helps(locks)) {
    return fmt::format(
        "wireproof doctor --fix | sudo sh (an AppArmor profile for this program), or sudo {} (for "
        "all programs)",
        open);
  }
  if (!open.empty()) return "sudo " + open;
  if (locks.in_container) {
    return "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …";
  }
  return "";
}

std::string remedy_for_capture(const MachineLocks& locks) {
  if (locks.in_container && locks.is_root) return "docker run --cap-add NET_RAW …";
  const std::string namespaces = remedy_for_namespaces(locks);
  if (!namespaces.empty()) return namespaces;
  if (locks.is_root || locks.no_new_rights) return "";
  if (locks.has_setcap) return "sudo " + allow_capabilities(locks);
  if (!locks.has_apt) return "";
  return "sudo apt-get install libcap2-bin, then sudo " + allow_capabilities(locks);
}

std::string remedy_for_tracing(const MachineLocks& locks) {
  constexpr int kForGood = 3;  // until the machine is started again
  const int scope = locks.yama_scope.value_or(0);
  if (scope > 1 && scope < kForGood) return "sudo " + set_setting("kernel.yama.ptrace_scope", 1);
  return locks.in_container ? "docker run --cap-add SYS_PTRACE …" : "";
}

std::string remedy_for_paths(const MachineLocks& locks) {
  const std::string open = open_tun_device(locks);
  if (!open.empty()) return "sudo " + open;
  const bool is_closed = !locks.has_tun || locks.tun_closed;
  return is_closed ? fmt::format("docker run --device {} …", kTun) : remedy_for_namespaces(locks);
}

std::string render_fix_script(const MachineReport& report, const MachineLocks& locks) {
  std::string script =
      "#!/bin/sh\n"
      "# What wireproof lacks on this machine. Read it, then: wireproof doctor --fix | sudo sh\n"
      "set -e\n";
  const std::size_t empty = script.size();
  const std::string open = open_namespaces(locks);
  const bool lacks_network = lacks(report, "private network") || lacks(report, "sandbox");
  if (lacks_network && profile_helps(locks)) {
    script += load_profile(locks);
  } else if (lacks_network && !open.empty()) {
    script += open + "\n";
  } else if (lacks(report, "capture on lo") && gains_by_file(locks)) {
    script += allow_capabilities(locks) + "\n";
  }
  if (lacks(report, "tracing") && locks.yama_scope.value_or(0) > 1) {
    script += set_setting("kernel.yama.ptrace_scope", 1) + "\n";
  }
  const std::string tun = open_tun_device(locks);
  if (lacks(report, "lossy path") && !tun.empty()) script += tun + "\n";
  if (script.size() == empty) script += "# Nothing is known that a command would mend.\n";
  return script;
}

}  // namespace wireproof
