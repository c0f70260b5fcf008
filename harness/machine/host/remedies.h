#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "machine/host/doctor.h"

namespace wireproof {

// What decides which remedy helps on this machine.
struct MachineLocks {
  bool apparmor_restricts = false;  // kernel.apparmor_restrict_unprivileged_userns is 1
  bool has_apparmor_parser = false;
  bool clone_forbidden = false;  // kernel.unprivileged_userns_clone is 0: Debian's own setting
  bool no_namespaces = false;    // user.max_user_namespaces is 0
  bool in_container = false;
  bool has_setcap = false;
  bool has_apt = false;
  bool no_new_rights = false;     // no_new_privs, or CAP_NET_RAW is not in the bounding set
  bool has_tun = true;            // there is /dev/net/tun
  bool tun_closed = false;        // and this user may not open it
  bool is_root = false;           // capabilities of a file give root nothing
  std::optional<int> yama_scope;  // kernel.yama.ptrace_scope; none: this kernel has no Yama
  std::filesystem::path program;  // this one

  bool operator==(const MachineLocks&) const = default;
};

// As /proc and PATH tell it now.
MachineLocks read_machine_locks();

// Commands that mend what was refused; empty: none is known. All pure.
std::string remedy_for_namespaces(const MachineLocks& locks);
// A packet socket in the host's own network needs no namespace, but a capability.
std::string remedy_for_capture(const MachineLocks& locks);
std::string remedy_for_tracing(const MachineLocks& locks);
std::string remedy_for_paths(const MachineLocks& locks);

// A script for root, to be read before it is run, that does what these say and lasts until the
// machine is started again, but for an AppArmor profile. Where nothing helps it says so.
std::string render_fix_script(const MachineReport& report, const MachineLocks& locks);

}  // namespace wireproof
