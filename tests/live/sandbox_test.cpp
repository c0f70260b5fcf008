#include "machine/host/sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "base/system/proc.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "machine/host/child_processes.h"
#include "machine/host/reduced_sandbox.h"
#include "machine/process/program_streams.h"
#include "machine/process/shell_command.h"
#include "support/contains.h"
#include "support/in_private_network.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

struct Ran {
  std::string output;
  int status = 0;
};

// A shell's line inside; its output until the program and all that hold its output have ended.
Ran run_inside(const Sandbox& sandbox, const std::string& line) {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const PreparedCommand command(line, "", sandbox.environment());
  const pid_t process = sandbox.start(vfork_process, [&]() -> int {
    if (sandbox.enter() != nullptr) return kCannotExecute;
    ::dup2(write_end.get(), STDOUT_FILENO);
    ::dup2(write_end.get(), STDERR_FILENO);
    command.execute();
  });
  write_end.reset();
  Ran ran;
  ran.output = read_all(read_end.get());
  ::waitpid(process, &ran.status, 0);
  return ran;
}

std::string output_of(const std::string& line, const SandboxRequest& request = {}) {
  return run_in_private_network([&] {
    const Sandbox sandbox(request, NetworkKind::user_namespace);
    return run_inside(sandbox, line).output;
  });
}

// What a function in a process inside returned; it changes that process alone.
std::string call_inside(const std::function<std::string()>& body) {
  return run_in_private_network([&] {
    const Sandbox sandbox({}, NetworkKind::user_namespace);
    const Pipe said = open_pipe();
    const pid_t process = sandbox.start(fork_process, [&]() -> int {
      const char* const refused = sandbox.enter();
      const std::string text = refused == nullptr ? body() : refused;
      return ::write(said.write.get(), text.data(), text.size()) < 0 ? 1 : 0;
    });
    ::waitpid(process, nullptr, 0);
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(said.read.get(), buffer.data(), buffer.size());
    return std::string(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  });
}

// "0", or the name of the error.
std::string outcome_of(long result) {
  if (result >= 0) return "0";
  const char* const name = ::strerrorname_np(errno);
  return name == nullptr ? "?" : name;
}

// With a file `note` in it.
class Folder {
 public:
  explicit Folder(std::string name) : path_(std::move(name)) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
    std::ofstream(path_ + "/note") << "here\n";
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("in a sandbox only /tmp can be written, and what is written there is gone with it",
          "[host]") {
  const Folder folder("/tmp/wireproof-test-XXXXXX");
  SandboxRequest request;
  request.shown = {folder.path()};
  const std::string note = folder.path() + "/note";
  const std::string lines = "cat " + note + "; rm -rf " + folder.path() +
                            " 2>/dev/null; (echo x >" + note +
                            ") 2>/dev/null || echo refused; echo y >$HOME/wireproof-left; " +
                            "cat $TMPDIR/wireproof-left";
  CHECK(output_of(lines, request) == "here\nrefused\ny\n");
  CHECK(fs::exists(note));
  CHECK_FALSE(fs::exists("/tmp/wireproof-left"));
  CHECK(output_of("echo x >/proc/sys/kernel/domainname").find("Read-only") != std::string::npos);
}

TEST_CASE("a program in a sandbox does not see hidden folders, but what is shown of them",
          "[host]") {
  const Folder all("/var/tmp/wireproof-test-XXXXXX");
  fs::create_directories(all.path() + "/mine");
  fs::create_directories(all.path() + "/other");
  SandboxRequest request;
  request.hidden = {all.path()};
  request.shown = {all.path() + "/mine"};
  CHECK(output_of("ls " + all.path(), request) == "mine\n");
}

TEST_CASE("a program in a sandbox sees its own processes alone, and has no privilege and no device",
          "[host]") {
  CHECK(output_of("cd /proc && echo [0-9]*") == "1 2\n");
  CHECK(output_of("grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status | tr -d '\\t\\n'") ==
        "CapEff:0000000000000000CapBnd:0000000000000000NoNewPrivs:1");
  CHECK(output_of("find /dev -type b; test -c /dev/null && echo null") == "null\n");
  CHECK(output_of("unshare --user true 2>&1 | grep -c failed") == "1\n");
  CHECK(output_of("(: </dev/tty) 2>&1 | grep -c 'No such device'") == "1\n");
}

TEST_CASE("a program in a sandbox can connect to no UNIX socket and knows no strange family",
          "[host]") {
  const std::string sockets = call_inside([] {
    std::string text;
    for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, AF_VSOCK, AF_ALG}) {
      text += outcome_of(::socket(family, SOCK_DGRAM, 0)) + " ";
    }
    // The kernel does not look at the upper half.
    text += outcome_of(::syscall(SYS_socket, (1UL << 32) + AF_UNIX, SOCK_STREAM, 0)) + ";";
    std::array<int, 2> ends{};
    for (const int type :
         {int{SOCK_STREAM}, SOCK_SEQPACKET | SOCK_CLOEXEC, int{SOCK_DGRAM}, int{SOCK_RAW}}) {
      text += " " + outcome_of(::socketpair(AF_UNIX, type, 0, ends.data()));
    }
    return text;
  });
  CHECK(sockets == "0 0 0 EACCES EAFNOSUPPORT EAFNOSUPPORT EACCES; 0 0 EACCES EACCES");
}

