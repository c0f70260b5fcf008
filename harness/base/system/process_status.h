#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

// All of a file of proc(5); empty where it cannot be read, also where its process ends meanwhile.
std::string read_proc_file(const std::string& path);

// What /proc/N/status says of a process or a thread (proc(5)), read once. A process that is gone
// has no fields.
class ProcessStatus {
 public:
  explicit ProcessStatus(pid_t process);

  // The first number behind the field's name: 1234 of "VmRSS:\t    1234 kB" for `VmRSS`. None where
  // the process has no such field: one that has ended has no VmRSS.
  std::optional<std::int64_t> number(std::string_view field) const;

 private:
  std::string text_;
};

}  // namespace wireproof
