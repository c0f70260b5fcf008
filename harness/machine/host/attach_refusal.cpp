#include "machine/host/attach_refusal.h"

#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/system/proc.h"
#include "base/text/words.h"
#include "machine/host/private_network.h"

namespace wireproof {
namespace {

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
