#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/system/system_call.h"
#include "base/text/time.h"

namespace wireproof {

// What /proc tells (proc(5)). A process may end between any two looks: everything about one that is
// gone, or that belongs to somebody else where that matters, reads as empty. Where an id is that of
// a process, one of its threads will do.

// All of a file below /proc; empty where it cannot be read, also where its process ends meanwhile.
std::string read_proc_file(const std::filesystem::path& path);
// Its first line, without the line feed: a kernel's setting.
std::string read_proc_line(const std::filesystem::path& path);

// /proc/N
std::filesystem::path proc_folder(pid_t process);

// Where /proc writes kB it means these.
constexpr int kBytesPerKib = 1024;

// The fields of a file that has one a line, with its name in front: /proc/N/status, smaps_rollup.
class ProcFields {
 public:
  explicit ProcFields(const std::filesystem::path& path) : text_("\n" + read_proc_file(path)) {}

  // The first number behind the field's name: 1234 of "VmRSS:\t    1234 kB" for `VmRSS`. None where
  // there is no such field: a process that has ended has no VmRSS.
  std::optional<std::int64_t> number(std::string_view field) const;

 private:
  std::string text_;  // behind a line feed, as every field is
};

// /proc/N/status, read once.
class ProcessStatus : public ProcFields {
 public:
  explicit ProcessStatus(pid_t process) : ProcFields(proc_folder(process) / "status") {}
};

// /proc/N/stat, as far as it is used here.
struct ProcessStat {
  char state = 'X';  // R: runs, S and D: sleeps, t: stopped by its tracer, Z: has ended
  pid_t parent = 0;
  std::int64_t ended_children_ticks = 0;   // CPU of children that were waited for, of _SC_CLK_TCK
  std::int64_t ended_children_faults = 0;  // their page faults: every process has some
  int core = -1;                           // that it ran on last
};
std::optional<ProcessStat> read_process_stat(pid_t process);

// All processes of this process's pid namespace.
std::vector<pid_t> list_processes();
// The threads of a process; the first one stays until all have ended.
std::vector<pid_t> list_threads(pid_t process);
// The processes that a process's threads have started. None where the kernel does not list them
// (CONFIG_PROC_CHILDREN).
std::optional<std::vector<pid_t>> list_children(pid_t process);

// A descriptor of a process, and what it names: "/tmp/log", "socket:[4711]", "pipe:[12]",
// "anon_inode:[eventpoll]".
struct OpenDescriptor {
  int number = -1;
  std::string target;
};
std::vector<OpenDescriptor> list_descriptors(pid_t process);
std::string read_descriptor(pid_t process, int number);

// A copy of a process's descriptor (pidfd_getfd(2)); none where that is refused.
UniqueFd borrow_descriptor(const UniqueFd& process, int number);
// Tries it with this process's own. Throws SystemError: Docker's filter of calls, for one, lets
// nobody without CAP_SYS_PTRACE.
void require_borrowing();

// While it lives, this thread sees what /proc shows of a process to its owner alone: root without
// CAP_SYS_PTRACE, as in a container, is not shown what its other users' processes have open.
class OwnersEyes {
 public:
  explicit OwnersEyes(pid_t process);
  ~OwnersEyes();
  OwnersEyes(const OwnersEyes&) = delete;
  OwnersEyes& operator=(const OwnersEyes&) = delete;

 private:
  bool changed_ = false;
};

// What processes hold and have used.
struct ProcessUse {
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;  // of each process at least one, also of one that nobody waited for
  std::int64_t resident_bytes = 0;  // summed: pages that processes share count for each of them
  Duration cpu{};                   // of threads and children that have ended, too

  bool operator==(const ProcessUse&) const = default;
};

// The inode of "socket:[4711]"; none for what is no socket.
std::optional<std::uint64_t> parse_socket_target(std::string_view target);

}  // namespace wireproof
