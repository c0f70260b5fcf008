#include "base/system/process_status.h"

#include <charconv>
#include <fstream>

namespace wireproof {

// By a function of the stream: an iterator over its buffer throws where a read fails (ESRCH).
std::string read_proc_file(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::getline(file, text, '\0');
  return text;
}

// A line feed in a process's name is written as `\n` there: each line is a field.
ProcessStatus::ProcessStatus(pid_t process)
    : text_("\n" + read_proc_file("/proc/" + std::to_string(process) + "/status")) {}

std::optional<std::int64_t> ProcessStatus::number(std::string_view field) const {
  std::string head = "\n";
  head.append(field).append(":");
  const std::size_t line = text_.find(head);
  if (line == std::string::npos) return std::nullopt;
  const std::size_t digit = text_.find_first_of("0123456789\n", line + head.size());
  if (digit == std::string::npos) return std::nullopt;
  std::int64_t value = 0;
  const auto end = std::from_chars(text_.data() + digit, text_.data() + text_.size(), value);
  return end.ec == std::errc() ? std::optional(value) : std::nullopt;
}

}  // namespace wireproof
