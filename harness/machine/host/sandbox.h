#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "machine/host/network.h"

namespace boost::asio {
class thread_pool;
}

namespace wireproof {

class ReducedSandbox;

// A closed room for programs that nobody has read. Own namespaces and not bubblewrap: the program
// stays a direct child of the process that plays the sheet, so its exit status, its pidfd, its
// signals, its CPU time and its trace are those of any other child; the private network is one
// already; and the room is made once for all programs of a session, while bubblewrap would put a
// process of its own before each. No set-user-id program is needed.
//
// Memory and processes are limited by a look of the room's first process at all others, many times
// a second, and by rlimits. Cgroups would do it exactly, but an ordinary user has none unless an
// administrator delegates one, and a container mostly has none at all.
struct SandboxLimits {
  std::uint64_t memory_bytes = std::uint64_t{512} << 20;  // of all processes together
  std::uint64_t processes = 256;                          // threads count
  std::uint64_t file_bytes = std::uint64_t{64} << 20;     // of each file, and of all in /tmp
  std::chrono::seconds cpu{60};                           // of each process

  bool operator==(const SandboxLimits&) const = default;
};

struct SandboxRequest {
  SandboxLimits limits;
  // Kept readable where they lie below a folder that is covered (/tmp, /run, `hidden`).
  std::vector<std::filesystem::path> shown;
  std::vector<std::filesystem::path> hidden;  // folders that are empty inside
};

// The first process of a room, with whose end all others end; none at first. Killed and waited for
// with this object.
class SandboxKeeper {
 public:
  SandboxKeeper() = default;
  // Not before every process inside is gone (pid_namespaces(7)).
  ~SandboxKeeper();
  SandboxKeeper(const SandboxKeeper&) = delete;
  SandboxKeeper& operator=(const SandboxKeeper&) = delete;

  void own(pid_t process) { process_ = process; }
  pid_t process() const { return process_; }
  void kill() const;

 private:
  pid_t process_ = 0;
};

// What the first process of a sandbox writes first: that all is made, or that something was
// refused, followed by what. After kKeeperReady: why it ended everything.
constexpr char kKeeperReady = 'R';
constexpr char kKeeperRefused = 'E';

// The first process of a pid namespace: makes the file system, says so to `report_fd`, and then
// looks after the limits until one is exceeded or nobody reads `report_fd` any more. With its end
// the kernel ends all others. Takes children whose parents are gone. Never returns.
[[noreturn]] void keep_sandbox(const SandboxRequest& request, NetworkKind network, int report_fd);

// The same for programs that are not in a pid namespace: `list` says which they are now, and
// `end_all` kills them. Says nothing first.
struct KeptPrograms {
  SandboxLimits limits;
  std::function<std::vector<pid_t>()> list;
  std::function<void()> end_all;
};
[[noreturn]] void keep_programs(const KeptPrograms& programs, int report_fd);

// What programs find inside: own processes only, the whole file system read-only but an empty /tmp
// that lives as long as the room, a /dev without the machine's devices, no /run, and no privilege
// to be had (no_new_privs, no capabilities). HOME and TMPDIR are /tmp. The kernel refuses some
// calls (sandbox_walls.h).
class Sandbox {
 public:
  // The process must be in a network of this kind; on the host's loopback the sandbox is a reduced
  // one (reduced_sandbox.h). Throws SystemError naming what is refused and what to do.
  Sandbox(const SandboxRequest& request, NetworkKind network);
  // Ends whatever is inside and returns when it is gone. Direct children have been waited for.
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Forks by `fork`: the child is a child of this process and one of the room's processes. Throws
  // SystemError.
  pid_t start(const Fork& fork, const std::function<int()>& body) const;
  // For such a child, which is about to execute a program: moves it inside for good, into a session
  // of its own, in the folder where it is. Null: it is inside; else what was refused, and errno.
  // Makes system calls only, for a child that borrows its parent's memory.
  const char* enter() const;
  // What the program's environment must have: "HOME=/tmp".
  std::vector<std::string> environment() const;
  // Makes what a descriptor of the program's names its own, so that it can open that again
  // (/dev/stderr).
  void hand_over(int fd) const;

  // Kills everything inside; no program can be started any more.
  void end_all() const;

  // Why the room ended its programs: "had more than 256 processes"; empty: it did not.
  const std::string& overrun();

 private:
  explicit Sandbox(const SandboxLimits& limits);
  void open(const SandboxRequest& request, NetworkKind network);

  SandboxLimits limits_;
  std::unique_ptr<ReducedSandbox> reduced_;  // null: the members below are the room
  // One thread: its children are born into the room's namespaces (pid_namespaces(7)), and those of
  // other threads are not, so that the process itself stays what it is.
  std::unique_ptr<boost::asio::thread_pool> door_;
  SandboxKeeper keeper_;
  UniqueFd report_;  // what the keeper has to say
  UniqueFd files_;   // its mount namespace
  UniqueFd root_;    // / of the programs inside
  UniqueFd write_rules_;
  std::vector<sock_filter> filter_;
  std::string overrun_;
};

}  // namespace wireproof
