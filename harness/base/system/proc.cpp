#include "base/system/proc.h"

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/system/system_call.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

// The names in a folder that are numbers; what else is there (/proc/meminfo) is passed over.
std::vector<int> list_numbers(const fs::path& folder) {
  std::vector<int> numbers;
  std::error_code gone;
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const auto number = parse_number<int>(entry->path().filename().native());
    if (number) numbers.push_back(*number);
  }
  return numbers;
}

std::string read_target(pid_t process, int number) {
  std::error_code closed;
  return fs::read_symlink(proc_folder(process) / "fd" / std::to_string(number), closed).string();
}

}  // namespace

std::string read_proc_file(const fs::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (file) read_rest(file.get(), text);
  return text;
}

std::string read_proc_line(const fs::path& path) {
  std::string text = read_proc_file(path);
  text.resize(std::min(text.find('\n'), text.size()));
  return text;
}

fs::path proc_folder(pid_t process) {
  return fs::path("/proc") / std::to_string(process);
}

// A line feed in a process's name is written as `\n` there: each line is a field.
std::optional<std::int64_t> ProcFields::number(std::string_view field) const {
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

std::optional<ProcessStat> read_process_stat(pid_t process) {
  const std::string text = read_proc_file(proc_folder(process) / "stat");
  // The second field, the name in parentheses, may hold anything; numbers here count from the third
  // one, which is the first behind it.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split_words(std::string_view(text).substr(name_end + 1));
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kChildrenFaults = 8;
  constexpr std::size_t kChildrenUser = 13;
  constexpr std::size_t kChildrenSystem = 14;
  constexpr std::size_t kCore = 36;
  if (fields.size() <= kCore) return std::nullopt;
  ProcessStat stat;
  stat.state = fields[kState].front();
  stat.parent = parse_number<pid_t>(fields[kParent]).value_or(0);
  stat.ended_children_ticks = parse_number<std::int64_t>(fields[kChildrenUser]).value_or(0) +
                              parse_number<std::int64_t>(fields[kChildrenSystem]).value_or(0);
  stat.ended_children_faults = parse_number<std::int64_t>(fields[kChildrenFaults]).value_or(0);
  stat.core = parse_number<int>(fields[kCore]).value_or(-1);
  return stat;
}

std::vector<pid_t> list_processes() {
  return list_numbers("/proc");
}

std::vector<pid_t> list_threads(pid_t process) {
  return list_numbers(proc_folder(process) / "task");
}

std::optional<std::vector<pid_t>> list_children(pid_t process) {
  static const bool kAreListed = fs::exists("/proc/thread-self/children");
  if (!kAreListed) return std::nullopt;
  std::vector<pid_t> children;
  const fs::path tasks = proc_folder(process) / "task";
  for (const pid_t thread : list_threads(process)) {
    const std::string text = read_proc_file(tasks / std::to_string(thread) / "children");
    for (const std::string_view field : split_words(text)) {
      if (const auto child = parse_number<pid_t>(field)) children.push_back(*child);
    }
  }
  return children;
}

UniqueFd borrow_descriptor(const UniqueFd& process, int number) {
  if (!process) return {};
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0)));
}

void require_borrowing() {
  const UniqueFd own = check_descriptor(::syscall(SYS_pidfd_open, ::getpid(), 0), "open a process");
  if (!borrow_descriptor(own, own.get())) {
    throw SystemError("look at a program's descriptors (pidfd_getfd)", errno);
  }
}

// Of the ids by which files are opened alone: signals and all else stay root's (setfsuid(2)).
OwnersEyes::OwnersEyes(pid_t process) {
  std::error_code refused;
  static_cast<void>(fs::read_symlink(proc_folder(process) / "exe", refused));
  if (refused != std::errc::permission_denied || ::geteuid() != 0) return;
  const ProcessStatus status(process);
  const std::int64_t user = status.number("Uid").value_or(0);
  const std::int64_t group = status.number("Gid").value_or(0);
  changed_ = true;
  ::setfsgid(static_cast<gid_t>(group));
  ::setfsuid(static_cast<uid_t>(user));
}

OwnersEyes::~OwnersEyes() {
  if (!changed_) return;
  ::setfsuid(::geteuid());
  ::setfsgid(::getegid());
}

std::string read_descriptor(pid_t process, int number) {
  const OwnersEyes eyes(process);
  return read_target(process, number);
}

std::vector<OpenDescriptor> list_descriptors(pid_t process) {
  std::vector<OpenDescriptor> found;
  const OwnersEyes eyes(process);
  for (const int number : list_numbers(proc_folder(process) / "fd")) {
    found.push_back({number, read_target(process, number)});
  }
  return found;
}

std::optional<std::uint64_t> parse_socket_target(std::string_view target) {
  constexpr std::string_view kBegin = "socket:[";
  if (!target.starts_with(kBegin) || !target.ends_with(']')) return std::nullopt;
  target.remove_prefix(kBegin.size());
  target.remove_suffix(1);
  return parse_number<std::uint64_t>(target);
}

}  // namespace wireproof
