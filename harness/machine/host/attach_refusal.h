#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace wireproof {

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
