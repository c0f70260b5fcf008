#pragma once

#include <cstdint>
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

// "ok", "limited", "missing".
std::string render_machine_state(MachineState state);

// Whether a program can be started by its name: an executable file in a folder of PATH, or a path
// with a slash that is one.
bool is_installed(const std::string& program);

}  // namespace wireproof
