#include "machine/host/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/system_call.h"
#include "machine/host/kernel_memory.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom", "tty"};
constexpr int kMaxFiles = 10000;  // in /tmp
constexpr const char* kSmallFolder = "size=1m,nr_inodes=1000,mode=0755";

// A mount that hangs nowhere yet.
struct Copy {
  fs::path path;
  UniqueFd mount;
  bool is_folder = false;
};

Copy copy_mount(const fs::path& path) {
  UniqueFd mount = check_descriptor(
      ::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
      "keep " + path.string() + " in sight");
  return {path, std::move(mount), fs::is_directory(path)};
}

void set_read_only(const fs::path& path, unsigned flags) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
  check_call(::mount_setattr(AT_FDCWD, path.c_str(), flags, &attributes, sizeof attributes),
             "make " + path.string() + " read-only");
}

void cover(const fs::path& path, const std::string& options) {
  check_call(::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()),
             "cover " + path.string());
}

void put_back(const Copy& copy) {
  if (copy.is_folder) {
    fs::create_directories(copy.path);
  } else {
    fs::create_directories(copy.path.parent_path());
    UniqueFd(::open(copy.path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  }
  check_call(
      ::move_mount(copy.mount.get(), "", AT_FDCWD, copy.path.c_str(), MOVE_MOUNT_F_EMPTY_PATH),
      "show " + copy.path.string());
}

// The machine's disks are devices too, and what root owns root may write, capabilities or not.
void make_devices() {
  std::vector<Copy> devices;
  for (const char* const name : kDevices) {
    const fs::path path = fs::path("/dev") / name;
    if (fs::exists(path)) devices.push_back(copy_mount(path));
  }
  cover("/dev", kSmallFolder);
  for (const Copy& device : devices) put_back(device);
  constexpr std::array<std::array<const char*, 2>, 5> kLinks{{{"/proc/self/fd", "/dev/fd"},
                                                              {"/proc/self/fd/0", "/dev/stdin"},
                                                              {"/proc/self/fd/1", "/dev/stdout"},
                                                              {"/proc/self/fd/2", "/dev/stderr"},
                                                              {"pts/ptmx", "/dev/ptmx"}}};
  for (const auto& [target, link] : kLinks) {
    check_call(::symlink(target, link), std::string("make ") + link);
  }
  fs::create_directory("/dev/pts");
  // An instance of its own: the terminals of others are none of its business.
  check_call(::mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                     "newinstance,ptmxmode=0666,mode=0620"),
             "make terminals");
  fs::create_directory("/dev/shm");
  check_call(::chmod("/dev/shm", 01777), "make /dev/shm");
}

// Read-only: the kernel's settings belong to root's user id, whatever namespace that is in. Where
// a container has hidden parts of /proc, it stays as it is, already read-only.
void make_process_folder() {
  constexpr unsigned long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount("proc", "/proc", "proc", kFlags, nullptr) != 0 && errno != EPERM) {
    throw SystemError("show the processes", errno);
  }
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

std::vector<fs::path> covered_folders(const SandboxRequest& request) {
  // Who may write to a socket in /run has the machine's services.
  std::vector<fs::path> covered{"/tmp"};
  if (fs::is_directory("/run")) covered.emplace_back("/run");
  for (const fs::path& hidden : request.hidden) covered.push_back(fs::weakly_canonical(hidden));
  return covered;
}

bool is_below_any(const fs::path& path, const std::vector<fs::path>& folders) {
  return std::ranges::any_of(
      folders, [&](const fs::path& folder) { return path != folder && is_below(path, folder); });
}

// What lies in no covered folder is in sight anyway.
std::vector<Copy> copy_shown(const SandboxRequest& request, const std::vector<fs::path>& covered) {
  std::vector<Copy> copies;
  for (const fs::path& path : request.shown) {
    const fs::path real = fs::weakly_canonical(path);
    const bool is_covered = std::ranges::find(covered, real) != covered.end();
    const bool is_known = std::ranges::find(copies, real, &Copy::path) != copies.end();
    if (is_covered || is_known || !is_below_any(real, covered) || !fs::exists(real)) continue;
    copies.push_back(copy_mount(real));
  }
  return copies;
}

std::string temporary_folder_options(const SandboxLimits& limits) {
  return "size=" + std::to_string(limits.file_bytes) + ",nr_inodes=" + std::to_string(kMaxFiles) +
         ",mode=1777";
}

// Where / is no mount point, as in a chroot, nothing can be told of it as a mount: a copy of all
// that is in sight becomes the root. It hangs on /proc, which is a mount.
void keep_mounts() {
  constexpr const char* kAttempt = "keep the mounts to itself";
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) return;
  if (errno != EINVAL) throw SystemError(kAttempt, errno);
  const Copy all = copy_mount("/");
  mount_attr attributes{};
  attributes.propagation = MS_PRIVATE;
  check_call(::mount_setattr(all.mount.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                             sizeof attributes),
             kAttempt);
  check_call(::mount(nullptr, "/proc", nullptr, MS_PRIVATE, nullptr), kAttempt);
  check_call(::move_mount(all.mount.get(), "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH),
             kAttempt);
  check_call(::chdir("/proc"), kAttempt);
  check_call(::chroot("."), kAttempt);
}

// Makes the file system in a mount namespace of its own, which the process enters. The order:
// everything read-only, then copies of what is to stay in sight, then folders over what is hidden,
// then the copies back to their places.
void enter_sandbox_files(const SandboxRequest& request) {
  std::vector<fs::path> covered = covered_folders(request);
  check_call(::unshare(CLONE_NEWNS), "enter a mount namespace");
  keep_mounts();
  set_read_only("/", AT_RECURSIVE);
  std::vector<Copy> copies = copy_shown(request, covered);
  // Outer folders first: what is shown may hold a folder that is hidden, and that one may hold
  // what is shown.
  std::ranges::sort(covered);
  std::ranges::sort(copies, std::ranges::less{}, &Copy::path);
  auto copy = copies.begin();
  std::vector<fs::path> to_close;
  for (const fs::path& folder : covered) {
    for (; copy != copies.end() && copy->path < folder; ++copy) put_back(*copy);
    // One may have gone out of sight with another.
    if (!fs::is_directory(folder)) continue;
    const bool is_temporary = folder == "/tmp";
    cover(folder, is_temporary ? temporary_folder_options(request.limits) : kSmallFolder);
    if (!is_temporary) to_close.push_back(folder);
  }
  for (; copy != copies.end(); ++copy) put_back(*copy);
  for (const fs::path& folder : to_close) set_read_only(folder, 0);
  make_devices();
  make_process_folder();
}

constexpr int kReportFd = 3;
constexpr std::chrono::milliseconds kPause{50};      // between two looks
constexpr std::chrono::milliseconds kShortPause{2};  // where much of what is allowed is used
constexpr std::uint64_t kManyProcesses = 32;
constexpr std::uint64_t kMuchMemory = 4;  // the fourth part: the rest is not filled in one pause
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
    const OwnersEyes eyes(process);
    const ProcFields shares(proc_folder(process) / "smaps_rollup");
    kibibytes = number(shares, "Pss_Anon") + number(shares, "Pss_Shmem");
  }
  kibibytes += number(status, "VmPTE");  // the tables of what is mapped: never shared
  use.memory_bytes += kibibytes * kBytesPerKib;
}

