#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/system/claim.h"
#include "base/system/system_call.h"
#include "machine/host/sandbox.h"

namespace wireproof {

// What closes the room for programs where no namespaces may be made, as in a container without
// privileges. docs/security.md says what stays open then.
struct ReducedWalls {
  bool other_user = false;   // the programs are a user whose processes and files nobody else has
  bool write_rules = false;  // Landlock: they write into their own folder alone

  bool operator==(const ReducedWalls&) const = default;
};

// Which of them this process may build. Without one of the two there is no sandbox.
ReducedWalls find_reduced_walls();
// Whether programs behind them cannot be traced by this process: root without CAP_SYS_PTRACE may
// not look into another user's.
bool hide_programs(const ReducedWalls& walls);

// Programs in it are processes among all others of this host, in its network and file system. They
// have no capabilities, the limits and refused calls of a Sandbox, and a folder of their own for
// HOME and TMPDIR, which is gone at the end.
class ReducedSandbox {
 public:
  // Throws SystemError naming what is refused and what to do.
  explicit ReducedSandbox(const SandboxRequest& request);
  // As Sandbox.
  ~ReducedSandbox();
  ReducedSandbox(const ReducedSandbox&) = delete;
  ReducedSandbox& operator=(const ReducedSandbox&) = delete;

  // As Sandbox::enter().
  const char* enter() const;
  // HOME and TMPDIR.
  std::vector<std::string> environment() const;
  // As Sandbox::hand_over() and end_all().
  void hand_over(int fd) const;
  void end_all() const;
  // What its keeper has to say.
  int report_fd() const { return report_.get(); }

 private:
  void require_readable(const std::vector<std::filesystem::path>& shown) const;
  void make_folder();
  std::vector<pid_t> programs() const;

  SandboxLimits limits_;
  SandboxLimits own_limits_;  // of each process
  ReducedWalls walls_;
  Claim claim_;                 // of the user's id
  uid_t user_ = 0;              // of the programs; with other_user alone
  pid_t session_ = 0;           // that plays the sheet
  std::vector<pid_t> outside_;  // its own before
  std::filesystem::path folder_;
  std::vector<sock_filter> filter_;
  UniqueFd write_rules_;
  UniqueFd report_;
  SandboxKeeper keeper_;
};

}  // namespace wireproof
