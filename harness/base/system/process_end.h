#pragma once

#include <cstdint>
#include <string>

namespace wireproof {

// How a process ended.
struct ProcessEnd {
  enum class Way : std::uint8_t {
    exited,   // by itself: `number` is its exit code
    signal,   // `number` is the signal
    overrun,  // its sandbox ended it: `overrun` says why
  };

  Way way = Way::exited;
  int number = 0;
  std::string overrun;  // "had more than 256 processes"

  bool operator==(const ProcessEnd&) const = default;
};

// Of a status of wait(2).
ProcessEnd read_wait_status(int status);

// "exited with code 3", "was ended by signal Killed", "was ended by the sandbox: it had …".
std::string render_process_end(const ProcessEnd& end);

}  // namespace wireproof
