#include "machine/host/sandbox_keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr int kReportFd = 3;
constexpr std::chrono::milliseconds kPause{50};      // between two looks
constexpr std::chrono::milliseconds kShortPause{2};  // where much of what is allowed is used
constexpr std::uint64_t kManyProcesses = 32;
constexpr std::uint64_t kMuchMemory = 4;  // the fourth part: the rest is not filled in one pause
constexpr std::uint64_t kBytesPerKib = 1024;
constexpr std::uint64_t kBytesPerMib = std::uint64_t{1} << 20;

struct Use {
  std::uint64_t processes = 0;  // threads
  std::uint64_t memory_bytes = 0;
};

// `quick` counts what processes share since a fork for each of them, `fair` in equal parts; that
// takes the kernel a walk through all their pages.
enum class Look { quick, fair };

// What a file lends a process's memory can be taken back, and is not counted.
void add_use(pid_t process, Look look, Use& use) {
  const ProcessStatus status(process);
  const auto number = [](const ProcFields& fields, std::string_view name) {
    return static_cast<std::uint64_t>(fields.number(name).value_or(0));
  };
  use.processes += number(status, "Threads");
  std::uint64_t kibibytes = number(status, "RssAnon") + number(status, "RssShmem");
  if (look == Look::fair) {
    const ProcFields shares(proc_folder(process) / "smaps_rollup");
    kibibytes = number(shares, "Pss_Anon") + number(shares, "Pss_Shmem");
  }
  use.memory_bytes += kibibytes * kBytesPerKib;
}

// Of all processes of the pid namespace but this one.
Use read_use(Look look) {
  Use use;
  for (const pid_t process : list_processes()) {
    if (process != ::getpid()) add_use(process, look, use);
  }
  return use;
}

std::string find_overrun(const Use& use, const SandboxLimits& limits) {
  if (use.processes > limits.processes) {
    return "had more than " + std::to_string(limits.processes) + " processes";
  }
  if (use.memory_bytes > limits.memory_bytes &&
      read_use(Look::fair).memory_bytes > limits.memory_bytes) {
    return "used more than " + std::to_string(limits.memory_bytes / kBytesPerMib) +
           " MiB of memory";
  }
  return "";
}

void say(std::string_view text) {
  // Nobody reads it: then nobody waits for it either.
  [[maybe_unused]] const ssize_t written = ::write(kReportFd, text.data(), text.size());
}

[[noreturn]] void watch(const SandboxLimits& limits) {
  std::chrono::milliseconds pause = kPause;
  for (;;) {
    pollfd reader{kReportFd, 0, 0};
    if (await_any({&reader, 1}, Deadline(pause), "watch the sandbox")) ::_exit(0);
    const Use use = read_use(Look::quick);
    const std::string overrun = find_overrun(use, limits);
    if (!overrun.empty()) {
      say(overrun);
      ::_exit(1);
    }
    const bool near_limit =
        use.processes >= kManyProcesses || use.memory_bytes > limits.memory_bytes / kMuchMemory;
    pause = near_limit ? kShortPause : kPause;
  }
}

// A user namespace inside would give all capabilities over itself, and with them much of the
// kernel to try. The setting is that of our own user namespace; the host's must stay.
void forbid_user_namespaces(NetworkKind network) {
  if (network != NetworkKind::user_namespace) return;
  const UniqueFd file(::open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC));
  if (!file) return;
  check_call(::write(file.get(), "0", 1), "forbid user namespaces");
}

bool has_pid_settings_of_its_own() {
  constexpr int kMajor = 6;
  constexpr int kMinor = 14;
  utsname system{};
  if (::uname(&system) != 0) return false;
  const std::string_view release = system.release;  // "6.18.2-amd64"
  const char* const end = release.data() + release.size();
  int major = 0;
  int minor = 0;
  const auto dot = std::from_chars(release.data(), end, major);
  if (dot.ptr != end) std::from_chars(dot.ptr + 1, end, minor);
  return major > kMajor || (major == kMajor && minor >= kMinor);
}

// Behind the look: a bound that the kernel keeps, for root too, whom RLIMIT_NPROC does not bind.
// Since Linux 6.14 the highest process id is a setting of each pid namespace; before, it was the
// machine's, which is none of our business. Once the ids are used up they begin again at 300.
void bound_processes(const SandboxLimits& limits) {
  constexpr std::uint64_t kReservedIds = 300;  // RESERVED_PIDS
  if (!has_pid_settings_of_its_own()) return;
  const UniqueFd file(::open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC));
  if (!file) return;
  const std::string highest = std::to_string(kReservedIds + limits.processes + 1);
  // A limit that the kernel does not take leaves the look.
  [[maybe_unused]] const ssize_t written = ::write(file.get(), highest.data(), highest.size());
}

}  // namespace

void keep_sandbox(const SandboxRequest& request, NetworkKind network, int report_fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "sandbox");
  ::signal(SIGCHLD, SIG_IGN);  // takes the orphans' ends
  ::signal(SIGPIPE, SIG_IGN);
  if (report_fd != kReportFd) ::dup2(report_fd, kReportFd);
  ::close_range(kReportFd + 1, ~0U, 0);
  try {
    forbid_user_namespaces(network);
    bound_processes(request.limits);
    enter_sandbox_files(request);
  } catch (const std::exception& error) {
    say(kKeeperRefused + std::string(error.what()));
    ::_exit(1);
  }
  say(std::string(1, kKeeperReady));
  watch(request.limits);
}

}  // namespace wireproof