TEST_CASE("a program in a sandbox can write into no FIFO outside, and into all that is its own",
          "[host]") {
  const Folder folder("/var/tmp/wireproof-test-XXXXXX");
  const std::string fifo = folder.path() + "/fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0666) == 0);
  const UniqueFd reader(::open(fifo.c_str(), O_RDWR | O_CLOEXEC));
  const std::string outcomes = call_inside([&] {
    std::string text = outcome_of(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK));
    text += " " + outcome_of(::open("/dev/null", O_WRONLY));
    text += " " + outcome_of(::open("/dev/shm/x", O_WRONLY | O_CREAT, 0600));
    text += " " + outcome_of(::mkdir("/tmp/a", 0700));
    text += " " + outcome_of(::open("/tmp/x", O_WRONLY | O_CREAT, 0600));
    text += " " + outcome_of(::rename("/tmp/x", "/tmp/a/y"));
    return text + " " + outcome_of(::open("/tmp/a/y", O_RDWR | O_TRUNC));
  });
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) < 2) {
    WARN("skipped: this kernel has no Landlock by which files could be renamed");
    CHECK(outcomes == "0 0 0 0 0 0 0");
    return;
  }
  CHECK(outcomes == "EACCES 0 0 0 0 0 0");
}

TEST_CASE("a program in a sandbox has no keyrings, no memory without owner and no io_uring",
          "[host]") {
  const std::string outcomes = call_inside([] {
    constexpr int kDescribe = 6;  // KEYCTL_DESCRIBE
    constexpr int kUserKeyring = -4;
    std::string text = outcome_of(::syscall(SYS_keyctl, kDescribe, kUserKeyring, nullptr, 0));
    text += " " + outcome_of(::syscall(SYS_add_key, "user", "x", "y", 1, kUserKeyring));
    text += " " + outcome_of(::syscall(SYS_request_key, "user", "x", nullptr, 0));
    text += " " + outcome_of(::memfd_create("x", 0));
    std::array<char, 256> parameters{};
    return text + " " + outcome_of(::syscall(SYS_io_uring_setup, 1, parameters.data()));
  });
  CHECK(outcomes == "EPERM EPERM EPERM ENOSYS ENOSYS");
}

TEST_CASE("a program in a sandbox may open its streams again, also on a terminal", "[host]") {
  ProgramStreams streams = ProgramStreams::terminal();
  const std::string outcomes = call_inside([&] {
    ::dup2(streams.program_output(), STDOUT_FILENO);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return outcome_of(-1);
    ::dup2(ends[1], STDERR_FILENO);
    const std::string text = outcome_of(::open("/dev/stdout", O_WRONLY));
    return text + " " + outcome_of(::open("/dev/stderr", O_WRONLY));
  });
  CHECK(outcomes == "0 0");
}

TEST_CASE("whatever a program left behind ends with its sandbox", "[host]") {
  const std::string left = run_in_private_network([] {
    {
      const Sandbox sandbox({}, NetworkKind::user_namespace);
      run_inside(sandbox, "(trap '' TERM INT HUP; setsid sleep 30 >/dev/null 2>&1 &) ; exit 0");
      if (descendant_processes(::getpid()).size() < 2) return std::string("nothing was left");
    }
    return std::to_string(descendant_processes(::getpid()).size());
  });
  CHECK(left == "0");
}

