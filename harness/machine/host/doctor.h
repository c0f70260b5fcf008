#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wireproof {

enum class MachineState : std::uint8_t { ok, limited, missing };

// One thing that was really tried on this machine.
struct MachineFinding {
  std::string what;
  MachineState state = MachineState::ok;
  std::string detail;  // what was seen
  std::string remedy;  // the command that mends it; empty when there is nothing to mend

  bool operator==(const MachineFinding&) const = default;
};

using MachineReport = std::vector<MachineFinding>;

// Tries what the harness needs, each attempt in a child process of its own, so that this process
// stays as it is. Must be called before the process has a second thread.
MachineReport examine_machine();

// One thing more, tried in the same way: `body` says what it saw, or throws. Without it there is
// that consequence, and the rest is judged.
MachineFinding examine_part(const std::string& what, const std::string& remedy,
                            const std::function<std::string()>& body, const char* consequence);

// "ok", "limited", "missing".
std::string render_machine_state(MachineState state);

// Whether a program can be started by its name: an executable file in a folder of PATH, or a path
// with a slash that is one.
bool is_installed(const std::string& program);

// What decides whether one process may trace another that it has not started (ptrace(2), "Ptrace
// access mode checking").
struct AttachFacts {
  pid_t process = 0;
  pid_t tracer = 0;  // who traces it already; 0: nobody
  std::string tracer_name;
  bool same_user = true;
  bool privileged = false;        // we have CAP_SYS_PTRACE
  std::optional<int> yama_scope;  // kernel.yama.ptrace_scope; none: this kernel has no Yama

  bool operator==(const AttachFacts&) const = default;
};

// As /proc tells it now.
AttachFacts read_attach_facts(pid_t process);

// Why tracing it was refused with this errno, and what to do. Pure.
std::string render_attach_refusal(const AttachFacts& facts, int error_number);

// Whether a process has an io_uring: calls made through one pass by every tracer.
bool has_io_uring(pid_t process);

}  // namespace wireproof