// Of all processes of the pid namespace but this one, and what the kernel holds for them.
Use read_use_of_room(Look look, const SandboxLimits& limits) {
  constexpr std::uint64_t kFew = 16;  // a sixteenth part
  Use use;
  use.memory_bytes = read_system_v_bytes() + read_socket_buffer_bytes(limits.memory_bytes / kFew);
  for (const pid_t process : list_processes()) {
    if (process != ::getpid()) add_use(process, look, use);
  }
  return use;
}

using ReadUse = std::function<Use(Look look)>;

std::string find_overrun(const Use& use, const ReadUse& read_use, const SandboxLimits& limits) {
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

// Returns when a limit is exceeded, which it says.
void watch(const SandboxLimits& limits, const ReadUse& read_use) {
  std::chrono::milliseconds pause = kPause;
  for (;;) {
    pollfd reader{kReportFd, 0, 0};
    if (await_any({&reader, 1}, Deadline(pause), "watch the sandbox")) ::_exit(0);
    const Use use = read_use(Look::quick);
    const std::string overrun = find_overrun(use, read_use, limits);
    if (!overrun.empty()) return say(overrun);
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

void become_keeper(int report_fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "sandbox");
  ::signal(SIGPIPE, SIG_IGN);
  if (report_fd != kReportFd) ::dup2(report_fd, kReportFd);
  ::close_range(kReportFd + 1, ~0U, 0);
}

}  // namespace

void keep_sandbox(const SandboxRequest& request, NetworkKind network, int report_fd) {
  become_keeper(report_fd);
  ::signal(SIGCHLD, SIG_IGN);  // takes the orphans' ends
  try {
    forbid_user_namespaces(network);
    bound_processes(request.limits);
    enter_sandbox_files(request);
  } catch (const std::exception& error) {
    say(kKeeperRefused + std::string(error.what()));
    ::_exit(1);
  }
  say(std::string(1, kKeeperReady));
  watch(request.limits, [&](Look look) { return read_use_of_room(look, request.limits); });
  ::_exit(1);
}

void keep_programs(const KeptPrograms& programs, int report_fd) {
  become_keeper(report_fd);
  watch(programs.limits, [&](Look look) {
    Use use;
    for (const pid_t process : programs.list()) add_use(process, look, use);
    return use;
  });
  programs.end_all();
  ::_exit(1);
}

}  // namespace wireproof