TEST_CASE("what is not started in a sandbox stays outside, and one can follow another", "[host]") {
  const auto namespace_of_children = [](const std::function<pid_t(int)>& start) {
    std::array<int, 2> ends{};
    check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
    const UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    const pid_t process = start(write_end.get());
    write_end.reset();
    std::string name = read_all(read_end.get());
    ::waitpid(process, nullptr, 0);
    return name;
  };
  const auto tell = [](int fd) {
    std::array<char, 64> name{};
    const ssize_t size = ::readlink("/proc/self/ns/pid", name.data(), name.size());
    return ::write(fd, name.data(), static_cast<std::size_t>(size)) == size ? 0 : 1;
  };
  const std::string said = run_in_private_network([&]() -> std::string {
    // The kernel may give the name of a namespace that is gone to the next one.
    for (int number = 0; number < 2; ++number) {
      const Sandbox sandbox({}, NetworkKind::user_namespace);
      const std::string inside = namespace_of_children(
          [&](int fd) { return sandbox.start(fork_process, [&] { return tell(fd); }); });
      const std::string outside =
          namespace_of_children([&](int fd) { return fork_process([&] { return tell(fd); }); });
      if (inside.empty() || outside.empty()) return "a child did not start";
      if (inside == outside) return "a child of another thread is inside";
    }
    return "each has its own";
  });
  CHECK(said == "each has its own");
}

TEST_CASE("a sandbox ends programs that are too many or have too much memory, and says which",
          "[host]") {
  const auto overrun = [](const std::string& line) {
    return run_in_private_network([&] {
      SandboxRequest request;
      request.limits.processes = 20;
      request.limits.memory_bytes = std::uint64_t{32} << 20;
      Sandbox sandbox(request, NetworkKind::user_namespace);
      // As root there is no limit by the kernel: the sandbox's own look must find them.
      const Ran ran = run_inside(sandbox, line);
      const bool was_killed = WIFSIGNALED(ran.status) && WTERMSIG(ran.status) == SIGKILL;
      return (was_killed ? "killed: " : "not killed: ") + sandbox.overrun();
    });
  };
  CHECK(overrun("tail /dev/zero").find("killed: used ") == 0);
  const std::string many = "for i in $(seq 40); do sleep 20 & done; wait";
  const std::string said = overrun(many);
  // A user's own processes are limited by the kernel, which refuses the next.
  const bool by_kernel = ::geteuid() != 0 && said == "not killed: ";
  CHECK((by_kernel || said.find("killed: had ") == 0));
}

TEST_CASE("a sandbox counts what no process has mapped", "[host]") {
  const auto overrun_by = [](const std::function<void()>& take) {
    return run_in_private_network([&] {
      SandboxRequest request;
      request.limits.memory_bytes = std::uint64_t{32} << 20;
      Sandbox sandbox(request, NetworkKind::user_namespace);
      const pid_t process = sandbox.start(fork_process, [&]() -> int {
        if (sandbox.enter() != nullptr) return kCannotExecute;
        ::alarm(20);  // where nothing is counted
        take();
        for (;;) ::pause();
      });
      ::waitpid(process, nullptr, 0);
      return sandbox.overrun();
    });
  };
  constexpr std::size_t kMebibyte = std::size_t{1} << 20;
  constexpr std::size_t kTwice = 64;  // of the limit's mebibytes
  const std::string expected = "used more than 32 MiB of memory";
  CHECK(overrun_by([] {
          for (std::size_t count = 0; count < kTwice; ++count) {
            void* const segment = ::shmat(::shmget(IPC_PRIVATE, kMebibyte, 0600), nullptr, 0);
            std::memset(segment, 1, kMebibyte);
            ::shmdt(segment);
          }
        }) == expected);
  // A page table for each 2 MiB of the zero page.
  CHECK(overrun_by([] {
          constexpr std::size_t kSpan = 2 * kMebibyte;
          constexpr std::size_t kTables = kTwice * 256;
          void* const space = ::mmap(nullptr, kTables * kSpan, PROT_READ,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
          ::madvise(space, kTables * kSpan, MADV_NOHUGEPAGE);
          const volatile char* const bytes = static_cast<const volatile char*>(space);
          for (std::size_t table = 0; table < kTables; ++table) {
            static_cast<void>(bytes[table * kSpan]);
          }
        }) == expected);
  // In sockets, whose senders are closed.
  CHECK(overrun_by([] {
          const std::string piece(32768, 'x');
          for (std::size_t count = 0; count < 900; ++count) {
            std::array<int, 2> ends{};
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) return;
            while (::write(ends[0], piece.data(), piece.size()) > 0) continue;
            ::close(ends[0]);
          }
        }) == expected);
}

