#include "machine/trace/core_follower.h"

#include <sched.h>

#include <charconv>
#include <fstream>
#include <optional>
#include <string>

namespace wireproof {
namespace {

// proc(5): `processor` is field 39 of /proc/N/stat; the name in parentheses is field 2.
std::optional<int> read_core(pid_t thread) {
  constexpr int kFieldsBehindName = 37;
  std::ifstream file("/proc/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(file, text, '\0');
  std::size_t at = text.rfind(')');
  for (int field = 0; field < kFieldsBehindName && at != std::string::npos; ++field) {
    at = text.find(' ', at + 1);
  }
  if (at == std::string::npos) return std::nullopt;
  int core = -1;
  std::from_chars(text.data() + at + 1, text.data() + text.size(), core);
  return core >= 0 ? std::optional(core) : std::nullopt;
}

}  // namespace

void CoreFollower::follow(pid_t thread) {
  if (stops_++ % kEvery != 0) return;
  const auto core = read_core(thread);
  if (!core || *core == core_ || *core >= CPU_SETSIZE) return;
  core_ = *core;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core_), &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);  // of this thread; where refused it stays
}

}  // namespace wireproof
