#include "machine/host/reduced_sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/system/proc.h"
#include "base/system/process.h"
#include "machine/host/child_processes.h"
#include "machine/host/sandbox_limits.h"
#include "machine/host/sandbox_walls.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

// Of those that systemd gives to services for as long as they run: no account has one.
constexpr uid_t kFirstUser = 61184;
constexpr std::uint32_t kUsers = 65519 - kFirstUser + 1;
constexpr int kMostRounds = 100;

// By the calls themselves: the C library's tell all threads of the process, which a child that
// borrows its parent's memory must not.
bool become_user(uid_t user) {
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) return false;
  if (::syscall(SYS_setresgid, user, user, user) != 0) return false;
  return ::syscall(SYS_setresuid, user, user, user) == 0;
}

bool can_become_another() {
  if (::geteuid() != 0) return false;
  return await_process(fork_process([] { return become_user(kFirstUser) ? 0 : 1; })) == 0;
}

std::vector<pid_t> processes_of(uid_t user) {
  std::vector<pid_t> processes = list_processes();
  std::erase_if(processes, [user](pid_t process) {
    const auto stat = read_process_stat(process);
    return !stat || stat->state == 'Z' || ProcessStatus(process).number("Uid") != user;
  });
  return processes;
}

// All of a user at once, which no fork can outrun (kill(2): the calling process alone is left out).
void end_user(uid_t user) {
  for (int round = 0; round < kMostRounds && !processes_of(user).empty(); ++round) {
    await_process(
        fork_process([user] { return become_user(user) && ::kill(-1, SIGKILL) == 0 ? 0 : 1; }));
  }
}

void remove_shared_memory_of(uid_t user) {
  std::error_code refused;
  for (const auto& entry : fs::directory_iterator("/dev/shm", refused)) {
    struct stat found {};
    if (::lstat(entry.path().c_str(), &found) == 0 && found.st_uid == user) {
      fs::remove_all(entry.path(), refused);
    }
  }
}

}  // namespace

ReducedWalls find_reduced_walls() {
  return {can_become_another(), has_write_rules()};
}

bool hide_programs(const ReducedWalls& walls) {
  return walls.other_user && !has_capability(CAP_SYS_PTRACE);
}

ReducedSandbox::ReducedSandbox(const SandboxRequest& request)
    : limits_(request.limits), walls_(find_reduced_walls()) {
  if (!walls_.other_user && !walls_.write_rules) {
    refuse_sandbox("no namespaces, no other user and no Landlock (Linux 5.19) are to be had",
                   EPERM);
  }
  if (walls_.other_user) {
    claim_ = claim_number("user", kUsers, [](std::uint32_t number) {
      return processes_of(kFirstUser + number).empty();
    });
    user_ = kFirstUser + claim_.number;
    require_readable(request.shown);
  }
  // The kernel counts a user's processes on the whole host: of one who has others, too, that says
  // nothing.
  constexpr std::uint64_t kAnyNumber = 1U << 30;
  own_limits_ = limits_;
  if (!walls_.other_user) own_limits_.processes = kAnyNumber;
  make_folder();
  filter_ = build_reduced_filter();
  write_rules_ = make_reduced_rules(folder_, request);
  Pipe report = open_pipe();
  report_ = std::move(report.read);
  session_ = ::getpid();
  outside_ = descendant_processes(session_);
  keeper_.own(fork_process([&]() -> int {
    keep_programs({limits_, [this] { return programs(); }, [this] { end_all(); }},
                  report.write.get());
  }));
  make_nonblocking(report_.get());
}

ReducedSandbox::~ReducedSandbox() {
  end_all();
  std::error_code ignored;
  if (walls_.other_user) remove_shared_memory_of(user_);
  fs::remove_all(folder_, ignored);
}

// Another user needs the right to read what its programs are.
void ReducedSandbox::require_readable(const std::vector<fs::path>& shown) const {
  for (const fs::path& path : shown) {
    std::error_code unknown;
    if (path.empty() || !fs::exists(path, unknown)) continue;
    const bool is_folder = fs::is_directory(path, unknown);
    const int status = await_process(fork_process([&] {
      const int wanted = is_folder ? R_OK | X_OK : R_OK;
      return become_user(user_) && ::access(path.c_str(), wanted) == 0 ? 0 : 1;
    }));
    if (status == 0) continue;
    refuse_sandbox("programs run as a user who cannot read " + path.string() +
                       ": `chmod -R o+rX` it, and let others pass the folders that it is in",
                   EACCES);
  }
}

void ReducedSandbox::make_folder() {
  std::string name = (fs::temp_directory_path() / "wireproof-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw SystemError("make " + name, errno);
  folder_ = name;
  if (!walls_.other_user) return;
  check_call(::lchown(name.c_str(), user_, user_), "give " + name + " to the sandbox's user");
}

const char* ReducedSandbox::enter() const {
  ::setsid();
  offer_to_be_killed_first();
  if (!set_sandbox_limits(own_limits_)) return "set the sandbox's limits";
  if (walls_.other_user) {
    if (!become_user(user_)) return "become the sandbox's user";
    // Both went with the old user: the first for the program, the second, where the memory is the
    // parent's, for that.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_DUMPABLE, 1);
  }
  if (!give_up_capabilities()) return "drop the capabilities";
  return close_walls(write_rules_.get(), filter_) ? nullptr : "refuse calls to the program";
}

std::vector<std::string> ReducedSandbox::environment() const {
  return {"HOME=" + folder_.string(), "TMPDIR=" + folder_.string()};
}

void ReducedSandbox::hand_over(int fd) const {
  if (walls_.other_user) static_cast<void>(::fchown(fd, user_, user_) == 0);
}

// All that descend from the process that plays the sheet, which takes those whose parents end, but
// what it had started before, its keeper, and what is no program yet.
std::vector<pid_t> ReducedSandbox::programs() const {
  std::vector<pid_t> found = descendant_processes(session_);
  const pid_t keeper = keeper_.process() == 0 ? ::getpid() : keeper_.process();
  std::erase_if(found, [&](pid_t process) {
    if (process == keeper || process == ::getpid()) return true;
    if (std::ranges::find(outside_, process) != outside_.end()) return true;
    const ProcessStatus status(process);
    return walls_.other_user ? status.number("Uid") != user_ : status.number("NoNewPrivs") != 1;
  });
  return found;
}

void ReducedSandbox::end_all() const {
  if (walls_.other_user) return end_user(user_);
  const auto is_over = [](pid_t process) {
    const auto stat = read_process_stat(process);
    return !stat || stat->state == 'Z';
  };
  for (int round = 0; round < kMostRounds; ++round) {
    const std::vector<pid_t> running = programs();
    if (std::ranges::all_of(running, is_over)) return;
    for (const pid_t process : running) ::kill(process, SIGKILL);
  }
}

}  // namespace wireproof