TEST_CASE("the kernel bounds a sandbox's processes for root too, and the machine's not", "[host]") {
  const auto read_highest = [] {
    std::string highest;
    std::ifstream("/proc/sys/kernel/pid_max") >> highest;
    return highest;
  };
  const std::string before = read_highest();
  const std::string inside = run_in_private_network([] {
    SandboxRequest request;
    request.limits.processes = 20;
    const Sandbox sandbox(request, NetworkKind::user_namespace);
    return run_inside(sandbox, "cat /proc/sys/kernel/pid_max").output;
  });
  CHECK(read_highest() == before);
  utsname system{};
  REQUIRE(::uname(&system) == 0);
  int major = 0;
  int minor = 0;
  REQUIRE(std::sscanf(system.release, "%d.%d", &major, &minor) == 2);
  if (std::pair(major, minor) < std::pair(6, 14)) {
    WARN("skipped: this kernel (before 6.14) has one pid_max for all");
    CHECK(inside == before + "\n");
    return;
  }
  CHECK(inside == "321\n");
}

TEST_CASE(
    "without namespaces a sandbox's programs are another user, who writes into a folder alone",
    "[host]") {
  const ReducedWalls walls = find_reduced_walls();
  if (!walls.other_user || !walls.write_rules) {
    WARN("skipped: this takes root and Landlock");
    return;
  }
  const std::string seen = run_in_child([] {
    const Sandbox sandbox({}, NetworkKind::host_loopback);
    return run_inside(sandbox,
                      "test $(id -u) -ge 61184 && echo another; touch $TMPDIR/own && echo own; "
                      "touch /tmp/left-by-a-sandbox || echo refused; kill -9 -1 || echo spared")
        .output;
  });
  INFO(seen);
  CHECK(contains(seen, "another\nown\n"));
  CHECK(contains(seen, "refused\n"));
  CHECK(contains(seen, "spared\n"));
  CHECK_FALSE(fs::exists("/tmp/left-by-a-sandbox"));
}

TEST_CASE("what is started in a sandbox without namespaces ends with it, and so does its folder",
          "[host]") {
  const std::string folder = run_in_child([] {
    const Sandbox sandbox({}, NetworkKind::host_loopback);
    const std::string said =
        run_inside(sandbox, "echo $TMPDIR; setsid sleep 1000 >/dev/null 2>&1 & echo $!").output;
    return said;
  });
  INFO(folder);
  const std::size_t line = folder.find('\n');
  REQUIRE(line != std::string::npos);
  CHECK_FALSE(fs::exists(folder.substr(0, line)));
  const auto stat = read_process_stat(std::stoi(folder.substr(line + 1)));
  CHECK((!stat || stat->state == 'Z'));  // nobody may have waited for it yet
}

TEST_CASE("a sandbox that cannot be made whole leaves no process behind", "[host]") {
  const std::string left = run_in_private_network([] {
    check_call(::unshare(CLONE_NEWNS), "enter a mount namespace");
    check_call(::mount(nullptr, "/proc", nullptr, MS_PRIVATE, nullptr), "keep the mount");
    // Its first process is there by then, and cannot be found.
    check_call(::mount("tmpfs", "/proc", "tmpfs", 0, nullptr), "hide the processes");
    std::string text = "made";
    try {
      const Sandbox sandbox({}, NetworkKind::user_namespace);
    } catch (const SystemError& refused) {
      text = refused.what();
    }
    return text + (::waitpid(-1, nullptr, WNOHANG) == -1 ? "; no child" : "; a child");
  });
  CHECK(left == "open the sandbox's file system: no such file or directory; no child");
}

}  // namespace wireproof
