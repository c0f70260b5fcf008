#include "machine/host/doctor.h"

#include <linux/capability.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <sstream>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/process.h"
#include "base/system/system_call.h"
#include "base/text/words.h"
#include "machine/host/network.h"
#include "machine/host/reduced_sandbox.h"
#include "machine/host/remedies.h"
#include "machine/host/sandbox.h"
#include "machine/host/sandbox_walls.h"

namespace wireproof {
namespace {

constexpr rlim_t kDescriptorsNeeded = 1024;  // 100 clients and a score of stages

bool is_executable(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

MachineFinding examine(const std::string& what, const std::string& remedy,
                       const std::function<std::string()>& body) {
  const Attempt attempt = attempt_in_child(body);
  if (attempt.done) return {what, MachineState::ok, attempt.text, ""};
  return {what, MachineState::missing, attempt.text, remedy};
}

std::string try_loopback() {
  enter_private_network(NetworkUse::without_capture);
  choose_free_port(IpVersion::v4);
  return has_ipv6_loopback() ? "127.0.0.1 and ::1" : "127.0.0.1 only";
}

std::string try_capture() {
  const NetworkKind kind = enter_private_network(NetworkUse::without_capture);
  require_capture();
  return "in " + render_network_kind(kind);
}

std::string try_tracing() {
  require_borrowing();
  Pipe line = open_pipe();  // with its end the child ends
  const pid_t child = fork_process([&line] {
    line.write.reset();
    await_readable(line.read.get(), Deadline::never(), "wait for the end of a pipe");
    return 0;
  });
  const long seized = ::ptrace(PTRACE_SEIZE, child, nullptr, nullptr);
  const int error_number = errno;
  line.write.reset();
  await_process(child);
  if (seized != 0) throw SystemError("trace a child process", error_number);
  const std::string scope = read_proc_line("/proc/sys/kernel/yama/ptrace_scope");
  return scope.empty() ? "own children" : "own children (yama scope " + scope + ")";
}

MachineFinding examine_isolation(const std::string& remedy) {
  MachineFinding finding = examine("private network", remedy, [] {
    enter_user_namespace();
    return render_network_kind(NetworkKind::user_namespace);
  });
  if (finding.state == MachineState::ok) return finding;
  const Attempt as_root = attempt_in_child([] {
    enter_network_namespace();
    return render_network_kind(NetworkKind::network_namespace);
  });
  if (as_root.done) {
    return {finding.what, MachineState::limited,
            as_root.text + ", with privileges only (" + finding.detail + ")", finding.remedy};
  }
  return {finding.what, MachineState::limited,
          "none (" + finding.detail +
              "): sheets share the host's loopback, each with addresses of its own: enough for all "
              "but those that need a network",
          finding.remedy};
}

std::string render_walls(const ReducedWalls& walls) {
  return std::string("reduced: ") + (walls.other_user ? "another user, " : "") +
         "seccomp, rlimits" + (walls.write_rules ? ", Landlock" : "") +
         ", without namespaces (docs/security.md)";
}

MachineFinding examine_sandbox(const std::string& remedy) {
  const std::string full = "namespaces, seccomp";
  MachineFinding finding = examine("sandbox", remedy, [&] {
    const NetworkKind network = enter_private_network(NetworkUse::without_capture);
    const Sandbox sandbox({}, network);
    return network == NetworkKind::host_loopback ? render_walls(find_reduced_walls()) : full;
  });
  if (finding.state != MachineState::ok) return finding;
  if (finding.detail != full) {
    return {finding.what, MachineState::limited, finding.detail, remedy};
  }
  if (has_write_rules()) {
    finding.detail += ", Landlock";
    return finding;
  }
  return {finding.what, MachineState::limited,
          finding.detail + "; without Landlock (Linux 5.19) programs may write into FIFOs outside",
          ""};
}

MachineFinding examine_clock() {
  timespec resolution{};
  check_call(::clock_getres(CLOCK_REALTIME, &resolution), "ask for the clock's resolution");
  const std::string detail = std::to_string(resolution.tv_nsec) + " ns";
  if (resolution.tv_sec == 0 && resolution.tv_nsec <= 1000) {
    return {"clock", MachineState::ok, detail, ""};
  }
  return {"clock", MachineState::limited, detail + ": packets and calls may share a stamp",
          "boot with high-resolution timers (highres=on)"};
}

MachineFinding examine_cpu_statistics() {
  if (!read_proc_line("/proc/self/schedstat").empty()) {
    return {"CPU statistics", MachineState::ok, "/proc/PID/schedstat", ""};
  }
  return {"CPU statistics", MachineState::limited,
          "without /proc/PID/schedstat a timeout on a busy machine counts as a failure", ""};
}

MachineFinding examine_descriptors() {
  rlimit limit{};
  check_call(::getrlimit(RLIMIT_NOFILE, &limit), "ask for the limit of descriptors");
  const std::string detail = std::to_string(limit.rlim_cur) + " descriptors";
  if (limit.rlim_cur >= kDescriptorsNeeded) return {"limits", MachineState::ok, detail, ""};
  return {"limits", MachineState::limited, detail,
          "ulimit -n " + std::to_string(kDescriptorsNeeded)};
}

MachineFinding examine_kernel() {
  utsname name{};
  check_call(::uname(&name), "ask for the kernel's name");
  return {"kernel", MachineState::ok,
          std::string(name.sysname) + " " + name.release + " " + name.machine, ""};
}

constexpr const char* kStartItself = "let wireproof start the server (`verify SERVER -- COMMAND`)";

std::string render_yama_refusal(int scope) {
  if (scope == 1) {
    return "this machine lets a program trace only what it has started (kernel.yama.ptrace_scope "
           "is 1): `sudo sysctl -w kernel.yama.ptrace_scope=0`, run wireproof as root, or " +
           std::string(kStartItself);
  }
  if (scope == 2) {
    return "this machine lets only root trace (kernel.yama.ptrace_scope is 2): run wireproof as "
           "root";
  }
  return "this machine lets nobody trace (kernel.yama.ptrace_scope is 3) until it is booted with "
         "another setting";
}

}  // namespace

MachineFinding examine_part(const std::string& what, const std::string& remedy,
                            const std::function<std::string()>& body, const char* consequence) {
  MachineFinding finding = examine(what, remedy, body);
  if (finding.state == MachineState::missing) finding.detail += std::string(": ") + consequence;
  return finding;
}

MachineReport examine_machine() {
  const MachineLocks locks = read_machine_locks();
  const std::string namespaces = remedy_for_namespaces(locks);
  MachineReport report;
  report.push_back(examine_kernel());
  report.push_back(examine_isolation(namespaces));
  report.push_back(examine("loopback", namespaces, try_loopback));
  report.push_back(examine_part("capture on lo", remedy_for_capture(locks), try_capture,
                                "packets are SKIP, the rest is judged"));
  report.push_back(examine_part("tracing", remedy_for_tracing(locks), try_tracing,
                                "tables of calls are SKIP, and sheets that need it"));
  report.push_back(examine_sandbox(namespaces));
  report.push_back(examine_clock());
  report.push_back(examine_cpu_statistics());
  report.push_back(examine_descriptors());
  return report;
}

std::string render_machine_state(MachineState state) {
  switch (state) {
    case MachineState::ok:
      return "ok";
    case MachineState::limited:
      return "limited";
    case MachineState::missing:
      return "missing";
  }
  return "";
}

bool is_installed(const std::string& program) {
  if (program.find('/') != std::string::npos) return is_executable(program);
  const char* const folders = std::getenv("PATH");
  std::istringstream path(folders == nullptr ? "" : folders);
  for (std::string folder; std::getline(path, folder, ':');) {
    // An empty entry is the folder that the process is in (POSIX, XBD 8.3).
    if (is_executable(std::filesystem::path(folder.empty() ? "." : folder) / program)) return true;
  }
  return false;
}

AttachFacts read_attach_facts(pid_t process) {
  AttachFacts facts;
  facts.process = process;
  const ProcessStatus status(process);
  facts.same_user = status.number("Uid") == ::geteuid();
  facts.tracer = static_cast<pid_t>(status.number("TracerPid").value_or(0));
  if (facts.tracer != 0) {
    // It is a thread: of which process?
    const auto process_of_thread = ProcessStatus(facts.tracer).number("Tgid");
    facts.tracer = static_cast<pid_t>(process_of_thread.value_or(facts.tracer));
    facts.tracer_name = read_proc_line(proc_folder(facts.tracer) / "comm");
  }
  facts.privileged = has_capability(CAP_SYS_PTRACE);
  facts.yama_scope = parse_number<int>(read_proc_line("/proc/sys/kernel/yama/ptrace_scope"));
  return facts;
}

std::string render_attach_refusal(const AttachFacts& facts, int error_number) {
  const std::string process = "process " + std::to_string(facts.process);
  if (error_number == ESRCH) return process + " has ended";
  if (error_number == ETIMEDOUT) {
    return process + " does not stop for its tracer; " + kStartItself;
  }
  if (error_number != EPERM && error_number != EACCES) {
    return process + " cannot be traced: " + ::strerror(error_number);
  }
  if (facts.tracer != 0) {
    const std::string name = facts.tracer_name.empty() ? "" : " (" + facts.tracer_name + ")";
    return process + " is traced already, by process " + std::to_string(facts.tracer) + name +
           ": end that first";
  }
  if (!facts.same_user && !facts.privileged) {
    return process + " belongs to another user: run wireproof as that user or as root";
  }
  const int scope = facts.yama_scope.value_or(0);
  if (scope >= 3 || (scope > 0 && !facts.privileged)) return render_yama_refusal(scope);
  return "the kernel protects " + process +
         " (a program with privileges, or one that does not want to be traced): run wireproof as "
         "root, or " +
         kStartItself;
}

bool has_io_uring(pid_t process) {
  const std::vector<OpenDescriptor> open = list_descriptors(process);
  return std::ranges::find(open, "anon_inode:[io_uring]", &OpenDescriptor::target) != open.end();
}

}  // namespace wireproof
