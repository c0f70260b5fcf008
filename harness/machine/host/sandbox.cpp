#include "machine/host/sandbox.h"

#include <fcntl.h>
#include <sched.h>
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
#include "machine/host/reduced_sandbox.h"
#include "machine/host/sandbox_limits.h"
#include "machine/host/sandbox_walls.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

}  // namespace

// By the other constructor: once that has returned, whatever fails here ends the keeper.
Sandbox::Sandbox(const SandboxRequest& request, NetworkKind network) : Sandbox(request.limits) {
  if (network == NetworkKind::host_loopback) {
    reduced_ = std::make_unique<ReducedSandbox>(request);
    return;
  }
  door_ = std::make_unique<asio::thread_pool>(1);
  asio::post(*door_, asio::use_future([&] { open(request, network); })).get();
}

Sandbox::Sandbox(const SandboxLimits& limits) : limits_(limits) {}

Sandbox::~Sandbox() = default;

void Sandbox::open(const SandboxRequest& request, NetworkKind network) {
  Pipe report = open_pipe();
  report_ = std::move(report.read);
  // What is left of System V's shared memory would outlive its processes.
  if (::unshare(CLONE_NEWPID | CLONE_NEWIPC) != 0) refuse_sandbox("enter a pid namespace", errno);
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  keeper_.own(fork_process([&]() -> int { keep_sandbox(request, network, report.write.get()); }));
  report.write.reset();
  char said = kKeeperRefused;
  read_some(report_.get(), &said, 1);
  if (said != kKeeperReady) {
    std::string reason;
    read_rest(report_.get(), reason);
    refuse_sandbox(reason, EPERM);
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
  if (reduced_) return fork(body);
  return asio::post(*door_, asio::use_future([&] { return fork(body); })).get();
}

const char* Sandbox::enter() const {
  if (reduced_) return reduced_->enter();
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
  if (!set_sandbox_limits(limits_)) return "set the sandbox's limits";
  if (!drop_capabilities()) return "drop the capabilities";
  return close_walls(write_rules_.get(), filter_) ? nullptr : "refuse calls to the program";
}

std::vector<std::string> Sandbox::environment() const {
  if (reduced_) return reduced_->environment();
  return {"HOME=/tmp", "TMPDIR=/tmp"};
}

void Sandbox::hand_over(int fd) const {
  if (reduced_) reduced_->hand_over(fd);
}

void Sandbox::end_all() const {
  if (reduced_) return reduced_->end_all();
  keeper_.kill();
}

const std::string& Sandbox::overrun() {
  read_rest(reduced_ ? reduced_->report_fd() : report_.get(), overrun_);
  return overrun_;
}

}  // namespace wireproof
