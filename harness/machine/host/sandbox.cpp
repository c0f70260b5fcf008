#include "machine/host/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>

#include "base/system/proc.h"
#include "machine/host/sandbox_walls.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

constexpr const char* kHint = "; --no-sandbox starts the program without protection";
constexpr rlim_t kOpenFiles = 1024;
constexpr rlim_t kOwnProcesses = 2;  // the session's and the keeper, in the same user namespace

[[noreturn]] void refuse(const std::string& attempt, int error_number) {
  throw SystemError("protect this machine from the program (" + attempt + kHint + ")",
                    error_number);
}

bool limit(__rlimit_resource resource, rlim_t value) {
  rlimit wanted{};
  if (::getrlimit(resource, &wanted) != 0) return false;
  if (wanted.rlim_max != RLIM_INFINITY && wanted.rlim_max < value) value = wanted.rlim_max;
  wanted.rlim_cur = wanted.rlim_max = value;
  return ::setrlimit(resource, &wanted) == 0;
}

// None of memory: what is only mapped costs nothing, and runtimes reserve much of it (a program
// built with AddressSanitizer 15 TiB). The keeper counts what is used.
bool set_limits(const SandboxLimits& limits) {
  return limit(RLIMIT_NPROC, limits.processes + kOwnProcesses) &&
         limit(RLIMIT_FSIZE, limits.file_bytes) &&
         limit(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu.count())) &&
         limit(RLIMIT_NOFILE, kOpenFiles) && limit(RLIMIT_CORE, 0);
}

// capabilities(7): without the bounding set nothing that is executed gains any.
bool drop_capabilities() {
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    // A kernel that is older than its headers knows fewer.
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) return false;
  }
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

// Where the machine runs out of memory, these go first. Only the better choice: where it is refused
// the limits stay.
void offer_to_be_killed_first() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(file, "1000", 4);
  ::close(file);
}

}  // namespace

// By the other constructor: once that has returned, whatever fails here ends the keeper.
Sandbox::Sandbox(const SandboxRequest& request, NetworkKind network) : Sandbox(request.limits) {
  if (network == NetworkKind::host_loopback) refuse("there is no private network here", EPERM);
  door_ = std::make_unique<asio::thread_pool>(1);
  asio::post(*door_, asio::use_future([&] { open(request, network); })).get();
}

Sandbox::Sandbox(const SandboxLimits& limits) : limits_(limits) {}

Sandbox::~Sandbox() = default;

void Sandbox::open(const SandboxRequest& request, NetworkKind network) {
  Pipe report = open_pipe();
  report_ = std::move(report.read);
  // What is left of System V's shared memory would outlive its processes.
  if (::unshare(CLONE_NEWPID | CLONE_NEWIPC) != 0) refuse("enter a pid namespace", errno);
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  keeper_.own(fork_process([&]() -> int { keep_sandbox(request, network, report.write.get()); }));
  report.write.reset();
  char said = kKeeperRefused;
  read_some(report_.get(), &said, 1);
  if (said != kKeeperReady) {
    std::string reason;
    read_rest(report_.get(), reason);
    refuse(reason, EPERM);
  }
  make_nonblocking(report_.get());
  const auto keeper = proc_folder(keeper_.process());
  constexpr const char* kAttempt = "open the sandbox's file system";
  files_ = check_descriptor(::open((keeper / "ns/mnt").c_str(), O_RDONLY | O_CLOEXEC), kAttempt);
  root_ = check_descriptor(::open((keeper / "root").c_str(), O_PATH | O_CLOEXEC), kAttempt);
  write_rules_ = make_write_rules(keeper / "root");
  filter_ = build_sandbox_filter();
}

SandboxKeeper::~SandboxKeeper() {
  if (process_ == 0) return;
  kill();
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

// Of none: kill(0) and kill(-1) would reach processes that are nobody's to end.
void SandboxKeeper::kill() const {
  if (process_ > 0) ::kill(process_, SIGKILL);
}

pid_t Sandbox::start(const Fork& fork, const std::function<int()>& body) const {
  return asio::post(*door_, asio::use_future([&] { return fork(body); })).get();
}

const char* Sandbox::enter() const {
  std::array<char, PATH_MAX> here{};
  ::setsid();  // no terminal is its own, to type into
  offer_to_be_killed_first();
  // By the call itself: the C library's may allocate.
  const bool is_here = ::syscall(SYS_getcwd, here.data(), here.size()) > 0;
  // A namespace's own root lies outside of the chroot that wireproof may be in.
  if (::setns(files_.get(), CLONE_NEWNS) != 0 || ::fchdir(root_.get()) != 0 || ::chroot(".") != 0) {
    return "enter the sandbox's file system";
  }
  // A folder that is not in sight inside leaves the program in /.
  if (is_here) static_cast<void>(::chdir(here.data()) == 0);
  if (!set_limits(limits_)) return "set the sandbox's limits";
  if (!drop_capabilities()) return "drop the capabilities";
  return close_walls(write_rules_.get(), filter_) ? nullptr : "refuse calls to the program";
}

const std::vector<std::string>& Sandbox::environment() {
  static const std::vector<std::string> kEnvironment = {"HOME=/tmp", "TMPDIR=/tmp"};
  return kEnvironment;
}

const std::string& Sandbox::overrun() {
  read_rest(report_.get(), overrun_);
  return overrun_;
}

}  // namespace wireproof
